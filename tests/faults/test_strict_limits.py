"""Strict limits, over three workers: exact however many ask at once, and who is refused by one is charged by none."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from tests import redis_process
from tests.faults.asking import CHEAP, Answer, Asking, at_once, workers_of
from tests.live import LiveServer, serving

AT_ONCE, EACH = 32, 2

# In windows so long that nothing drains meanwhile.
LIMITS = {"limit_sign_up": "5/1d", "limit_refresh": "20/1d", "limit_sign_in": "2/1h"}
FOR_ADDRESS, FOR_NAME = 20, 10
"""What the limit of sign-ins comes to: ten times for an address, five times for a name."""


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with redis_process.running() as process, process.client() as client:
        yield client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, redis: Redis) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("strict")
    path = redis.connection_pool.connection_kwargs["path"]
    with serving(folder, app=CHEAP, redis_url=f"unix://{path}", **LIMITS) as server:
        yield server


def sign_up(asking: Asking, number: int) -> Answer:
    return asking.sign_up(f"{asking.address}-{number}")


def refresh(asking: Asking, _: int) -> Answer:
    return asking.refresh()


@pytest.mark.parametrize(("work", "network", "quota", "admitted"), [(sign_up, 1, 5, 201), (refresh, 2, 20, 401)])
@pytest.mark.parametrize("rounds", [range(1, 7), pytest.param(range(7, 107), marks=pytest.mark.long)], ids=len)
def test_exactly_the_quota_is_admitted_of_many_requests_at_once(
    server: LiveServer, work: Callable[[Asking, int], Answer], network: int, quota: int, admitted: int, rounds: range
) -> None:
    answers: list[Answer] = []
    for number in rounds:
        found = ask_at_once(work, Asking(server, f"127.1.{network}.{number}"))

        assert Counter(answer.status for answer in found) == {admitted: quota, 429: AT_ONCE * EACH - quota}
        answers += found
    assert workers_of(server, answers) == set(server.workers())


def ask_at_once(work: Callable[[Asking, int], Answer], asking: Asking) -> list[Answer]:
    def ask(hand: int) -> list[Answer]:
        return [work(asking, hand + AT_ONCE * number) for number in range(EACH)]

    return [answer for answers in at_once(AT_ONCE, ask) for answer in answers]


def guess(server: LiveServer, address: str, *names: str) -> list[Answer]:
    """Sign in with wrong passwords, all at once."""
    return at_once(len(names), lambda number: Asking(server, address).sign_in(names[number], "wrong password"))


def admitted(answers: list[Answer]) -> int:
    assert {answer.status for answer in answers} <= {401, 429}
    return sum(answer.status == 401 for answer in answers)


def refusing(answers: list[Answer]) -> set[str]:
    return {policy for answer in answers if answer.is_refused for policy in answer.policies}


def names_of(whose: str, number: int) -> list[str]:
    return [f"{whose}-{one}" for one in range(number)]


def kept(redis: Redis) -> dict[bytes, dict[bytes, bytes]]:
    """Every bucket there is."""
    return {name: redis.hgetall(name) for name in redis.scan_iter("*:limits:*")}  # type: ignore[misc]


def test_who_is_refused_for_a_name_at_an_address_is_not_charged_to_the_address_or_the_name(
    server: LiveServer, redis: Redis
) -> None:
    assert admitted(guess(server, "127.2.0.1", *["anna"] * 2)) == 2
    before = kept(redis)

    refused = guess(server, "127.2.0.1", *["anna"] * 30)

    assert (admitted(refused), refusing(refused)) == (0, {"sign-in"})
    assert kept(redis) == before
    # From elsewhere, the name has all that it had; and from there, other names have.
    assert sum(admitted(guess(server, f"127.2.0.{other}", *["anna"] * 3)) for other in range(2, 9)) == FOR_NAME - 2
    assert admitted(guess(server, "127.2.0.1", *names_of("x", 30))) == FOR_ADDRESS - 2


def test_who_is_refused_for_a_name_is_not_charged_to_the_address(server: LiveServer, redis: Redis) -> None:
    assert sum(admitted(guess(server, f"127.3.0.{number + 1}", "ben", "ben")) for number in range(5)) == FOR_NAME
    before = kept(redis)

    refused = guess(server, "127.3.1.1", *["ben"] * 30)

    assert (admitted(refused), refusing(refused)) == (0, {"sign-in-name"})
    assert kept(redis) == before
    assert admitted(guess(server, "127.3.1.1", *names_of("y", 30))) == FOR_ADDRESS


def test_who_is_refused_for_an_address_is_not_charged_to_the_name(server: LiveServer, redis: Redis) -> None:
    assert admitted(guess(server, "127.4.0.1", *names_of("z", 30))) == FOR_ADDRESS
    before = kept(redis)

    refused = guess(server, "127.4.0.1", *["carl"] * 30)

    assert (admitted(refused), refusing(refused)) == (0, {"sign-in-address"})
    assert kept(redis) == before
    assert sum(admitted(guess(server, f"127.4.1.{number + 1}", *["carl"] * 3)) for number in range(7)) == FOR_NAME
