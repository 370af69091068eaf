"""What follows from what was measured of durable writes; and a short run of the real thing."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from loadtests import forensics
from loadtests.bare_loop import bare_loop
from loadtests.connections import ask_for, is_complete
from loadtests.markers import Ledger
from loadtests.writers import Writer, Writing
from loadtests.writes import Figures
from tests.live import ROOT, User, serving

SLOW = Figures([4000.0] * 3, [800.0] * 3, [700.0] * 3, [30.0] * 3, [90.0] * 3, 120.0, "ext4")
SWIFT = replace(SLOW, bare_per_second=[9000.0] * 3, service_per_second=[1600.0] * 3, one_user_p99_ms=[40.0] * 3)


def test_a_slow_disk_is_held_to_the_share_of_the_loop_alone() -> None:
    assert SLOW.broken_promises() == []
    assert SWIFT.broken_promises() == []


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (replace(SLOW, service_per_second=[500.0] * 3), "12.5% of the bare loop, less than 15%"),
        (replace(SWIFT, service_per_second=[1400.0] * 3), "1400 cards a second, fewer than 1500"),
        (
            replace(SWIFT, one_user_p99_ms=[60.0] * 3),
            "one user's 24 connections wait 60 ms (p99), and may wait 50 ms",
        ),
    ],
)
def test_a_promise_on_writes_that_is_not_kept_is_named(figures: Figures, told: str) -> None:
    assert figures.broken_promises() == [told]


def test_an_answer_is_complete_with_its_last_byte() -> None:
    answer = b"HTTP/1.1 201 CREATED\r\nContent-Length: 2\r\n\r\n{}"

    assert [is_complete(answer[:length]) for length in (20, 40, len(answer) - 1, len(answer))] == [*[False] * 3, True]


def test_cards_that_are_acknowledged_over_many_connections_are_there_and_the_loop_adds_more(tmp_path: Path) -> None:
    writing = Writing()
    with serving(tmp_path, workers="2") as server:
        users = [User(server, name).sign_up() for name in ("anna", "ben")]
        numbers = [count(), count()]
        ask_for(server.url, [Writer(users[n % 2], numbers[n % 2], writing) for n in range(6)], 0.5)
        with bare_loop(server.collection(users[0].user_id)) as loop:
            assert loop.per_second(0.1) > 0
        found = forensics.examine(server.data, Ledger(frozenset(writing.attempted), frozenset(writing.acknowledged)))

    assert (found.faults, writing.refused) == ([(name, []) for name, _ in found.faults], [])
    assert found.marks == len(writing.acknowledged) == len(writing.times) > 10


@pytest.mark.long
def test_the_benchmark_of_writes_loses_nothing(tmp_path: Path) -> None:
    results = tmp_path / "writes.json"
    command = [sys.executable, "-m", "loadtests", "writes", "--rounds", "2", "--seconds", "1", "--json", str(results)]

    measured = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    document = json.loads(results.read_text())
    assert document["faults"] == [], measured.stdout + measured.stderr
    assert len(document["service_per_second"]) == 2
