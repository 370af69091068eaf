"""Durable cards per second, one per request and transaction, beside a bare loop that commits the same rows.

Three workers; 24 people with a connection each, and then one with 24 connections. The loop is one process that does
nothing but commit what adding a card writes, to a collection as the service makes it, with the same synchronous=FULL.
Workers are killed at the end, and every card that was acknowledged must be where it belongs.
"""

import argparse
import os
import signal
import statistics
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from rich.progress import track

from loadtests import forensics, results
from loadtests.bare_loop import BareLoop, bare_loop, fsync_cost
from loadtests.connections import ask_for
from loadtests.markers import Ledger
from loadtests.measuring import percentile
from loadtests.writers import Writer, Writing
from tests.live import LiveServer, User, serving

PEOPLE = 24
_KILLS = (0.25, 0.5)
"""In which parts of a round workers are killed."""
LEAST_SHARE = 0.15
"""Of what the bare loop commits."""
LEAST_PER_SECOND = 1500.0
MOST_P99_MS = 50.0
SWIFT = 6000.0
"""How many rows a second the bare loop must commit for the absolute figures to say anything."""


@dataclass(frozen=True)
class Figures:
    """What came of it: cards per second by rounds, times in milliseconds, and what the disk takes for itself."""

    bare_per_second: list[float]
    service_per_second: list[float]
    one_user_per_second: list[float]
    one_user_p50_ms: list[float]
    one_user_p99_ms: list[float]
    fsync_us: float
    file_system: str

    @property
    def share(self) -> float:
        """How much of what the loop commits the service commits."""
        pairs = zip(self.service_per_second, self.bare_per_second, strict=True)
        return statistics.median(service / bare for service, bare in pairs)

    @property
    def is_swift(self) -> bool:
        """Whether the machine is fast enough for the absolute figures to say anything of the service."""
        return statistics.median(self.bare_per_second) >= SWIFT

    def broken_promises(self) -> list[str]:
        """Return which promises are not kept, a sentence each."""
        broken = []
        if self.share < LEAST_SHARE:
            broken.append(f"{self.share:.1%} of the bare loop, less than {LEAST_SHARE:.0%}")
        per_second, p99 = statistics.median(self.service_per_second), statistics.median(self.one_user_p99_ms)
        if self.is_swift and per_second < LEAST_PER_SECOND:
            broken.append(f"{per_second:.0f} cards a second, fewer than {LEAST_PER_SECOND:.0f}")
        if self.is_swift and p99 >= MOST_P99_MS:
            broken.append(f"one user's 24 connections wait {p99:.0f} ms (p99), and may wait {MOST_P99_MS:.0f} ms")
        return broken

    def table(self) -> list[str]:
        """Return the figures for people, a line each."""
        bare, service, one = (
            statistics.median(column)
            for column in (self.bare_per_second, self.service_per_second, self.one_user_per_second)
        )
        p50, p99 = statistics.median(self.one_user_p50_ms), statistics.median(self.one_user_p99_ms)
        gates = "they count" if self.is_swift else f"they only count where the loop commits {SWIFT:.0f} a second"
        return [
            f"bare loop                       {bare:7.0f} cards/s",
            f"{PEOPLE} people, a connection each   {service:7.0f} cards/s, {self.share:.1%} of the loop",
            f"one person, {PEOPLE} connections      {one:7.0f} cards/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms",
            f"one page on {self.file_system}: {self.fsync_us:.0f} µs; absolute figures: {gates}",
        ]


def measure(folder: Path, rounds: int, seconds: float) -> tuple[Figures, list[str]]:
    """Measure by turns, then kill workers while people write; return the figures, and what is wrong on disk."""
    with serving(folder, workers="3", access_ttl="1d") as server, ExitStack() as stack:
        names = track([f"person {number}" for number in range(PEOPLE)], description="sign up")
        people = [(User(server, name).sign_up(), count()) for name in names]
        loop = stack.enter_context(bare_loop(server.collection(User(server, "bare").sign_up().user_id)))
        writing = Writing()
        everybody = [Writer(user, numbers, writing) for user, numbers in people]
        one = [Writer(*people[0], writing) for _ in range(PEOPLE)]
        figures = _by_turns(server, loop, everybody, one, writing, rounds, seconds)
        faults = _kill_under(server, everybody, seconds)
        faults += [f"refused: {answer[:200]!r}" for answer in writing.refused]
        findings = forensics.examine(server.data, Ledger(frozenset(writing.attempted), frozenset(writing.acknowledged)))
        return figures, faults + [f"{name}: {fault}" for name, faults in findings.faults for fault in faults]


def _by_turns(
    server: LiveServer,
    loop: BareLoop,
    everybody: Sequence[Writer],
    one: Sequence[Writer],
    writing: Writing,
    rounds: int,
    seconds: float,
) -> Figures:
    figures = Figures([], [], [], [], [], fsync_cost(server.data) * 1e6, results.file_system(server.data))
    ask_for(server.url, everybody, 1)  # they warm up
    for _ in track(range(rounds), description="by turns"):
        figures.bare_per_second.append(loop.per_second(seconds))
        figures.service_per_second.append(len(_round(server, everybody, writing, seconds)) / seconds)
        times = _round(server, one, writing, seconds)
        figures.one_user_per_second.append(len(times) / seconds)
        figures.one_user_p50_ms.append(percentile(times, 0.5) * 1e3)
        figures.one_user_p99_ms.append(percentile(times, 0.99) * 1e3)
    return figures


def _round(server: LiveServer, writers: Sequence[Writer], writing: Writing, seconds: float) -> list[float]:
    writing.times.clear()
    ask_for(server.url, writers, seconds)
    return list(writing.times)


def _kill_under(server: LiveServer, writers: Sequence[Writer], seconds: float) -> list[str]:
    """Kill workers while people write, and return what is wrong if they were not killed."""
    killed: list[int] = []

    def kill() -> None:
        worker = server.workers()[0]
        os.kill(worker, signal.SIGKILL)
        killed.append(worker)

    killers = [threading.Timer(seconds * part, kill) for part in _KILLS]
    for killer in killers:
        killer.start()
    ask_for(server.url, writers, seconds)
    for killer in killers:
        killer.join()
    are_gone = len(killed) == len(_KILLS) and not set(killed) & set(server.workers())
    return [] if are_gone else [f"workers were to be killed {len(_KILLS)} times, and these were: {killed}"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--rounds", type=int, default=10, help="rounds of each (10)")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each (2)")
    parser.add_argument("--json", type=Path, help="file to write the results to")


def run(arguments: argparse.Namespace) -> int:
    """Measure; 0 if the promises are kept and every card is where it belongs, 1 if not."""
    with tempfile.TemporaryDirectory() as folder:
        figures, faults = measure(Path(folder), arguments.rounds, arguments.seconds)
    if arguments.json is not None:
        results.write(arguments.json, {**asdict(figures), "faults": faults})
    print("\n".join(figures.table()))
    broken = figures.broken_promises() + faults
    print("\nkept" if not broken else "\nNOT kept: " + "; ".join(broken[:10]))
    return 1 if broken else 0
