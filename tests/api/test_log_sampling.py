import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from api.log_sampling import LogSampling
from api.request_log import OriginFilter
from api.settings import Settings
from tests.callers import Caller
from tests.clocks import ManualClock
from tests.limits import limited

EACH_SECOND = 10
app = Flask(__name__)


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    return limited(tmp_path, clock, limit_api="1/1h")


@pytest.fixture
def sampling(clock: ManualClock) -> LogSampling:
    return LogSampling(clock)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """What a log with our filter would have, from now on."""
    written: list[dict[str, Any]] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(vars(record))

    handler, logger = Keeping(), logging.getLogger("javumbo")
    handler.addFilter(OriginFilter())
    caplog.set_level(logging.INFO, "javumbo")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def sampled(sampling: LogSampling, requests: int) -> list[tuple[bool, int]]:
    """Sample so many requests; return of each whether it is logged, and how many it says were left out."""
    decided = []
    for _ in range(requests):
        with app.test_request_context():
            sampling.sample()
            decided.append((g.is_logged, g.left_out))
    return decided


def test_a_few_of_a_second_are_logged_and_the_others_are_not(sampling: LogSampling) -> None:
    decided = sampled(sampling, 25)

    assert decided == [(True, 0)] * EACH_SECOND + [(False, 0)] * 15


def test_the_first_of_another_second_says_how_many_were_left_out(sampling: LogSampling, clock: ManualClock) -> None:
    sampled(sampling, 25)
    clock.advance(timedelta(seconds=1))

    assert sampled(sampling, 2) == [(True, 15), (True, 0)]


def test_a_flood_that_pauses_loses_no_count(sampling: LogSampling, clock: ManualClock) -> None:
    for _ in range(3):
        sampled(sampling, 12)
        clock.advance(timedelta(seconds=60))

    assert sampled(sampling, 1) == [(True, 2)]


def test_a_request_is_decided_once_however_many_limits_refuse_it(sampling: LogSampling) -> None:
    with app.test_request_context():
        for _ in range(25):
            sampling.sample()

        assert g.is_logged
    assert sampled(sampling, 10)[-2:] == [(True, 0), (False, 0)]


def test_what_is_no_request_takes_no_place(sampling: LogSampling) -> None:
    for _ in range(25):
        sampling.sample()

    assert sampled(sampling, 1) == [(True, 0)]


def test_of_a_flood_beyond_a_limit_a_few_requests_are_logged_whole(
    anna: Caller, clock: ManualClock, lines: list[dict[str, Any]]
) -> None:
    anna.ask("GET", "/v1/decks")
    del lines[:]

    for _ in range(25):
        anna.ask("GET", "/v1/decks")
    clock.advance(timedelta(seconds=1))
    anna.ask("GET", "/v1/decks")

    said = [(line["message"], line.get("left_out")) for line in lines]
    assert said == [("refused", None), ("answered", None)] * EACH_SECOND + [("refused", 15), ("answered", 15)]


def test_whoever_keeps_to_the_limit_is_logged_during_a_flood(
    anna: Caller, ben: Caller, lines: list[dict[str, Any]]
) -> None:
    for _ in range(25):
        anna.ask("GET", "/v1/decks")
    del lines[:]

    ben.ask("GET", "/v1/decks")

    assert [(line["message"], line.get("left_out")) for line in lines] == [("answered", None)]


def test_an_error_is_logged_whatever_is_left_out(lines: list[dict[str, Any]]) -> None:
    log = logging.getLogger("javumbo")

    with app.test_request_context():
        g.is_logged = False
        log.warning("one of many")
        log.error("broken")
    log.info("no request")

    assert [line["message"] for line in lines] == ["broken", "no request"]
