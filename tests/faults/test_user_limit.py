"""The limit of a user, over three workers: exact over time, and a burst exceeds it by one settlement at most."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults.asking import CHEAP, Answer, Asking, at_once, signed_up, worker_of_each, workers_of
from tests.live import LiveServer, serving

BURST, RATE = 100, 50
"""Requests at once, and a second: 3000/1m/100."""
HANDS = 12
SETTLEMENT, LATE = 0.1, 0.1
"""The seconds between two settlements of a worker, and how late a machine may be with one that has much else to do."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with serving(tmp_path_factory.mktemp("user"), app=CHEAP, limit_api=f"{RATE * 60}/1m/{BURST}") as server:
        yield server


@dataclass
class Found:
    """What one user was answered, in the order in which it arrived."""

    answers: list[Answer]

    @property
    def admitted(self) -> list[float]:
        """When the answers arrived that were no refusals."""
        return [answer.at for answer in self.answers if answer.status == 200]

    @property
    def lasted(self) -> float:
        """The seconds from the first to the last that was admitted."""
        return self.admitted[-1] - self.admitted[0]

    @property
    def due(self) -> float:
        """How many the limit admits in that time."""
        return BURST + RATE * self.lasted

    def admitted_by_others(self, server: LiveServer, seconds: float) -> int:
        """The most that all workers but one admitted within so many seconds."""
        admitted = [answer for answer in self.answers if answer.status == 200]
        workers = worker_of_each(server, admitted)
        by = [(answer.at, workers[answer.request_id]) for answer in admitted]
        windows = [[worker for at, worker in by if end - seconds < at <= end] for end, _ in by]
        return max(len(window) - window.count(worker) for window in windows for worker in set(workers.values()))

    def within(self, seconds: float) -> "Found":
        first = self.answers[0].at
        return Found([answer for answer in self.answers if answer.at <= first + seconds])


def ask_for(asking: Asking, seconds: float, every: float) -> Found:
    """Ask with all hands, each so often at most."""
    until = time.monotonic() + seconds

    def ask(_: int) -> list[Answer]:
        answers, next_at = [], time.monotonic()
        while time.monotonic() < until:
            answers.append(asking.read())
            next_at += every
            time.sleep(max(0, next_at - time.monotonic()))
        return answers

    answers = [answer for answers in at_once(HANDS, ask) for answer in answers]
    return Found(sorted(answers, key=lambda answer: answer.at))


# How far it is off at any one moment does not grow with time: it is a settlement of two workers, 20 requests.
@pytest.mark.parametrize(("seconds", "percent"), [(6, 5), pytest.param(30, 1, marks=pytest.mark.long)])
def test_at_three_times_the_quota_a_user_is_admitted_the_burst_and_then_the_rate(
    server: LiveServer, seconds: int, percent: int
) -> None:
    asking = signed_up(server, f"steady {seconds}")

    found = ask_for(asking, seconds, every=HANDS / (3 * RATE))

    assert {answer.status for answer in found.answers} == {200, 429}
    assert abs(len(found.admitted) - found.due) <= found.due * percent / 100, (len(found.admitted), found.due)
    assert workers_of(server, found.answers) == set(server.workers())


@pytest.mark.parametrize("every", [HANDS / (6 * RATE), 0], ids=["six times the rate", "as fast as they are answered"])
def test_a_burst_exceeds_the_quota_by_what_other_workers_admit_within_a_settlement_at_most(
    server: LiveServer, every: float
) -> None:
    asking = signed_up(server, f"hasty {every}")

    found = ask_for(asking, seconds=1.2, every=every).within(1)

    unknown = found.admitted_by_others(server, SETTLEMENT + LATE)
    assert {answer.status for answer in found.answers} == {200, 429}
    assert BURST <= len(found.admitted) <= BURST + RATE + unknown, (len(found.admitted), unknown, len(found.answers))
    assert workers_of(server, found.answers) == set(server.workers())
