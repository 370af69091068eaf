"""Who is refused and comes back exactly when told to is let in; who comes back earlier is not."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Semaphore

import pytest

from tests.faults.asking import CHEAP, DEFAULTS, Answer, Asking, at_once, signed_up
from tests.live import LiveServer, serving

TRIALS, USERS = 200, 100

Work = Callable[[Asking], Answer]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("retry")
    # Fast enough for a second to make up for what every worker admits before it hears of the others.
    with serving(folder, app=CHEAP, limit_refresh="30/1m/3", limit_api="6000/1m/20") as server:
        yield server


@dataclass(frozen=True)
class Trial:
    """The first answer that was a refusal, and what came of asking again."""

    refused: Answer
    again: Answer


def try_again(turns: Semaphore, ask: Callable[[], Answer], sooner: float) -> Trial:
    """Ask until refused, wait for as long as that says, or not quite, and ask once more."""
    with turns:
        refused = next(answer for answer in iter(ask, None) if answer.is_refused)
    time.sleep(max(0, refused.at + refused.retry_after - sooner - time.monotonic()))
    return Trial(refused, ask())


def try_all(work: Work, asking: Sequence[Asking], sooner: float = 0) -> list[Trial]:
    """Let all of them try. Until they are refused, each has the machine for itself: else it could not be too fast."""
    turns = Semaphore(1)
    return at_once(len(asking), lambda number: try_again(turns, lambda: work(asking[number]), sooner))


def try_on_one_worker(users: Sequence[Asking]) -> list[Trial]:
    turns = Semaphore(1)

    def try_it(user: Asking) -> Trial:
        with closing(user.connect()) as connection:
            return try_again(turns, lambda: user.read(connection), 0)

    return at_once(len(users), lambda number: try_it(users[number]))


def violated(answer: Answer) -> int:
    """How many seconds the policy that refuses says that it will."""
    standings = answer.told("RateLimit")
    assert answer.status == 429
    assert set(answer.policies) <= set(answer.told("RateLimit-Policy"))
    assert all(standings[policy]["r"] == 0 for policy in answer.policies)
    return max(int(standings[policy]["t"]) for policy in answer.policies)


def addresses(server: LiveServer, network: int, count: int) -> list[Asking]:
    return [Asking(server, f"127.30.{network}.{number + 1}") for number in range(count)]


def users(server: LiveServer, count: int) -> list[Asking]:
    return [signed_up(server, f"user {number} of {count}") for number in range(count)]


def test_two_hundred_addresses_that_wait_as_long_as_told_are_let_in(server: LiveServer) -> None:
    trials = try_all(Asking.refresh, addresses(server, 1, TRIALS))

    assert [trial.again.status for trial in trials] == [401] * TRIALS
    assert all(violated(trial.refused) <= trial.refused.retry_after <= 2 for trial in trials)


def test_an_address_that_comes_back_sooner_is_refused(server: LiveServer) -> None:
    trials = try_all(Asking.refresh, addresses(server, 2, 100), sooner=0.5)

    # Not all: the wait is told in whole seconds, rounded up.
    assert 429 in {trial.again.status for trial in trials if trial.refused.retry_after > 1}


@pytest.mark.parametrize("count", [20, pytest.param(USERS, marks=pytest.mark.long)])
def test_users_who_wait_as_long_as_told_are_let_in(server: LiveServer, count: int) -> None:
    trials = try_all(Asking.read, users(server, count))

    assert [trial.again.status for trial in trials] == [200] * count
    assert all(violated(trial.refused) <= trial.refused.retry_after for trial in trials)


@pytest.mark.long
def test_users_who_keep_to_one_worker_and_wait_as_long_as_told_are_let_in(tmp_path: Path) -> None:
    with serving(tmp_path, app=CHEAP, limit_api="60/1m/20") as server:
        trials = try_on_one_worker(users(server, USERS))

    assert [trial.again.status for trial in trials] == [200] * USERS
    assert all(violated(trial.refused) <= trial.refused.retry_after for trial in trials)


@pytest.mark.long
def test_users_with_the_usual_limit_who_wait_as_long_as_told_are_let_in(tmp_path: Path) -> None:
    with serving(tmp_path, app=CHEAP, **DEFAULTS) as server:
        trials = try_all(Asking.read, users(server, 20))

    assert {trial.again.status for trial in trials} == {200}
    assert all(violated(trial.refused) <= trial.refused.retry_after for trial in trials)
