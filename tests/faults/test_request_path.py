"""What an authenticated request costs others: no command to Redis, and no look into the accounts."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests import redis_process
from tests.live import LiveServer, User, serving, until
from tests.redis_process import RedisProcess
from tests.redis_proxy import RedisProxy

HANDS = 8
BACKGROUND = {"revocation record", "last use of API tokens", "purge"}


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    with redis_process.running() as redis:
        yield redis


def work(user: User, deck: int, number: int, via: requests.Session) -> int:
    """Read a deck, a card or a page of cards; every tenth time, add one."""
    if number % 10 == 0:
        return user.add_card(f"card {number}", via=via).status_code
    path = ("/v1/decks", f"/v1/decks/{deck}", f"/v1/decks/{deck}/cards?limit=1", f"/v1/decks/{deck}/next")[number % 4]
    return user.ask("GET", path, via=via).status_code


def requests_of(user: User, hand: int, times: int) -> Counter[int]:
    deck = user.decks["Verbal Tenses"]
    with requests.Session() as session:
        numbers = range(hand, times, HANDS)
        return Counter(work(user, deck, number, session) for number in numbers)


def all_are_well(server: LiveServer) -> bool:
    return "javumbo_redis_up 3.0" in requests.get(server.metrics_url, timeout=5).text


def records(server: LiveServer) -> dict[Path, list[str]]:
    """What each worker has noted so far."""
    return {path: path.read_text().splitlines() for path in server.data.glob("statements-*")}


@pytest.mark.parametrize("times", [2_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_requests_ask_neither_redis_nor_the_accounts(tmp_path: Path, redis: RedisProcess, times: int) -> None:
    with serving(tmp_path, app="tests.faults.traced_wsgi:app", redis_url=redis.url) as server:
        user = User(server, "anna").sign_up()
        until(lambda: all_are_well(server))
        redis.kill()
        before, started = records(server), time.monotonic()

        with ThreadPoolExecutor(HANDS) as threads:
            answers = sum(threads.map(lambda hand: requests_of(user, hand, times), range(HANDS)), Counter[int]())
        took = time.monotonic() - started
        after = records(server)

    ran = [line.split("\t") for path in after for line in after[path][len(before[path]) :]]
    looks = [statement for _, statement in ran if statement.startswith("SELECT counters.last")]
    assert sum(answers.values()) == times
    assert set(answers) == {200, 201}
    assert [line for line in ran if line[0] not in BACKGROUND] == []
    assert took - 2 < len(looks) / 3 < took + 2


def test_redis_is_asked_in_the_background_alone_and_no_more_often_than_said(
    tmp_path: Path, redis: RedisProcess
) -> None:
    with (
        RedisProxy(redis.socket, redis.folder / "proxy.sock") as proxy,
        serving(tmp_path, redis_url=proxy.url) as server,
    ):
        user = User(server, "anna").sign_up()
        until(lambda: all_are_well(server))
        before, started = proxy.commands, time.monotonic()
        for _ in range(300):
            assert user.ask("GET", "/v1/decks").status_code == 200
        idle, took = proxy.commands - before, time.monotonic() - started

        others = [User(server, "anna").sign_in() for _ in range(10)]
        before, started = proxy.commands, time.monotonic()
        for other in others:
            assert other.ask("DELETE", "/v1/sessions/current").status_code == 204
        burst, seconds = proxy.commands - before, time.monotonic() - started

    asked = {"XREAD", "XREVRANGE", "EVALSHA"}
    assert set(idle) <= asked
    assert idle["XREAD"] <= 3 * (took + 2)
    # Each worker settles what it has admitted ten times a second, however many requests that were.
    assert 1 <= idle["EVALSHA"] <= 3 * 10 * (took + 1)
    assert set(burst) <= asked | {"XADD"}
    assert 1 <= burst["XADD"] <= 10
    assert burst["XREAD"] <= 3 * (seconds / 0.025 + 2)
