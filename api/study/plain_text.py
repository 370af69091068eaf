"""What is to be seen of HTML, as text without markup."""

import html
import re

from api.study.markup import ATTRIBUTES

# Every alternative ends at the end of the text at the latest, so that nothing is read twice.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?:script|style)(?=[\s/>]).*?(?:</(?:script|style)(?=[\s/>])|\Z)[^>]*>?"
    rf"|<(?P<tag>/?[a-z][^\s/>]*){ATTRIBUTES}>?"
    r"|<[!?/][^>]*>?",
    re.DOTALL | re.IGNORECASE,
)
_MEDIA = re.compile(r"<(?:audio|canvas|embed|iframe|img|math|object|svg|video)[\s/>]", re.IGNORECASE)
_SOUND = re.compile(r"\[sound:[^\[\]]*\]")
# Python refuses to read numbers of thousands of digits, even in a character reference.
_NO_CHARACTER = re.compile(r"&#[0-9]{100,};?")

_BLOCK = re.compile(
    "address|article|aside|blockquote|br|center|dd|details|div|dl|dt|figcaption|figure|footer|form|h[1-6r]|header"
    "|li|main|nav|ol|p|pre|section|summary|table|tr|ul"
)


def plain(text: str) -> str:
    """Return HTML as the text to be seen: a line for each block, none blank, no references to sounds."""
    if "<" in text:
        text = _MARKUP.sub(_break, text)
    if "[sound:" in text:
        text = _SOUND.sub("", text)
    return "\n".join(filter(None, map(str.strip, _decoded(text).splitlines())))


def is_blank(text: str) -> bool:
    """Tell whether HTML shows nothing: no text but white space, no picture, no sound."""
    if "<" in text:
        if _MEDIA.search(text):
            return False
        text = _MARKUP.sub("", text)
    return not _decoded(text).strip()


def _break(found: re.Match[str]) -> str:
    name = (found["tag"] or "").lower().removeprefix("/")
    if _BLOCK.fullmatch(name):
        return "\n"
    return " " if name in ("td", "th") else ""


def _decoded(text: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("\ufffd", text)) if "&" in text else text
