"""Makes HTML harmless: to whoever sees it, and to the service, which has to read it."""

import html
import re
from copy import deepcopy
from dataclasses import dataclass

import nh3

from api.study.markup import ATTRIBUTES

# HTML Living Standard §13.2.4.3, the list of active formatting elements.
_FORMATTING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_TAG = re.compile(r"<(/?[A-Za-z][^\t\n\f\r />]*)")
_FORMATTING_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_FORMATTING))})(?=[\t\n\f\r />]){ATTRIBUTES}>?", re.IGNORECASE)
# From every place where one may begin: what looks like an attribute may be a tag to the parser.
_OVERLAPPING = re.compile(f"(?=({_FORMATTING_TAG.pattern}))", re.IGNORECASE)

# What the parser and the serialiser leave as it is.
_HARMLESS = re.compile(r"[^<>&\r\x00\u00a0\ufeff]*")
# The parser adds the attributes of each to those of the first, one by one, and none of it is shown.
_AROUND = re.compile(rf"</?(?:html|head|body)(?=[\t\n\f\r />]){ATTRIBUTES}>?", re.IGNORECASE)
_MORE_AROUND = re.compile(r"<(?:html|body)", re.IGNORECASE)

# HTML as editors write it: a tag that is read in one way only, and elements that close in the order in which they open.
_PLAIN_TAG = re.compile(
    r"""<(/?)([a-z][a-z0-9]*)(?:\s+[\w:-]++(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]++))?+)*+\s*/?>""", re.IGNORECASE
)
_VOID = {"area", "br", "col", "hr", "img", "wbr"}
_PLAIN = nh3.ALLOWED_TAGS | (_FORMATTING - {"nobr"})

_MOST_TAGS = 8_000
_MOST_FORMATTED = 1_000
_MOST_AT_ONCE = 100
_MOST_COPIES = 20_000
_MOST_COPIED = 2_000_000
_MOST_REREAD = 2_000_000_000

_ATTRIBUTES = deepcopy(nh3.ALLOWED_ATTRIBUTES)
for _named in _ATTRIBUTES.values():
    _named.discard("cite")  # an address that is never looked at, of whatever scheme

_CLEANER = nh3.Cleaner(attributes=_ATTRIBUTES, tag_attribute_values={"span": {"class": {"cloze"}}})


def sanitised(text: str) -> str:
    """Return HTML without what could do harm: scripts, styles, and classes but that of cloze deletions.

    What would take seconds, or grow to a thousand times its length, loses its bold and oblique; and if
    it still would, it is shown as the text it is.
    """
    if _HARMLESS.fullmatch(text):
        return text
    text = _AROUND.sub(" ", text) if "<" in text else text
    if not _is_excessive(text):
        return _CLEANER.clean(text)
    plainer = _FORMATTING_TAG.sub("", text)
    return html.escape(text) if _is_excessive(plainer) else _CLEANER.clean(plainer)


def _is_excessive(text: str) -> bool:
    # The parser looks through all elements that are open for each tag, and the
    # serialiser through the rest of a text for each character that it escapes.
    names = _TAG.findall(text) if "<" in text else []
    escapes = text.count("&") + text.count("\u00a0")
    return (
        len(names) > _MOST_TAGS
        or escapes * len(text) > _MOST_REREAD
        or _MORE_AROUND.search(text) is not None
        or _could_multiply(text, names)
    )


def _could_multiply(text: str, names: list[str]) -> bool:
    # HTML opens every unclosed formatting element anew, with its attributes, in every
    # block that follows, so that 50 KB of them become 50 MB and take seconds.
    lowered = [name.lower() for name in names]
    opened = sum(name in _FORMATTING for name in lowered)
    others = sum(name.removeprefix("/") not in _FORMATTING for name in lowered)
    open_at_once = _plainly_open(text)
    if open_at_once is not None:
        return (
            open_at_once.elements > _MOST_AT_ONCE
            or open_at_once.elements * others > _MOST_COPIES
            or open_at_once.length * others > _MOST_COPIED
        )
    return (
        opened > _MOST_FORMATTED
        or opened * others > _MOST_COPIES
        or (opened > 0 and _has_longer_formatting(text, _MOST_COPIED // max(1, len(names) - opened)))
    )


@dataclass(frozen=True)
class _Open:
    """How many formatting elements are open at most at one time, and how long their tags are together at most."""

    elements: int
    length: int


@dataclass(frozen=True)
class _Around:
    """An element that is open, and what is within it."""

    name: str
    open: _Open


def _plainly_open(text: str) -> _Open | None:
    """Return what is open where each element ends within the one it began in, or None where that is not plain."""
    if "<" in _PLAIN_TAG.sub("", text):
        return None
    around = [_Around("", _Open(0, 0))]
    most = longest = 0
    for tag in _PLAIN_TAG.finditer(text):
        is_end, name, now = bool(tag[1]), tag[2].lower(), around[-1].open
        if name in _VOID and not is_end:
            continue
        if name not in _PLAIN or (is_end and around.pop().name != name):
            return None
        if not is_end:
            now = _Open(now.elements + 1, now.length + len(tag[0])) if name in _FORMATTING else now
            around.append(_Around(name, now))
            most, longest = max(most, now.elements), max(longest, now.length)
    return _Open(most, longest)


def _has_longer_formatting(text: str, most: int) -> bool:
    """Tell whether the tags of formatting elements, with their attributes, may be longer than that together."""
    if len(text) <= most:
        return False
    length = 0
    for found in _OVERLAPPING.finditer(text):
        length += len(found[1])
        if length > most:
            return True
    return False
