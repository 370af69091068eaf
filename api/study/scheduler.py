"""When to show a card again (FSRS-6, by the `fsrs` package)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import fsrs

from api.study.days import StudyDays
from api.study.schedule import Rating, Schedule, State

_EPOCH = datetime.fromtimestamp(0, UTC)
_STATES = {
    State.NEW: fsrs.State.Learning,
    State.LEARNING: fsrs.State.Learning,
    State.REVIEW: fsrs.State.Review,
    State.RELEARNING: fsrs.State.Relearning,
}
_STATES_BACK = {
    fsrs.State.Learning: State.LEARNING,
    fsrs.State.Review: State.REVIEW,
    fsrs.State.Relearning: State.RELEARNING,
}
_RATINGS = {
    Rating.AGAIN: fsrs.Rating.Again,
    Rating.HARD: fsrs.Rating.Hard,
    Rating.GOOD: fsrs.Rating.Good,
    Rating.EASY: fsrs.Rating.Easy,
}


@dataclass(frozen=True)
class Scheduler:
    """Maps (schedule, rating, now) to the next schedule."""

    days: StudyDays
    # Its fuzz is drawn from a global generator, so that a preview would differ from the answer.
    _fsrs: fsrs.Scheduler = field(default_factory=lambda: fsrs.Scheduler(enable_fuzzing=False))

    def review(self, schedule: Schedule, rating: Rating, now: datetime) -> Schedule:
        """Return where the card stands after this rating."""
        today = self.days.day_of(now)
        midnight = _midnight(today)
        after, _ = self._fsrs.review_card(self._to_fsrs(schedule, now), _RATINGS[rating], midnight)
        interval = after.due - midnight
        is_in_review = after.state is fsrs.State.Review
        return Schedule(
            state=_STATES_BACK[after.state],
            step=after.step,
            stability=after.stability,
            difficulty=after.difficulty,
            due_at=None if is_in_review else now + interval,
            due_day=self._past_any_step(today + interval.days, now) if is_in_review else None,
            reviewed_at=now,
            review_count=schedule.review_count + 1,
            lapses=schedule.lapses + (schedule.state is State.REVIEW and rating is Rating.AGAIN),
        )

    def outcomes(self, schedule: Schedule, now: datetime) -> dict[Rating, Schedule]:
        """Return what each rating would lead to; answering at the same instant gives exactly that."""
        return {rating: self.review(schedule, rating, now) for rating in Rating}

    def due(self, schedule: Schedule) -> datetime | None:
        """Return the instant the card enters the queue; None for a new card, which is in it already."""
        return schedule.due_at if schedule.due_day is None else self.days.start_of(schedule.due_day)

    def _past_any_step(self, day: int, now: datetime) -> int:
        # Minutes before a study day begins, a card due tomorrow would come sooner than one that takes a
        # step of ten minutes, though it was known better.
        longest = max((*self._fsrs.learning_steps, *self._fsrs.relearning_steps))
        return day if self.days.start_of(day) >= now + longest else day + 1

    def _to_fsrs(self, schedule: Schedule, now: datetime) -> fsrs.Card:
        # FSRS counts days between reviews in blocks of 24 hours, its model in calendar days: each
        # review is given to it as the midnight of its study day. An id spares a deliberate 1 ms sleep.
        reviewed_at = schedule.reviewed_at
        return fsrs.Card(
            card_id=0,
            state=_STATES[schedule.state],
            step=0 if schedule.state is State.NEW else schedule.step,
            stability=schedule.stability,
            difficulty=schedule.difficulty,
            due=now,
            last_review=None if reviewed_at is None else _midnight(self.days.day_of(reviewed_at)),
        )


def _midnight(day: int) -> datetime:
    return _EPOCH + timedelta(days=day)
