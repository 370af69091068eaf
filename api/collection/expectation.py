"""What a request expects of the thing it changes (`If-Match`, RFC 9110 §13.1.1)."""

from dataclasses import dataclass

from api.errors import ChangedSince


@dataclass(frozen=True)
class Expectation:
    """The changes of a thing that a request may have been made for; None for whichever."""

    changes: frozenset[int] | None = None

    def require(self, change: int) -> None:
        """Make sure that a thing is as expected. ChangedSince."""
        if self.changes is not None and change not in self.changes:
            raise ChangedSince(change)


ANY = Expectation()
