"""What each keyword of a search takes, and what a term with none is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from api.errors import SearchNotUnderstood
from api.study.folding import folded
from api.study.schedule import Rating
from api.study.search_terms import (
    Added,
    CardIds,
    Contains,
    FieldIs,
    Flagged,
    FromTemplate,
    InDeck,
    Introduced,
    Is,
    NoteIds,
    OfNoteType,
    Pattern,
    Query,
    Rated,
    Status,
    Tagged,
    Untagged,
    Wildcard,
)
from api.study.search_tokens import Token
from auth.claim_rules import MAX_ID

MOST_DAYS = 36_500
_MOST_TEMPLATES = 10_000

_KEYWORD = re.compile(r"((?:[^:\\]|\\.)*):", re.DOTALL)
_PART = re.compile(r"(?P<text>(?:\\.|[^*_\\])+)|(?P<wildcard>\*+|_)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPACE = re.compile(r"\s+")
_DIGITS = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True)
class _Value:
    """What a keyword was given, and where."""

    keyword: str
    text: str
    position: int

    def refused(self, reason: str) -> SearchNotUnderstood:
        return SearchNotUnderstood(self.position, f"{self.keyword}: {reason}")


def read(term: Token) -> Query:
    """Return what a term asks for. SearchNotUnderstood."""
    found = _KEYWORD.match(term.text)
    if found is None:
        return _contains(term)
    name, text = _unescaped(found[1]), term.text[found.end() :]
    value = _Value(name.lower(), text, term.text_position + found.end())
    if value.keyword in _KEYWORDS:
        return _KEYWORDS[value.keyword](value)
    if not name or value.keyword in _ELSEWHERE:
        raise SearchNotUnderstood(term.position, unknown(name))
    return FieldIs(folded(name), _pattern(text), term.position)


def unknown(keyword: str) -> str:
    """Return what to say of a word before a colon that is no keyword, and of which no field has the name."""
    listed = ", ".join(f"{name}:" for name in _KEYWORDS)
    return f'"{keyword}:" is not understood; there are {listed} and the names of fields; for a colon itself write \\:'


def _contains(term: Token) -> Query:
    if not term.text:
        raise SearchNotUnderstood(term.position, "nothing is between these quotes")
    return Contains(_pattern(term.text))


def _named(kind: Callable[[Pattern], Query], value: _Value) -> Query:
    return kind(_pattern(_given(value)))


def _tagged(value: _Value) -> Query:
    pattern = _pattern(_given(value))
    return Untagged() if pattern == Pattern(("none",)) else Tagged(pattern)


def _is(value: _Value) -> Query:
    try:
        return Is(Status(_given(value).lower()))
    except ValueError as error:
        raise value.refused(f"can be {', '.join(Status)}") from error


def _numbered(kind: Callable[[int], Query], least: int, most: int, value: _Value) -> Query:
    return kind(_number(value, _given(value), least, most))


def _rated(value: _Value) -> Query:
    days, colon, rating = _given(value).partition(":")
    number = _number(value, days, 1, MOST_DAYS)
    return Rated(number, tuple(Rating)[_number(value, rating, 1, len(Rating)) - 1] if colon else None)


def _listed(kind: Callable[[tuple[int, ...]], Query], value: _Value) -> Query:
    return kind(tuple(_number(value, text, 1, MAX_ID) for text in _given(value).split(",")))


def _given(value: _Value) -> str:
    if not value.text:
        raise value.refused("nothing follows the colon")
    return value.text


def _number(value: _Value, text: str, least: int, most: int) -> int:
    if not _DIGITS.fullmatch(text) or not least <= int(text) <= most:
        raise value.refused(f'"{text}" is not a number from {least} to {most}')
    return int(text)


def _pattern(text: str) -> Pattern:
    """Read text with wildcards and escapes; any white space is one space, as it is in what is searched."""
    return Pattern(tuple(_part(found) for found in _PART.finditer(text)))


def _part(found: re.Match[str]) -> str | Wildcard:
    if found["wildcard"]:
        return Wildcard(found["wildcard"][0])
    return folded(_SPACE.sub(" ", _unescaped(found["text"])))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


_KEYWORDS: dict[str, Callable[[_Value], Query]] = {
    "deck": partial(_named, InDeck),
    "tag": _tagged,
    "note": partial(_named, OfNoteType),
    "card": partial(_numbered, FromTemplate, 1, _MOST_TEMPLATES),
    "is": _is,
    "flag": partial(_numbered, Flagged, 0, 7),
    "added": partial(_numbered, Added, 1, MOST_DAYS),
    "rated": _rated,
    "introduced": partial(_numbered, Introduced, 1, MOST_DAYS),
    "nid": partial(_listed, NoteIds),
    "cid": partial(_listed, CardIds),
}
# Keywords of Anki's that are not understood here, and so do not pass for names of fields.
_ELSEWHERE = frozenset(
    {"re", "nc", "sc", "w", "prop", "dupe", "edited", "resched", "preset", "did", "mid", "has-cd", "has"}
)
