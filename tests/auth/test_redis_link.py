"""A link against a real server: up, down at once, and up again by itself."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis
from redis.exceptions import ConnectionError  # noqa: A004 - this is the one that is meant

from auth import redis_link
from auth.errors import RedisDown, RedisRefused
from auth.redis_link import RedisLink
from tests import redis_process
from tests.clocks import ManualClock
from tests.redis_process import RedisProcess
from tests.redis_programs import PROGRAMS

PAUSE = timedelta(seconds=1)


@pytest.fixture(params=PROGRAMS)
def server(request: pytest.FixtureRequest) -> Iterator[RedisProcess]:
    with redis_process.running(program=request.param()) as server:
        yield server


class Watched:
    """A link, and what it has said of itself."""

    def __init__(self, url: str, clock: ManualClock) -> None:
        self.clock = clock
        self.states: list[bool] = []
        self.link = RedisLink(url, clock, self.states.append, pause=PAUSE.total_seconds)

    def look_later(self) -> None:
        self.clock.advance(PAUSE)
        self.link.look()


@pytest.fixture
def watched(server: RedisProcess, clock: ManualClock) -> Iterator[Watched]:
    watched = Watched(server.url, clock)
    yield watched
    watched.link.close()


@pytest.fixture
def up(watched: Watched) -> Watched:
    watched.link.look()
    assert watched.link.is_up
    return watched


def ask(link: RedisLink) -> object:
    with link.commands() as client:
        return client.ping()


def test_it_is_down_until_the_background_has_tried_it(watched: Watched) -> None:
    with pytest.raises(RedisDown, match="not tried yet"):
        ask(watched.link)

    watched.link.look()

    assert ask(watched.link)
    assert (watched.link.fault, watched.states) == (None, [True])


def test_both_clients_reach_it(up: Watched) -> None:
    with up.link.feed() as feed, up.link.commands() as commands:
        assert feed.ping()
        assert feed is not commands


def test_once_killed_it_is_down_at_once_for_everybody_and_up_again_after_a_look(
    up: Watched, server: RedisProcess
) -> None:
    server.kill()
    with pytest.raises(RedisDown):
        ask(up.link)

    started = time.monotonic()
    for _ in range(100):
        with pytest.raises(RedisDown):
            ask(up.link)
    assert time.monotonic() - started < 0.1

    server.start()
    up.look_later()
    assert ask(up.link)
    assert up.states == [True, False, True]


def test_between_two_tries_there_is_a_pause(up: Watched, server: RedisProcess) -> None:
    server.kill()
    with pytest.raises(RedisDown):
        ask(up.link)
    server.start()

    up.link.look()
    assert not up.link.is_up
    up.look_later()

    assert up.link.is_up


def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_said(up: Watched, server: RedisProcess) -> None:
    server.freeze()
    started = time.monotonic()

    with pytest.raises(RedisDown):
        ask(up.link)

    assert time.monotonic() - started < 5 * redis_link.COMMAND_TIMEOUT


def test_what_it_refuses_does_not_make_it_down(up: Watched, server: RedisProcess) -> None:
    server.configure("maxmemory", "1")

    with pytest.raises(RedisRefused, match="maxmemory"), up.link.commands() as client:
        client.set("name", "value")

    assert up.link.is_up


def test_one_that_may_evict_is_not_used_and_the_setting_is_named(
    up: Watched, server: RedisProcess, caplog: pytest.LogCaptureFixture
) -> None:
    server.kill()
    with pytest.raises(RedisDown):
        ask(up.link)
    server.start()
    server.configure("maxmemory-policy", "allkeys-lru")

    up.look_later()
    up.look_later()

    assert not up.link.is_up
    critical = [record.message for record in caplog.records if record.levelname == "CRITICAL"]
    assert len(critical) == 1
    assert "maxmemory-policy must be noeviction, and is allkeys-lru" in critical[0]

    server.configure("maxmemory-policy", "noeviction")
    up.look_later()
    assert up.link.is_up


def test_one_that_was_unsafe_from_the_first_is_told_as_down(server: RedisProcess, clock: ManualClock) -> None:
    server.configure("maxmemory-policy", "allkeys-lru")
    watched = Watched(server.url, clock)

    watched.link.look()
    watched.link.close()

    assert watched.states == [False]


def test_a_server_that_was_never_there_is_told_once(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    watched = Watched("unix:///nowhere/redis.sock", clock)

    for _ in range(3):
        watched.look_later()
    watched.link.close()

    assert watched.states == [False]
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_a_command_from_before_it_came_up_again_says_nothing_of_it_now(up: Watched, server: RedisProcess) -> None:
    with pytest.raises(RedisDown), up.link.commands() as late:
        server.kill()
        with pytest.raises(RedisDown):
            ask(up.link)
        server.start()
        up.look_later()
        late.connection_pool.disconnect()
        raise ConnectionError("from before")

    assert up.link.is_up


def test_users_and_passwords_come_from_the_url_and_go_nowhere_else(
    server: RedisProcess, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    with server.client() as client:
        client.acl_setuser("cards", enabled=True, passwords=["+right"], keys=["*"], commands=["+@all"])
        client.acl_setuser("default", enabled=False)

    found = {}
    for password in ("right", "wrong"):
        link = RedisLink(f"unix://cards@{server.socket}?password={password}", clock)
        link.look()
        found[password] = link.is_up
        link.close()

    assert found == {"right": True, "wrong": False}
    assert "wrong" not in str([vars(record) for record in caplog.records])


def test_one_that_may_not_be_asked_is_not_used(server: RedisProcess, clock: ManualClock) -> None:
    with server.client() as client:
        client.acl_setuser("cards", enabled=True, passwords=["+right"], keys=["*"], commands=["+ping"])
    link = RedisLink(f"unix://cards@{server.socket}?password=right", clock)

    link.look()
    link.close()

    assert link.fault is not None
    assert "+info" in link.fault


def test_a_server_without_an_append_only_file_is_used_and_told(
    server: RedisProcess, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    server.configure("appendonly", "no")
    link = RedisLink(server.url, clock)

    link.look()
    link.close()

    assert link.is_up
    assert any("appendonly" in record.message for record in caplog.records)


def test_pauses_differ_and_stay_within_bounds() -> None:
    pauses = {redis_link.jitter() for _ in range(100)}

    assert len(pauses) > 50
    assert min(pauses) >= 0.5
    assert max(pauses) <= 1.5


def test_nothing_is_sent_beside_what_was_asked(up: Watched, server: RedisProcess) -> None:
    with server.client() as client:
        before = calls(client)
        ask(up.link)
        ask(up.link)
        after = calls(client)

    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)} == {
        "ping": 2,
        "info": 1,
    }


def calls(client: "Redis") -> dict[str, int]:
    stats: dict[str, dict[str, int]] = client.info("commandstats")
    return {name.removeprefix("cmdstat_"): told["calls"] for name, told in stats.items()}
