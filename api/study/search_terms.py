"""What a search consists of: terms about cards and their notes, and how they are combined."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from fnmatch import fnmatchcase
from glob import escape

from api.study.schedule import Rating


class Wildcard(Enum):
    """What stands for text that is not given."""

    ANY = "*"
    ONE = "_"


_GLOB = {Wildcard.ANY: "*", Wildcard.ONE: "?"}


@dataclass(frozen=True)
class Pattern:
    """Text as it is compared (folded), with wildcards in between."""

    parts: tuple[str | Wildcard, ...]

    @property
    def literals(self) -> tuple[str, ...]:
        """The text between the wildcards."""
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def is_plain(self) -> bool:
        """Whether there are no wildcards, so that `text` is all there is."""
        return len(self.literals) == len(self.parts)

    @property
    def text(self) -> str:
        """What is given of the text, without the wildcards."""
        return "".join(self.literals)

    def matches(self, text: str) -> bool:
        """Tell whether this is all of a folded text."""
        return fnmatchcase(text, "".join(escape(part) if isinstance(part, str) else _GLOB[part] for part in self.parts))


class Status(StrEnum):
    """What a card can be; `learn` and `review` both include relearning."""

    NEW = "new"
    LEARN = "learn"
    REVIEW = "review"
    DUE = "due"
    SUSPENDED = "suspended"
    BURIED = "buried"


@dataclass(frozen=True)
class Contains:
    """The visible text of the note contains this."""

    pattern: Pattern


@dataclass(frozen=True)
class FieldIs:
    """The visible text of the field of this (folded) name is this, whole. `position` is where the search says so."""

    name: str
    pattern: Pattern
    position: int


@dataclass(frozen=True)
class InDeck:
    """The card lies in such a deck, or below it."""

    pattern: Pattern


@dataclass(frozen=True)
class Tagged:
    """The note has such a tag, or one below it."""

    pattern: Pattern


@dataclass(frozen=True)
class Untagged:
    """The note has no tags."""


@dataclass(frozen=True)
class OfNoteType:
    """The note is of a type of such a name."""

    pattern: Pattern


@dataclass(frozen=True)
class FromTemplate:
    """The card is made from this template of its note type, counted from 1."""

    number: int


@dataclass(frozen=True)
class NoteIds:
    """The note has one of these ids."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class CardIds:
    """The card has one of these ids."""

    ids: tuple[int, ...]


@dataclass(frozen=True)
class Is:
    """The card is in this state."""

    status: Status


@dataclass(frozen=True)
class Flagged:
    """The card has this flag, from 1 to 7, or none (0)."""

    flag: int


@dataclass(frozen=True)
class Added:
    """The card was added on one of the last study days; 1 is today."""

    days: int


@dataclass(frozen=True)
class Rated:
    """The card was answered on one of the last study days, with this rating or with any."""

    days: int
    rating: Rating | None = None


@dataclass(frozen=True)
class Introduced:
    """The card was answered for the first time on one of the last study days."""

    days: int


@dataclass(frozen=True)
class Not:
    """The search does not hold."""

    query: "Query"


@dataclass(frozen=True)
class AllOf:
    """All searches hold; without any, this is every card."""

    queries: "tuple[Query, ...]" = ()


@dataclass(frozen=True)
class AnyOf:
    """At least one of the searches holds."""

    queries: "tuple[Query, ...]"


OnText = Contains | FieldIs
OnNote = Tagged | Untagged | OfNoteType | NoteIds
OnCard = InDeck | FromTemplate | CardIds | Is | Flagged
OnTime = Added | Rated | Introduced
Query = OnText | OnNote | OnCard | OnTime | Not | AllOf | AnyOf

EVERYTHING = AllOf()
