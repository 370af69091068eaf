"""The scheduler against numbers made with Anki; how is told in anki_memory_states.md."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from api.study.days import StudyDays
from api.study.intervals import Intervals
from api.study.memory import Memory, MemoryModel
from api.study.schedule import Rating, Schedule
from api.study.scheduler import Scheduler
from api.study.steps import Step, back, onward

MODEL = MemoryModel()
LUCK = (0.0, 1 - 2**-32)
# The worst found is 0.003 %: Anki computes in 32 bits.
TOLERANCE = 0.0001


def load(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(Path(__file__).with_name(name).read_text())
    return rows


def about(row: dict[str, Any]) -> str:
    return f"{row['about']}, {row['time_zone']}"


def before(row: dict[str, Any]) -> str:
    values = (row["state"], row["step"], row["stability"], row["elapsed_days"], row["last_interval"])
    return " ".join(str(value) for value in values)


@pytest.mark.parametrize("card", load("anki_memory_states.json"), ids=about)
def test_a_card_is_remembered_as_in_anki(card: dict[str, Any]) -> None:
    scheduler = Scheduler(StudyDays(ZoneInfo(card["time_zone"])))

    schedule = Schedule()
    for instant, rating in card["reviews"]:
        schedule = scheduler.review(schedule, Rating(rating), datetime.fromisoformat(instant), card_id=1)

    assert schedule.stability == pytest.approx(card["stability"], rel=TOLERANCE)
    assert schedule.difficulty == pytest.approx(card["difficulty"], rel=TOLERANCE)


@pytest.mark.parametrize("row", load("anki_intervals.json"), ids=before)
def test_each_rating_does_to_a_memory_what_it_does_in_anki(row: dict[str, Any]) -> None:
    for rating, memory in memories(row).items():
        anki = row["after"][rating]

        assert memory.stability == pytest.approx(anki["stability"], rel=TOLERANCE)
        assert memory.difficulty == pytest.approx(anki["difficulty"], rel=TOLERANCE)


@pytest.mark.parametrize("row", load("anki_intervals.json"), ids=before)
def test_each_rating_takes_the_step_or_the_range_of_days_that_it_has_in_anki(row: dict[str, Any]) -> None:
    taken = steps(row)
    shortest, longest = (intervals(row, luck) for luck in LUCK)

    for rating in Rating:
        anki = row["after"][rating]
        if rating in taken:
            assert taken[rating].wait == timedelta(seconds=anki["wait_seconds"])
        else:
            assert [shortest[rating], longest[rating]] == anki["days"]


def memories(row: dict[str, Any]) -> dict[Rating, Memory]:
    memory = None if row["stability"] is None else Memory(row["stability"], row["difficulty"])
    return {rating: MODEL.after(memory, rating, row["elapsed_days"]) for rating in Rating}


def steps(row: dict[str, Any]) -> dict[Rating, Step]:
    waits = tuple(timedelta(minutes=minutes) for minutes in row["steps_minutes"])
    return back(waits) if row["state"] == "review" else onward(waits, row["step"] or 0)


def intervals(row: dict[str, Any], luck: float) -> dict[Rating, int]:
    retention = row["desired_retention"]
    ideal = {rating: MODEL.interval(memory, retention) for rating, memory in memories(row).items()}
    found = Intervals(ideal, least=1, fraction=luck)
    return found.of_review(row["last_interval"]) if row["state"] == "review" else found.graduating()
