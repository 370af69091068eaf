"""What limiters tell others of, and how Redis went."""

import logging

import pytest

from auth.errors import CapacityReduced, LimitReached, QuotaExceeded, RedisDown, RedisRefused
from auth.gcra import Rate
from auth.outcome import Outcome, kind
from auth.policies import Policy, Standing
from auth.reports import Reports

RATE = Rate(quota=1, window=2000, burst=1)
SOON, LATE = Standing(Policy("soon", RATE), 2000), Standing(Policy("late", RATE), 5000)

log = logging.getLogger("test")


@pytest.mark.parametrize("error", [QuotaExceeded, CapacityReduced])
def test_a_refusal_names_the_policies_and_how_long_the_longest_refuses(error: type[LimitReached]) -> None:
    refusal = Reports().refusal([SOON, LATE], error)

    assert type(refusal) is error
    assert (refusal.policies, refusal.wait) == (("soon", "late"), 5)


def test_a_refusal_is_told_with_where_its_policies_were_found() -> None:
    standings: list[Standing] = []
    refused: list[LimitReached] = []

    refusal = Reports(standings.extend, refused.append).refusal([LATE], QuotaExceeded)

    assert standings == [LATE]
    assert refused == [refusal]


@pytest.fixture
def outcome() -> Outcome:
    return Outcome(log, "the post is delivered", "no more, and everybody walks")


def test_only_changes_are_logged(outcome: Outcome, caplog: pytest.LogCaptureFixture) -> None:
    outcome.is_now("ok")
    for _ in range(3):
        outcome.is_now("down", RedisDown("gone"))
    for _ in range(3):
        outcome.is_now("ok")

    assert [line.message for line in caplog.records] == [
        "the post is delivered no more, and everybody walks",
        "the post is delivered again",
    ]
    assert outcome.last == "ok"


def test_the_log_says_why(outcome: Outcome, caplog: pytest.LogCaptureFixture) -> None:
    outcome.is_now("down", RedisDown("gone"))
    outcome.is_now("refused", RedisRefused("no memory"))

    told = [(vars(line)["outcome"], vars(line)["reason"]) for line in caplog.records]
    assert told == [("down", "gone"), ("refused", "no memory")]
    assert outcome.last == "refused"


def test_errors_of_redis_are_told_apart() -> None:
    assert kind(RedisDown("gone")) == "down"
    assert kind(RedisRefused("no memory")) == "refused"
