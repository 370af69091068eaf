"""One search in one collection: the values that its SQL is given, and what it has to know to be composed."""

from collections.abc import Sequence
from functools import cached_property

from api.store import note_types
from api.store.collection import Collection
from api.store.instants import to_ms
from api.store.note_types import NoteType
from api.study.search_terms import Pattern, Wildcard

_IN_LIKE = {Wildcard.ANY: "%", Wildcard.ONE: "_"}
_ESCAPED = str.maketrans({sign: "\\" + sign for sign in "\\%_"})


class Scope:
    """Takes in every value, and gives the name under which it is bound: no text of a search is ever part of the SQL."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.values: dict[str, int | str] = {"user_id": collection.user_id}

    def bind(self, value: int | str) -> str:
        """Return what stands for a value in the SQL."""
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return ":" + name

    def listed(self, values: Sequence[int]) -> str:
        """Return what stands for a list of ids, in its parentheses."""
        # Not every engine takes an empty list, and nothing has the id 0.
        return f"({', '.join(self.bind(value) for value in values or (0,))})"

    def like(self, column: str, pattern: Pattern, before: str = "", after: str = "") -> str:
        """Return the condition that a column is like a pattern, between what may stand around it (in LIKE's terms)."""
        parts = (part.translate(_ESCAPED) if isinstance(part, str) else _IN_LIKE[part] for part in pattern.parts)
        return f"{column} LIKE {self.bind(before + ''.join(parts) + after)} ESCAPE '\\'"

    def since(self, days: int) -> str:
        """Return what stands for the instant at which so many study days began, today's included."""
        return self.bind(to_ms(self.collection.days.start_of(self.collection.today - days + 1)))

    @cached_property
    def note_types(self) -> list[NoteType]:
        """All note types of the collection."""
        return note_types.every(self.collection)
