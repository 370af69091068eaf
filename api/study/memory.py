"""How well a card is remembered: FSRS-6 with its default parameters, as the `fsrs` package computes it."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import fsrs

from api.study.schedule import Rating

MOST_STABLE = 36500.0
"""What no stability grows beyond, in days."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_DECAY = 20
_RATINGS = {
    Rating.AGAIN: fsrs.Rating.Again,
    Rating.HARD: fsrs.Rating.Hard,
    Rating.GOOD: fsrs.Rating.Good,
    Rating.EASY: fsrs.Rating.Easy,
}


@dataclass(frozen=True)
class Memory:
    """How stable a memory is (days until recall falls to 90 %) and how difficult (1 to 10)."""

    stability: float
    difficulty: float


@dataclass(frozen=True)
class MemoryModel:
    """What reviews and time do to memories."""

    _fsrs: fsrs.Scheduler = field(default_factory=fsrs.Scheduler)

    def after(self, memory: Memory | None, rating: Rating, elapsed: int) -> Memory:
        """Return the memory after a review so many study days after the last; None is that of a card never reviewed."""
        card, _ = self._fsrs.review_card(_card(memory), _RATINGS[rating], _EPOCH + timedelta(days=elapsed))
        assert card.stability is not None, "whatever was reviewed is remembered somehow"
        assert card.difficulty is not None, "whatever was reviewed is remembered somehow"
        return Memory(min(card.stability, MOST_STABLE), card.difficulty)

    def interval(self, memory: Memory, retention: float) -> float:
        """Return after how many days, not rounded, the probability of recall will have fallen to this."""
        decay = -self._fsrs.parameters[_DECAY]
        return memory.stability * (_age(retention, decay) / _age(0.9, decay))


def _age(retention: float, decay: float) -> float:
    """Return how old a memory is once recall has fallen to this, in a unit that does not matter."""
    return math.pow(retention, 1 / decay) - 1


def _card(memory: Memory | None) -> fsrs.Card:
    # An id spares a deliberate 1 ms sleep. The package counts blocks of 24 hours where the model has calendar days,
    # so that the last review is always at the epoch. What a memory becomes does not depend on steps.
    if memory is None:
        return fsrs.Card(card_id=0)
    return fsrs.Card(
        card_id=0,
        state=fsrs.State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_EPOCH,
        last_review=_EPOCH,
    )
