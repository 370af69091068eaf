"""The service and its Redis, as processes: neither outlives the other, and who is given one starts none."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests

from tests import redis_process
from tests.live import ROOT, SERVE, LiveServer, children_of, is_redis, serving, until


def start(folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the command where it should end by itself."""
    environ = {**os.environ, "JAVUMBO_DATA": str(folder / "data"), "JAVUMBO_PORT": "0"}
    environ |= {f"JAVUMBO_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(SERVE, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


def socket_folder(pid: int) -> Path:
    arguments = Path(f"/proc/{pid}/cmdline").read_text()
    return Path(arguments.partition("unixsocket:")[2].rstrip("\0 ")).parent


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def times_up(server: LiveServer) -> int:
    return server.log.read_text().count('"Redis is up"')


def answers(server: LiveServer) -> bool:
    return requests.get(server.url + "/readyz", timeout=5).status_code == 200


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGQUIT])
def test_it_ends_with_the_service_and_leaves_no_socket(tmp_path: Path, sent: signal.Signals) -> None:
    with serving(tmp_path) as server:
        pid = server.redis()
        sockets = socket_folder(pid)
        assert (sockets / "redis.sock").is_socket()
        server.process.send_signal(sent)
        code = server.process.wait(20)

    assert code == 0
    assert not is_alive(pid)
    assert not sockets.exists()


def test_when_the_parent_is_killed_it_ends_and_the_next_start_takes_its_place(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        before = server.redis()
        sockets = socket_folder(before)
        server.process.kill()
        server.process.wait()
    with serving(tmp_path) as server:
        after = server.redis()
        # Its lock is free a moment before its entry in the list of processes is.
        until(lambda: not is_alive(before))

    assert after != before
    shutil.rmtree(sockets)  # nobody was left to do it


def test_a_second_service_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        ended = start(tmp_path)

        assert ended.returncode == 2
        assert ended.stderr.startswith(f"JAVUMBO_DATA: another service is running on {tmp_path / 'data'}")
        assert ended.stderr.count("\n") == 1
        assert answers(server)


def test_killed_it_is_started_again_and_the_workers_find_it(tmp_path: Path) -> None:
    with serving(tmp_path, workers="2") as server:
        until(lambda: times_up(server) == 2)
        before = server.redis()
        # Sooner than this it would not be started again, lest one that cannot live be started all the time.
        time.sleep(3)
        os.kill(before, signal.SIGKILL)

        until(lambda: times_up(server) == 4)

        assert server.redis() != before
        assert len(server.workers()) == 2
        assert answers(server)
        assert "CRITICAL javumbo.redis" in server.log.read_text()


def test_new_workers_after_a_hangup_find_it_too(tmp_path: Path) -> None:
    with serving(tmp_path, workers="1") as server:
        until(lambda: times_up(server) == 1)
        before = server.redis()
        server.process.send_signal(signal.SIGHUP)

        until(lambda: times_up(server) == 2)

        assert server.redis() == before


def test_it_is_reached_however_deep_the_data_lies(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 150)
    folder.mkdir()

    with serving(folder, workers="1") as server:
        until(lambda: times_up(server) == 1)

        assert str(folder / "data" / "redis") in server.log.read_text()


def test_where_one_is_given_none_is_started(tmp_path: Path) -> None:
    with redis_process.running() as redis, serving(tmp_path, redis_url=redis.url, workers="1") as server:
        until(lambda: times_up(server) == 1)

        assert not any(is_redis(pid) for pid in children_of(server.process))
        assert not (server.data / "redis").exists()


def test_a_given_one_that_is_down_stops_the_start_in_one_sentence(tmp_path: Path) -> None:
    ended = start(tmp_path, redis_url="redis://:secret@127.0.0.1:1")

    assert ended.returncode == 2
    assert ended.stderr.startswith("JAVUMBO_REDIS_URL: 127.0.0.1:1 cannot be used (")
    assert ended.stderr.count("\n") == 1
    assert "secret" not in ended.stderr


def test_a_given_one_that_may_evict_stops_the_start_by_the_name_of_its_setting(tmp_path: Path) -> None:
    with redis_process.running("--maxmemory-policy", "allkeys-lru") as redis:
        ended = start(tmp_path, redis_url=redis.url)

    assert ended.returncode == 2
    assert "maxmemory-policy must be noeviction" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_start_without_it_serves_and_finds_it_later(tmp_path: Path) -> None:
    with redis_process.running() as redis:
        redis.kill()
        with serving(tmp_path, redis_url=redis.url, start_without_redis="yes", workers="1") as server:
            assert answers(server)
            redis.start()

            until(lambda: times_up(server) == 1)
