"""Where a card stands between two reviews."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.study.days import StudyDays


class State(StrEnum):
    """How far a card has come (the states of FSRS, and `new` for a card never reviewed)."""

    NEW = "new"
    LEARNING = "learning"
    REVIEW = "review"
    RELEARNING = "relearning"


class Rating(StrEnum):
    """How well the card was remembered, from worst to best."""

    AGAIN = "again"
    HARD = "hard"
    GOOD = "good"
    EASY = "easy"


@dataclass(frozen=True)
class Schedule:
    """A card's memory state and when it is due: at an instant while learning, on a study day once in review."""

    state: State = State.NEW
    step: int | None = None
    stability: float | None = None
    difficulty: float | None = None
    due_at: datetime | None = None
    due_day: int | None = None
    reviewed_at: datetime | None = None
    review_count: int = 0
    lapses: int = 0

    def due(self, days: StudyDays) -> datetime | None:
        """Return the instant the card enters the queue; None for a new card, which is in it already."""
        return self.due_at if self.due_day is None else days.start_of(self.due_day)

    def interval(self, days: StudyDays) -> int:
        """Return how many days after the last review the card is due; 0 unless it is in review."""
        if self.reviewed_at is None or self.due_day is None:
            return 0
        return max(0, self.due_day - days.day_of(self.reviewed_at))

    def elapsed(self, days: StudyDays, now: datetime) -> int:
        """Return how many study days ago the last review was; 0 if there was none."""
        if self.reviewed_at is None:
            return 0
        return max(0, days.day_of(now) - days.day_of(self.reviewed_at))
