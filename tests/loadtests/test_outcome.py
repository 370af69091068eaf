"""What is known of a scenario: what was answered in each quarter of a second, and what was done to the service."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from loadtests.scenarios.outcome import Outcome, Result
from loadtests.scenarios.play import disturb, table
from loadtests.scenarios.timeline import Answer, Event, Quarter, timeline
from tests.loadtests.test_thresholds import GOOD

EVENTS = [Event(1.5, "worker killed"), Event(2.25, "worker killed"), Event(3.0, "Redis frozen")]


def test_answers_are_counted_in_the_quarter_of_a_second_in_which_they_arrive() -> None:
    answers = [Answer(100.0, "served"), Answer(100.24, "served"), Answer(100.5, "refused"), Answer(100.74, "accepted")]

    assert timeline(100.0, answers) == [
        Quarter(0, served=2, failed=0, refused=0, accepted=0),
        Quarter(0.25, served=0, failed=0, refused=0, accepted=0),
        Quarter(0.5, served=0, failed=0, refused=1, accepted=1),
    ]


def test_where_nothing_was_answered_there_is_no_timeline() -> None:
    assert timeline(100.0, []) == []


def test_each_answer_has_its_place_in_the_timeline() -> None:
    outcome = Outcome("r1")

    outcome.serve()
    outcome.fail(503)
    outcome.refuse()
    outcome.accept(after=0.5)

    assert [answer.kind for answer in outcome.answers] == ["served", "failed", "refused", "accepted"]
    assert outcome.statuses == {"503": 1}


def test_the_latest_acceptance_of_a_revoked_token_is_what_counts() -> None:
    outcome = Outcome("r1")

    for seconds in (0.2, 3.5, 1.0):
        outcome.accept(after=seconds)

    assert outcome.longest_accepted_s == 3.5


def test_a_result_survives_its_file() -> None:
    result = replace(GOOD, events=EVENTS)

    assert Result.of_json(json.loads(json.dumps(asdict(result)))) == result


def test_the_table_tells_what_was_done_and_how_long_revoked_tokens_were_accepted() -> None:
    told = table(replace(GOOD, events=EVENTS), ["a threshold"])

    assert told[-4:] == [
        "  revoked tokens refused 49 times, and none accepted later than 0.80 s after the end of its session",
        "  worker killed after 1.5, 2.2 s",
        "  Redis frozen after 3.0 s",
        "  BROKEN: a threshold",
    ]


def failing_disturbance() -> Iterator[str]:
    yield "Redis frozen"
    raise AssertionError("it did not happen in time")


def test_what_is_done_is_noted_with_its_time_until_something_fails() -> None:
    (event,), (failed,) = disturb(failing_disturbance(), time.monotonic() - 2)

    assert event.what == "Redis frozen"
    assert event.second == pytest.approx(2, abs=1)
    assert failed == "what was to be done to the service failed: it did not happen in time"
