"""The proxy of the fault tests does what they rely on."""

import time
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as TooLate
from redis.retry import Retry

from tests import redis_process
from tests.redis_proxy import CommandReader, RedisProxy


@pytest.fixture
def proxy() -> Iterator[RedisProxy]:
    with redis_process.running() as server, RedisProxy(server.socket, server.folder / "proxy.sock") as proxy:
        yield proxy


@pytest.fixture
def client(proxy: RedisProxy) -> Iterator[Redis]:
    with connect(proxy) as client:
        client.set("name", "value")
        yield client


def connect(proxy: RedisProxy) -> Redis:
    once = Retry(NoBackoff(), 0)
    return Redis(unix_socket_path=str(proxy.path), socket_timeout=0.3, retry=once, protocol=2, driver_info=None)


def test_it_counts_commands_by_name_and_connection(proxy: RedisProxy, client: Redis) -> None:
    with client.pipeline(transaction=False) as pipeline:
        pipeline.get("name")
        pipeline.get("name")
        pipeline.ping()
        pipeline.execute()
    with connect(proxy) as other:
        other.get("name")

    assert proxy.commands == {"SET": 1, "GET": 3, "PING": 1}
    assert [count["GET"] for count in proxy.connections] == [2, 1]


def test_what_is_cut_is_refused_until_it_is_mended(proxy: RedisProxy, client: Redis) -> None:
    proxy.cut()
    with pytest.raises(Unreachable):
        client.get("name")

    proxy.mend()

    assert client.get("name") == b"value"


def test_what_is_frozen_takes_connections_and_answers_nothing(proxy: RedisProxy, client: Redis) -> None:
    proxy.freeze()
    with pytest.raises(TooLate):
        client.get("name")
    with pytest.raises(TooLate):
        client.get("name")

    proxy.mend()

    assert client.get("name") == b"value"


def test_what_is_slow_comes_later(proxy: RedisProxy, client: Redis) -> None:
    proxy.slow(0.1)
    started = time.monotonic()

    assert client.get("name") == b"value"
    assert time.monotonic() - started >= 0.1


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_commands_are_read_from_pieces_of_any_size(size: int) -> None:
    sent = b"*1\r\n$4\r\nping\r\n*3\r\n$3\r\nSET\r\n$4\r\nna\r\n\r\n$0\r\n\r\n"
    reader = CommandReader()

    names = [name for start in range(0, len(sent), size) for name in reader.feed(sent[start : start + size])]

    assert names == ["PING", "SET"]
