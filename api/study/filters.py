"""What a template can do to the content of a field before it is shown: {{hint:Field}}, {{cloze:Field}} and others."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.study import cloze
from api.study.furigana import furigana, kana, kanji
from api.study.plain_text import is_blank, plain

_BLANK = "____"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field is shown: its name, the number of the card's cloze deletion, and on which side."""

    field: str
    number: int
    in_answer: bool


def filtered(text: str, filters: Sequence[str], place: Place) -> str:
    """Return what filters make of a field's content, in their order. One that is unknown changes nothing."""
    if "type" in filters[-1:]:
        return _typed(text, place, is_cloze="cloze" in filters)
    for name in filters:
        if name in _FILTERS:
            text = _FILTERS[name](text, place)
    return text


def _typed(text: str, place: Place, *, is_cloze: bool) -> str:
    expected = html.escape(plain(cloze.deleted(text, place.number) if is_cloze else text))
    return expected if place.in_answer or not expected else _BLANK


def _cloze(text: str, place: Place) -> str:
    return cloze.answer(text, place.number) if place.in_answer else cloze.question(text, place.number)


def _cloze_only(text: str, place: Place) -> str:
    hidden = cloze.deleted(text, place.number)
    return hidden if place.in_answer or not hidden else "..."


def _hint(text: str, place: Place) -> str:
    return "" if is_blank(text) else f"<details><summary>{html.escape(place.field)}</summary>{text}</details>"


_FILTERS: dict[str, Callable[[str, Place], str]] = {
    "cloze": _cloze,
    "cloze-only": _cloze_only,
    "furigana": lambda text, _: furigana(text),
    "hint": _hint,
    "kana": lambda text, _: kana(text),
    "kanji": lambda text, _: kanji(text),
    "text": lambda text, _: html.escape(plain(text)),
}
