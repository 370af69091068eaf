"""The command itself: what it prints, how it ends, and what it says when it cannot start."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import requests

from tests.live import ROOT, SERVE, serving, until


def start(folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "JAVUMBO_DATA": str(folder / "data"), "JAVUMBO_PORT": "0", **settings}
    return subprocess.run(SERVE, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_it_says_where_it_listens_and_where_the_data_lies(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        metrics = requests.get(server.metrics_url, timeout=5)

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.url)
    assert server.announced[1] == f"Its data lies in {tmp_path / 'data'}\n"
    assert "javumbo_key_ring_faulty 0.0" in metrics.text


def test_three_workers_serve_unless_told_otherwise(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        until(lambda: len(server.workers()) >= 3)  # it listens as soon as the first serves
        assert len(server.workers()) == 3


def test_ctrl_c_ends_everything_it_started(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        workers = server.workers()
        server.process.send_signal(signal.SIGINT)
        code = server.process.wait(20)

    assert code == 0
    assert not any(is_alive(pid) for pid in workers)
    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=1)


def test_when_the_parent_is_killed_the_workers_end(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        until(lambda: len(server.workers()) == 3)
        workers = server.workers()
        server.process.kill()
        server.process.wait()

        until(lambda: not any(is_alive(pid) for pid in workers))


def test_a_hangup_replaces_the_workers_and_goes_on_serving(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        before = set(server.workers())
        server.process.send_signal(signal.SIGHUP)

        until(lambda: len(set(server.workers()) - before) == 3 and not before & set(server.workers()))

        assert requests.get(server.url + "/readyz", timeout=5).status_code == 200


def test_it_listens_on_an_ipv6_address_too(tmp_path: Path) -> None:
    with serving(tmp_path, host="::1") as server:
        assert server.url.startswith("http://[::1]:")


def test_what_was_there_is_there_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        jwks = requests.get(server.url + "/.well-known/jwks.json", timeout=5).json()
    with serving(tmp_path) as server:
        again = requests.get(server.url + "/.well-known/jwks.json", timeout=5).json()

    assert again == jwks


def test_a_taken_port_is_one_sentence_that_names_the_setting(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = start(tmp_path, JAVUMBO_PORT=port)

    assert ended.returncode != 0
    assert ended.stderr == f"JAVUMBO_PORT: cannot listen on 127.0.0.1 port {port} (Address already in use)\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATA", "/proc/data"), ("WORKERS", "many"), ("KEYS", "/proc/keys"), ("HOST", "203.0.113.1"), ("PROT", "80")],
)
def test_a_start_that_cannot_work_is_one_sentence_that_names_the_setting(tmp_path: Path, name: str, value: str) -> None:
    ended = start(tmp_path, **{f"JAVUMBO_{name}": value})

    assert ended.returncode != 0
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"JAVUMBO_{name}: ")
    assert ended.stderr.count("\n") == 1


def test_production_starts_with_keys_made_beforehand(tmp_path: Path) -> None:
    environ = {**os.environ, "JAVUMBO_DATA": str(tmp_path / "data")}
    made = subprocess.run(
        [*SERVE[:2], "auth", "keys", "init"], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )

    with serving(tmp_path, env="production", issuer="https://cards.example") as server:
        assert requests.get(server.url + "/readyz", timeout=5).status_code == 200

    assert made.returncode == 0
