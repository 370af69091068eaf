"""The Redis of our own: which one, where, with what, and how it ends."""

import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from api import redis_server
from api.redis_server import RedisServer, bundled, find_program
from auth.redis_link import find_fault
from auth.settings import SettingInvalid
from tests.live import until
from tests.redis_programs import PROGRAMS


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def program() -> Path:
    found = bundled()
    assert found is not None
    return found


@pytest.fixture
def server(program: Path, tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(program, tmp_path / "data" / "redis")
    server.start()
    yield server
    server.stop()


def put(folder: Path, name: str, says: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o700)
    return program


def socket_of(server: RedisServer) -> Path:
    return Path(server.url.removeprefix("unix://"))


def client_of(server: RedisServer) -> Redis:
    return Redis(unix_socket_path=str(socket_of(server)), protocol=2, driver_info=None)


def process_id(server: RedisServer) -> int:
    with client_of(server) as client:
        return int(client.info("server")["process_id"])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    # Until it is dead with all its threads, and is left for its parent to notice.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def test_the_one_in_the_wheel_is_taken_where_there_is_no_other(path: Path) -> None:
    assert find_program() == bundled()


def test_one_on_the_path_comes_first_and_valkey_before_redis(path: Path) -> None:
    redis = put(path, "redis-server", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64")
    assert find_program() == redis

    valkey = put(path, "valkey-server", "Valkey server v=8.1.1 sha=00000000:0 malloc=libc bits=64")
    assert find_program() == valkey


@pytest.mark.parametrize("says", ["Redis server v=6.2.14 sha=0", "Redis server v=5.0.3", "hello", ""])
def test_one_that_is_too_old_is_passed_over_and_told(path: Path, says: str, caplog: pytest.LogCaptureFixture) -> None:
    put(path, "redis-server", says)

    assert find_program() == bundled()
    assert [record.message for record in caplog.records] == ["a Redis on the path is passed over"]


def test_one_that_does_not_run_is_passed_over(path: Path) -> None:
    (path / "redis-server").write_bytes(b"\x7fELF no program")
    (path / "redis-server").chmod(0o700)

    assert find_program() == bundled()


def test_without_any_the_setting_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server, "find_spec", lambda _: None)

    with pytest.raises(SettingInvalid, match="^JAVUMBO_REDIS_URL: is not set, and there is no valkey-server or redis"):
        find_program()


@pytest.mark.parametrize("of", PROGRAMS)
def test_it_can_be_relied_on_and_keeps_what_it_has_over_a_kill(of: Callable[[], Path], tmp_path: Path) -> None:
    first, second = (RedisServer(of(), tmp_path / "redis") for _ in range(2))
    first.start()
    with client_of(first) as client:
        client.set("name", "value")
        client.execute_command("CONFIG", "SET", "appendfsync", "always")
        client.set("name", "newer value")
    kill(process_id(first))
    first.stop()

    second.start()
    with client_of(second) as client:
        kept = client.get("name")
    fault = find_fault(second.url)
    second.stop()

    assert kept == b"newer value"
    assert fault is None


def test_nobody_else_can_look_at_it(server: RedisServer, tmp_path: Path) -> None:
    socket = socket_of(server)

    modes = [stat.S_IMODE(place.stat().st_mode) for place in (tmp_path / "data" / "redis", socket.parent, socket)]

    assert modes == [0o700, 0o700, 0o600]


def test_it_listens_on_no_port(server: RedisServer) -> None:
    with client_of(server) as client:
        assert client.config_get("port") == {"port": "0"}


def test_its_socket_is_gone_when_it_is(server: RedisServer) -> None:
    pid = process_id(server)

    server.stop()

    assert not Path(f"/proc/{pid}").exists()
    assert not socket_of(server).parent.exists()


def test_one_that_does_not_end_is_killed(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server, "_GRACE", 0.1)
    pid = process_id(server)
    os.kill(pid, signal.SIGSTOP)

    server.stop()

    assert not Path(f"/proc/{pid}").exists()


def test_one_that_has_died_is_started_again_where_it_was(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redis_server, "_AGAIN_AFTER", 0.0)
    before = process_id(server)
    kill(before)

    server.look()

    until(lambda: find_fault(server.url) is None)
    assert process_id(server) != before
    assert [record.levelname for record in caplog.records if "ended by itself" in record.message] == ["CRITICAL"]


def test_one_that_dies_again_and_again_is_not_started_at_every_look(server: RedisServer) -> None:
    kill(process_id(server))

    server.look()

    assert find_fault(server.url) is not None


def test_one_that_cannot_be_started_again_is_told_and_tried_later(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(redis_server, "_AGAIN_AFTER", 0.0)
    kill(process_id(server))
    shutil.move(tmp_path / "data", tmp_path / "elsewhere")
    server.look()
    assert any(record.message == "Redis cannot be started" for record in caplog.records)

    shutil.move(tmp_path / "elsewhere", tmp_path / "data")
    server.look()

    until(lambda: find_fault(server.url) is None)


def test_a_second_one_on_the_same_data_is_refused(
    server: RedisServer, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_server, "_FREED_WITHIN", 0.05)
    second = RedisServer(program, tmp_path / "data" / "redis")

    with pytest.raises(SettingInvalid, match="^JAVUMBO_DATA: another service is running on "):
        second.start()

    assert find_fault(server.url) is None
    assert not socket_of(second).parent.exists()


@pytest.mark.parametrize("says", ["#!/bin/sh\nexit 1\n", "no program at all"])
def test_a_program_that_does_not_start_is_one_sentence(tmp_path: Path, says: str) -> None:
    program = put(tmp_path, "redis-server", "")
    program.write_text(says)

    server = RedisServer(program, tmp_path / "data" / "redis")

    with pytest.raises(SettingInvalid, match="^JAVUMBO_(REDIS_URL|DATA): "):
        server.start()

    assert not socket_of(server).parent.exists()


def test_a_place_where_it_cannot_write_is_one_sentence(program: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(SettingInvalid, match="^JAVUMBO_DATA: Redis cannot be started in "):
        RedisServer(program, tmp_path / "data" / "redis").start()


def test_however_deep_the_folders_lie_the_path_of_the_socket_is_short(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 150)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    server = RedisServer(program, deep / "redis")

    server.start()
    fault = find_fault(server.url)
    server.stop()

    assert fault is None
    assert len(str(socket_of(server))) < 100
