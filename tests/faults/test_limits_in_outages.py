"""Redis is lost while limits are reached: they hold within bounds, and who keeps to them notices nothing."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import redis_process
from tests.faults.asking import CHEAP, Answer, Asking, at_once
from tests.faults.crowd import STRICT, USER, Crowd, crowd, pause
from tests.faults.test_redis_outages import Fault, cut_off_from_one, frozen, is_well, killed, restarted_empty
from tests.live import LiveServer, serving, until
from tests.redis_process import RedisProcess

WORKERS = 3
MANY, HANDS = 320, 16
QUOTA = 60
"""Of what is limited strictly, in a window so long that nothing drains meanwhile."""
BURST, RATE = 100, 50
"""Of a user: requests at once, and a second."""
SETTLED = 0.2
LIMITS = {"limit_refresh": f"{QUOTA}/1d", "limit_api": f"{RATE * 60}/1m/{BURST}", "limit_sign_in": "10/1m"}

WIPED: dict[Fault, int] = {restarted_empty: 2}
"""How often a fault makes Redis forget."""
FAULTS: list[Fault] = [killed, frozen, restarted_empty, cut_off_from_one]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisProcess]:
    with redis_process.running() as redis:
        yield redis


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, redis: RedisProcess) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("outages")
    with serving(folder, app="tests.faults.outage_wsgi:app", redis_url=redis.url, **LIMITS) as server:
        yield server


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("seconds", [1, pytest.param(20, marks=pytest.mark.long)])
def test_limits_hold_within_bounds_and_who_keeps_to_them_is_never_refused(
    server: LiveServer, redis: RedisProcess, fault: Fault, seconds: int
) -> None:
    until(lambda: is_well(server))
    with crowd(server, FAULTS.index(fault) + seconds) as found:
        began = time.monotonic()
        until(lambda: found.admitted(STRICT) >= QUOTA)
        lost = pause(0.5)
        fault(server, redis, seconds)
        until(lambda: is_well(server), seconds=10)
        recovered = time.monotonic()
        ended = pause(1)

    assert found.statuses() <= {200, 201, 401, 429, 503}
    assert all(set(statuses) in ({200}, {201}) for statuses in found.of_the_modest().values()), found.of_the_modest()
    assert found.admitted(STRICT, until=lost) == QUOTA
    assert 0 < found.admitted(STRICT, since=lost) <= WIPED.get(fault, 0) * QUOTA + max(QUOTA, WORKERS)
    assert found.admitted(USER, began, ended) <= WORKERS * (BURST + RATE * (ended - began))
    assert_shared(found, recovered, ended)


def assert_shared(found: Crowd, since: float, until: float) -> None:
    """Make sure that the workers limit a user together again, and do not make up for what they did not know of."""
    admitted, drained = found.admitted(USER, since, until), RATE * (until - since)

    assert drained / 2 <= admitted <= BURST + drained + WORKERS * RATE * SETTLED


def test_without_redis_each_worker_grants_its_part_of_what_all_machines_may(tmp_path: Path) -> None:
    limits = {"limit_refresh": "60/1d", "limit_sign_up": "2/1d"}
    nowhere = {"redis_url": f"unix://{tmp_path}/none.sock", "start_without_redis": "yes"}
    with serving(tmp_path, app=CHEAP, workers=str(WORKERS), workers_total="6", **nowhere, **limits) as server:
        asking = Asking(server)
        refreshed = granted(lambda _: asking.refresh(), WORKERS * 10)
        # Two for six workers would be nothing for each, so it is one.
        signed_up = granted(lambda number: asking.sign_up(f"user {number}"), WORKERS)

    assert refused(refreshed) == {(503, "refresh")}
    assert refused(signed_up) == {(503, "sign-up")}


def granted(work: Callable[[int], Answer], most: int) -> list[Answer]:
    """Ask until every worker has granted its part, and then as often again; make sure that it is no more than that."""
    answers: list[Answer] = []

    def is_all() -> bool:
        answers.extend(many(work))
        return admitted(answers) >= most

    until(is_all)
    answers += many(work)
    assert admitted(answers) == most
    return answers


def admitted(answers: list[Answer]) -> int:
    return sum(not answer.is_refused for answer in answers)


def refused(answers: list[Answer]) -> set[tuple[int | str, ...]]:
    return {(answer.status, *answer.policies) for answer in answers if answer.is_refused and answer.retry_after > 0}


def many(work: Callable[[int], Answer]) -> list[Answer]:
    """Ask so often, many at a time, that most workers are asked for more than they grant."""
    found = at_once(HANDS, lambda hand: [work(number) for number in range(hand, MANY, HANDS)])
    return [answer for answers in found for answer in answers]
