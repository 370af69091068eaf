"""A load test can fail: each threshold that is broken is named."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from loadtests.forensics import Findings
from loadtests.scenarios.outcome import Result, Timing
from loadtests.scenarios.thresholds import Thresholds
from loadtests.scenarios.timeline import Quarter

CLEAN = Findings(files=6, marks=100)
GOOD = Result(
    scenario="writers",
    people=6,
    ended=6,
    seconds=10,
    timings={"add": Timing(100, 0, 20, 15, 60), "review": Timing(100, 0, 20, 15, 60)},
    statuses={},
    given_up=[],
    longest_accepted_s=0.8,
    timeline=[Quarter(0, served=150, failed=0, refused=49, accepted=1)],
)
STRICT = Thresholds(most_errors=0)


def failing(times: int, status: str) -> dict[str, Any]:
    """Of a thousand requests, so many with this status."""
    return {"timings": {"add": Timing(1000, times, 20, 15, 60)}, "statuses": {status: times}}


def test_a_run_in_which_all_went_well_breaks_nothing() -> None:
    assert Thresholds(most_errors=0, least_refused=49).broken(GOOD, CLEAN) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ended": 5}, "only 5 of 6 people were done in time"),
        ({"given_up": ["anna could not go on"]}, "anna could not go on"),
        ({"statuses": {"401": 1}}, "1 answers of 401: sessions and tokens must not fail"),
        (failing(11, "503"), "11 of 1000 requests failed (503 11 times)"),
        (failing(11, "0"), "11 of 1000 requests failed (no answer 11 times)"),
        ({"timings": {}}, "0 of 0 requests failed ()"),
        ({"timings": {"add": Timing(9, 0, 500, 400, 900)}}, "add took 500 ms in the mean, and may take 500 ms"),
        ({"timings": {"review": Timing(9, 0, 301, 250, 900)}}, "review took 301 ms in the mean, and may take 300 ms"),
        (
            {"longest_accepted_s": 3.1},
            "a revoked token was accepted 3.1 s after the end of its session, and may be for 3 s",
        ),
    ],
)
def test_a_threshold_that_is_broken_is_named(changes: Mapping[str, Any], told: str) -> None:
    assert Thresholds().broken(replace(GOOD, **changes), CLEAN) == [told]


def test_a_card_that_nobody_was_told_of_breaks_a_run_in_which_all_are_answered() -> None:
    found = replace(CLEAN, unacknowledged=["a mark"])

    assert Thresholds().broken(GOOD, found) == ["unacknowledged: a mark is there, and nobody was told so"]
    assert Thresholds(most_lost=0.25).broken(GOOD, found) == []


def test_what_lies_wrong_on_disk_breaks_a_run_that_looked_well() -> None:
    assert Thresholds().broken(GOOD, replace(CLEAN, foreign=["a mark"])) == ["foreign: a mark"]


def test_a_few_errors_among_many_requests_are_borne() -> None:
    assert Thresholds().broken(replace(GOOD, **failing(10, "503")), CLEAN) == []


def test_where_none_may_fail_one_is_too_many() -> None:
    assert STRICT.broken(replace(GOOD, **failing(1, "503")), CLEAN) == ["1 of 1000 requests failed (503 1 times)"]


@pytest.mark.parametrize(("lost", "is_borne"), [(100, True), (101, False)])
def test_requests_that_killed_workers_leave_unanswered_are_borne_within_bounds(lost: int, is_borne: bool) -> None:
    thresholds = Thresholds(most_errors=0, most_lost=0.1)

    assert (thresholds.broken(replace(GOOD, **failing(lost, "0")), CLEAN) == []) is is_borne


def test_a_failure_among_requests_that_are_left_unanswered_is_none_of_them() -> None:
    killed = replace(GOOD, timings={"add": Timing(1000, 51, 20, 15, 60)}, statuses={"0": 50, "503": 1})

    (told,) = Thresholds(most_errors=0, most_lost=0.1).broken(killed, CLEAN)

    assert told == "51 of 1000 requests failed (no answer 50 times, 503 1 times)"


def test_a_run_that_has_hardly_tried_revoked_tokens_says_nothing_of_them() -> None:
    assert Thresholds(least_refused=50).broken(GOOD, CLEAN) == [
        "revoked tokens were refused 49 times, and not 50 or more"
    ]
