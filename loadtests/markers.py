"""Marks on cards that say whose they are: a card that lies with somebody else is known by its own front."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

_TEXT = re.compile(
    r"mark (?P<run>[0-9a-z]{1,16}) of user (?P<user_id>\d{1,16}) number (?P<number>\d{1,9}) at (?P<at>\d{1,15})"
)


@dataclass(frozen=True, order=True)
class Mark:
    """The front of a card: the run that made it, its owner, its place among the owner's, and when, in Unix ms."""

    run: str
    user_id: int
    number: int
    at: int

    @property
    def text(self) -> str:
        """What is written on the card."""
        return f"mark {self.run} of user {self.user_id} number {self.number} at {self.at}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """Read a front, or return None if it is no mark."""
        found = _TEXT.fullmatch(text)
        if found is None:
            return None
        return cls(found["run"], int(found["user_id"]), int(found["number"]), int(found["at"]))


@dataclass(frozen=True)
class Ledger:
    """What the clients of a run know: which cards they have tried to add, and for which of these there was a 201."""

    attempted: frozenset[Mark]
    acknowledged: frozenset[Mark]

    def as_json(self) -> dict[str, list[dict[str, str | int]]]:
        """Return it as a document."""
        return {"attempted": _listed(self.attempted), "acknowledged": _listed(self.acknowledged)}

    @classmethod
    def of_json(cls, document: dict[str, list[dict[str, str | int]]]) -> "Ledger":
        """Read what `as_json` gave. KeyError or TypeError if it is something else."""
        attempted, acknowledged = (
            frozenset(Mark(**entry) for entry in document[name])  # type: ignore[arg-type] # each as it was written
            for name in ("attempted", "acknowledged")
        )
        return cls(attempted, acknowledged)


def _listed(marks: Iterable[Mark]) -> list[dict[str, str | int]]:
    return [asdict(mark) for mark in sorted(marks)]
