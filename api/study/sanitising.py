"""Makes HTML harmless: to whoever sees it, and to the service, which has to read it."""

import html
import re

import nh3

from api.study.markup import ATTRIBUTES

# HTML Living Standard §13.2.4.3, the list of active formatting elements.
_FORMATTING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_TAG = re.compile(r"<(/?[A-Za-z][^\t\n\f\r />]*)")
_FORMATTING_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_FORMATTING))})(?=[\t\n\f\r />]){ATTRIBUTES}>?", re.IGNORECASE)
# From every place where one may begin: what looks like an attribute may be a tag to the parser.
_OVERLAPPING = re.compile(f"(?=({_FORMATTING_TAG.pattern}))", re.IGNORECASE)

_MOST_TAGS = 4_000
_MOST_FORMATTED = 1_000
_MOST_COPIES = 20_000
_MOST_COPIED = 2_000_000
_MOST_REREAD = 2_000_000_000

_CLEANER = nh3.Cleaner(tag_attribute_values={"span": {"class": {"cloze"}}})


def sanitised(text: str) -> str:
    """Return HTML without what could do harm: scripts, styles, and classes but that of cloze deletions.

    What would take seconds, or grow to a thousand times its length, loses its bold and oblique; and if
    it still would, it is shown as the text it is.
    """
    if not _is_excessive(text):
        return _CLEANER.clean(text)
    plainer = _FORMATTING_TAG.sub("", text)
    return html.escape(text) if _is_excessive(plainer) else _CLEANER.clean(plainer)


def _is_excessive(text: str) -> bool:
    # The parser looks through all elements that are open for each tag, and the
    # serialiser through the rest of a text for each character that it escapes.
    names = _TAG.findall(text) if "<" in text else []
    escapes = text.count("&") + text.count("\u00a0")
    return len(names) > _MOST_TAGS or escapes * len(text) > _MOST_REREAD or _could_multiply(text, names)


def _could_multiply(text: str, names: list[str]) -> bool:
    # HTML opens every unclosed formatting element anew, with its attributes, in every
    # block that follows, so that 50 KB of them become 50 MB and take seconds.
    lowered = [name.lower() for name in names]
    opened = sum(name in _FORMATTING for name in lowered)
    others = sum(name.removeprefix("/") not in _FORMATTING for name in lowered)
    return (
        opened > _MOST_FORMATTED
        or opened * others > _MOST_COPIES
        or (opened > 0 and _has_longer_formatting(text, _MOST_COPIED // max(1, len(names) - opened)))
    )


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
