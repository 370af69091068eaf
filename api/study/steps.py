"""The steps that a card takes in minutes before it is shown after days."""

from dataclasses import dataclass
from datetime import timedelta

from api.study.schedule import Rating


@dataclass(frozen=True)
class Step:
    """Which of the steps a card takes, from 0, and how long it waits there."""

    index: int
    wait: timedelta


def onward(steps: tuple[timedelta, ...], index: int) -> dict[Rating, Step]:
    """Return the step each rating leads to from one of them; a rating that is missing leads out of them."""
    if not steps:
        return {}
    # There may have been more of them when the card came here.
    index = min(index, len(steps) - 1)
    found = {Rating.AGAIN: Step(0, steps[0]), Rating.HARD: Step(index, _hard(steps, index))}
    if index + 1 < len(steps):
        found[Rating.GOOD] = Step(index + 1, steps[index + 1])
    return found


def back(steps: tuple[timedelta, ...]) -> dict[Rating, Step]:
    """Return the step each rating of a card in review leads to: only forgetting leads to one, if there are any."""
    return {Rating.AGAIN: Step(0, steps[0])} if steps else {}


def _hard(steps: tuple[timedelta, ...], index: int) -> timedelta:
    if index > 0:
        return steps[index]
    return (steps[0] + steps[1]) / 2 if len(steps) > 1 else steps[0] * 1.5
