"""What kinds of text the API takes: normalised, bounded, and free of characters that only do harm."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from api.collection.decks import LONGEST_NAME, MOST_LEVELS, SEPARATOR

# Separators Anki uses between fields, NUL, and other controls; tabs and line ends are text.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_UNPRINTABLE = {"Cc", "Cs", "Co", "Zl", "Zp"}
_TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def normalised(value: object) -> object:
    """Return text trimmed and in NFC, so that what looks the same is the same; anything else unchanged."""
    return unicodedata.normalize("NFC", value.strip()) if isinstance(value, str) else value


def printable(value: str) -> str:
    """Refuse controls, line ends, what is not text, and what turns the direction of other text around.

    Joiners and spaces of every script stay: words are spelt with them.
    """
    if any(unicodedata.category(character) in _UNPRINTABLE or _does_harm(character) for character in value):
        raise ValueError("must contain printable characters only")
    return value


def _does_harm(character: str) -> bool:
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_noncharacter or character in _TURNING


def whole(value: str) -> str:
    """Refuse half a surrogate pair: JSON can spell it, and nothing can store or hash it."""
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must be valid Unicode")
    return value


def without_controls(value: str) -> str:
    """Refuse control characters other than tabs and line ends."""
    if _CONTROLS.search(value):
        raise ValueError("must not contain control characters other than tab and line ends")
    return value


def not_blank(value: str) -> str:
    """Refuse text of nothing but white space."""
    if not value.strip():
        raise ValueError("must not be blank")
    return value


def levels(value: str) -> str:
    """Return the name of a deck with its levels trimmed. ValueError for an empty or long one, or too many."""
    names = [level.strip() for level in value.split(SEPARATOR)]
    if not all(1 <= len(name) <= 100 for name in names):
        raise ValueError("must have a name of 1 to 100 characters at each level between '::'")
    if any(name[0] == ":" or name[-1] == ":" for name in names):
        raise ValueError("must not have a colon at the beginning or end of a level, beside '::'")
    if len(names) > MOST_LEVELS:
        raise ValueError(f"must have at most {MOST_LEVELS} levels")
    return SEPARATOR.join(names)


def without_spaces(value: str) -> str:
    """Refuse white space."""
    if any(character.isspace() for character in value):
        raise ValueError("must not contain white space")
    return value


Line = Annotated[str, BeforeValidator(normalised), AfterValidator(printable)]
"""One line of printable text, trimmed and in NFC."""

Username = Annotated[Line, StringConstraints(min_length=1, max_length=20)]
DisplayName = Annotated[Line, StringConstraints(min_length=1, max_length=50)]
Name = Annotated[Line, StringConstraints(min_length=1, max_length=100)]
"""What a field, a template or a note type is called."""

Tag = Annotated[Line, StringConstraints(min_length=1, max_length=100), AfterValidator(without_spaces)]

Tags = Annotated[list[Tag], Field(max_length=100)]

FieldText = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(without_controls)]
"""The content of a note's field: HTML, as in Anki."""

DeckName = Annotated[Line, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(levels)]
"""The name of a deck, with those of the decks that it lies in before it, and `::` between them."""

FirstField = Annotated[FieldText, StringConstraints(min_length=1), AfterValidator(not_blank)]

Credential = Annotated[str, BeforeValidator(normalised), AfterValidator(whole)]
"""A username as somebody types it to sign in: compared as it was stored, not judged."""

Password = Annotated[str, AfterValidator(whole)]
"""A password to be checked: the bounds on new ones do not apply."""
