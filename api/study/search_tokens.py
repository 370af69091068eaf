"""A search taken apart into words, phrases, parentheses and signs."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from api.errors import SearchNotUnderstood

LONGEST = 1000
"""How many characters a search can have."""
LONGEST_PATTERN = 100
"""How many characters a term with wildcards can have: from every place of a text, all of it may have to be compared."""

# A term is a phrase in quotes, a keyword with a phrase (`deck:"my deck"`), or a word; escapes stay in it.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<minus>-)
    | (?P<keyword>(?:[^\s()":\\]|\\.)+:)?"(?P<phrase>(?:[^"\\]|\\.)*)"
    | (?P<word>(?:[^\s()"\\]|\\.)+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WILDCARD = re.compile(r"(?:[^*_\\]|\\.)*+[*_]", re.DOTALL)
_ESCAPED = '*_":-()\\'


class Kind(Enum):
    """What a token is."""

    OPEN = "("
    CLOSE = ")"
    MINUS = "-"
    AND = "and"
    OR = "or"
    TERM = "term"
    END = ""


_SIGNS = {kind.value: kind for kind in (Kind.OPEN, Kind.CLOSE, Kind.MINUS)}
_OPERATORS = {kind.value: kind for kind in (Kind.AND, Kind.OR)}


@dataclass(frozen=True)
class Token:
    """A piece of a search and where it begins; `text` is without its quotes, with its escapes."""

    kind: Kind
    position: int
    text: str = ""
    text_position: int = 0


def tokens(search: str) -> Iterator[Token]:
    """Take a search apart; the last token is its end. SearchNotUnderstood."""
    _require_text(search)
    position = 0
    while position < len(search):
        found = _TOKEN.match(search, position)
        if found is None:
            raise SearchNotUnderstood(position, _unfinished(search[position]))
        if found["space"] is None:
            yield _token(found)
        position = found.end()
    yield Token(Kind.END, position)


def _token(found: re.Match[str]) -> Token:
    start, whole = found.start(), found[0]
    if whole in _SIGNS:
        return Token(_SIGNS[whole], start)
    if whole.lower() in _OPERATORS:
        return Token(_OPERATORS[whole.lower()], start, whole)
    _require_escapes(found)
    if len(whole) > LONGEST_PATTERN and _WILDCARD.match(whole):
        raise SearchNotUnderstood(start, f"a word with wildcards can have {LONGEST_PATTERN} characters")
    if found["phrase"] is None:
        return Token(Kind.TERM, start, whole, start)
    keyword = found["keyword"] or ""
    return Token(Kind.TERM, start, keyword + found["phrase"], start if keyword else start + 1)


def _require_text(search: str) -> None:
    if len(search) > LONGEST:
        raise SearchNotUnderstood(LONGEST, f"a search can have {LONGEST} characters")
    for position, character in enumerate(search):
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\t\r\n":
            raise SearchNotUnderstood(position, "this character is not text")


def _require_escapes(found: re.Match[str]) -> None:
    for escape in _ESCAPE.finditer(found[0]):
        if escape[1] not in _ESCAPED:
            listed = " ".join("\\" + character for character in _ESCAPED)
            raise SearchNotUnderstood(
                found.start() + escape.start(), f"\\{escape[1]} means nothing; there are {listed}"
            )


def _unfinished(character: str) -> str:
    if character == '"':
        return 'this quote is never closed; for the sign itself write \\"'
    return "nothing follows this backslash; for the sign itself write \\\\"
