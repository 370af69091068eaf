"""How much of what waits is still to be studied today."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Numbers of cards by the part of the queue they stand in."""

    new: int = 0
    learning: int = 0
    due: int = 0


@dataclass(frozen=True)
class DailyLimits:
    """How many new cards and how many reviews a deck gives in one study day."""

    new: int = 20
    reviews: int = 200


def left_today(waiting: Counts, studied: Counts, limits: DailyLimits) -> Counts:
    """Return what today's queue would still serve. `studied` counts today's reviews by the state before them."""
    return Counts(
        new=max(0, min(waiting.new, limits.new - studied.new)),
        learning=waiting.learning,
        due=max(0, min(waiting.due, limits.reviews - studied.due)),
    )
