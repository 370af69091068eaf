"""When to show a card again: after steps of minutes at first, then after days, by its memory state (FSRS-6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from api.study.days import StudyDays
from api.study.fuzz import fraction
from api.study.intervals import Intervals
from api.study.memory import Memory, MemoryModel
from api.study.options import StudyOptions
from api.study.schedule import Rating, Schedule, State
from api.study.steps import Step, back, onward


@dataclass(frozen=True)
class Scheduler:
    """Maps (schedule, rating, now) to the next schedule."""

    days: StudyDays
    options: StudyOptions = field(default_factory=StudyOptions)
    _model: MemoryModel = field(default_factory=MemoryModel)

    def review(self, schedule: Schedule, rating: Rating, now: datetime, card_id: int) -> Schedule:
        """Return where the card stands after this rating."""
        return self.outcomes(schedule, now, card_id)[rating]

    def outcomes(self, schedule: Schedule, now: datetime, card_id: int) -> dict[Rating, Schedule]:
        """Return what each rating would lead to: the better, the later, or at the same time."""
        memories, steps = self._memories(schedule, now), self._steps(schedule)
        luck = fraction(card_id, schedule.review_count)
        intervals = self._intervals(schedule, Intervals(self._ideal(memories), self._days_past(steps, now), luck))
        today = self.days.day_of(now)
        reviewed = {rating: _reviewed(schedule, rating, memory, now) for rating, memory in memories.items()}
        return {
            rating: _waiting(after, steps[rating], now)
            if rating in steps
            else replace(after, state=State.REVIEW, due_day=today + intervals[rating])
            for rating, after in reviewed.items()
        }

    def _memories(self, schedule: Schedule, now: datetime) -> dict[Rating, Memory]:
        before, elapsed = _memory(schedule), schedule.elapsed(self.days, now)
        return {rating: self._model.after(before, rating, elapsed) for rating in Rating}

    def _steps(self, schedule: Schedule) -> dict[Rating, Step]:
        if schedule.state is State.REVIEW:
            return back(self.options.relearning_steps)
        is_relearning = schedule.state is State.RELEARNING
        steps = self.options.relearning_steps if is_relearning else self.options.learning_steps
        return onward(steps, schedule.step or 0)

    def _days_past(self, steps: Mapping[Rating, Step], now: datetime) -> int:
        # Minutes before a study day begins, a card due tomorrow would come sooner than one that takes a
        # step of ten minutes, though it was known better.
        longest = max((step.wait for step in steps.values()), default=timedelta())
        return max(1, self.days.first_from(now + longest) - self.days.day_of(now))

    def _ideal(self, memories: Mapping[Rating, Memory]) -> dict[Rating, float]:
        retention = self.options.desired_retention
        return {rating: self._model.interval(memory, retention) for rating, memory in memories.items()}

    def _intervals(self, schedule: Schedule, intervals: Intervals) -> dict[Rating, int]:
        is_in_review = schedule.state is State.REVIEW
        return intervals.of_review(schedule.interval(self.days)) if is_in_review else intervals.graduating()


def _memory(schedule: Schedule) -> Memory | None:
    if schedule.stability is None or schedule.difficulty is None:
        return None
    return Memory(schedule.stability, schedule.difficulty)


def _reviewed(schedule: Schedule, rating: Rating, memory: Memory, now: datetime) -> Schedule:
    return Schedule(
        state=schedule.state,
        stability=memory.stability,
        difficulty=memory.difficulty,
        reviewed_at=now,
        review_count=schedule.review_count + 1,
        lapses=schedule.lapses + (schedule.state is State.REVIEW and rating is Rating.AGAIN),
    )


def _waiting(reviewed: Schedule, step: Step, now: datetime) -> Schedule:
    is_new = reviewed.state in {State.NEW, State.LEARNING}
    state = State.LEARNING if is_new else State.RELEARNING
    return replace(reviewed, state=state, step=step.index, due_at=now + step.wait)
