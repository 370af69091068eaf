"""What was answered when, by quarters of a second, and what happened to the service meanwhile."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

PER_SECOND = 4

Kind = Literal["served", "failed", "refused", "accepted"]
"""What became of a request. The last two are said of tokens whose session had ended."""


@dataclass(frozen=True)
class Answer:
    """When a request was answered, by the monotonic clock, and what became of it."""

    at: float
    kind: Kind


@dataclass(frozen=True)
class Quarter:
    """How many answers of each kind arrived in the quarter of a second that begins at `second`."""

    second: float
    served: int
    failed: int
    refused: int
    accepted: int


@dataclass(frozen=True)
class Event:
    """Something that was done to the service, so many seconds after the first people came."""

    second: float
    what: str


def timeline(began: float, answers: Iterable[Answer]) -> list[Quarter]:
    """Count answers by quarters of a second, from the beginning to the last; those without any are there as well."""
    counted = Counter((int((answer.at - began) * PER_SECOND), answer.kind) for answer in answers)
    last = max((number for number, _ in counted), default=-1)
    return [
        Quarter(
            number / PER_SECOND,
            served=counted[number, "served"],
            failed=counted[number, "failed"],
            refused=counted[number, "refused"],
            accepted=counted[number, "accepted"],
        )
        for number in range(last + 1)
    ]
