"""Readings in square brackets behind Japanese words, as Anki writes them: 漢字[かんじ]."""

import re
from collections.abc import Callable

_READING = re.compile(r"\[([^\[\]]+)\]")


def furigana(text: str) -> str:
    """Return text with each reading set above its word."""
    return _annotated(text, lambda word, reading: f"<ruby>{word}<rt>{reading}</rt></ruby>")


def kana(text: str) -> str:
    """Return text with the reading in the place of each word that has one."""
    return _annotated(text, lambda _, reading: reading)


def kanji(text: str) -> str:
    """Return text without the readings."""
    return _annotated(text, lambda word, _: word)


def _annotated(text: str, shown: Callable[[str, str], str]) -> str:
    text = text.replace("&nbsp;", " ")
    written, position = [], 0
    for found in _READING.finditer(text):
        begin = _begin_of_word(text, position, found.start())
        if begin == found.start() or found[1].startswith("sound:"):
            written.append(text[position : found.end()])
        else:
            written.append(text[position:begin].removesuffix(" "))
            written.append(shown(text[begin : found.start()], found[1]))
        position = found.end()
    return "".join(written) + text[position:]


def _begin_of_word(text: str, start: int, end: int) -> int:
    return max(start, text.rfind(" ", start, end) + 1, text.rfind(">", start, end) + 1)
