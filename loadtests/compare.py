"""All designs in one run, by turns: what requests cost under each, in the worker and in Redis.

Each design is a server of its own with one worker, one Redis and one client on one kept connection, and all clients
send the same headers. They take turns, each after each other equally often. All are started anew several times, each
in each place equally often: one process has an advantage over another of its kind for as long as it lives, and it may
depend on when it was started. CPU is what all threads of the worker have used, gunicorn and Flask included. The floor
is measured twice: a run in which it does not come out as itself says nothing. The light read is measured within one
process, too, which must confirm it.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import track

from loadtests import promises, results, within
from loadtests.authentication import cpu_of
from loadtests.comparison import Comparison, Kept, Slice, sessions_table, table, within_table
from loadtests.designs import DESIGNS, Running, running
from loadtests.measuring import Measured, Restless, percentile
from loadtests.work import KINDS, Ask

CONTROL = "control"
_APPS = {**DESIGNS, CONTROL: DESIGNS["floor"]}
_WARM_UP = 0.3
_ASKS_BEFORE = 10
_SESSIONS = 100
_PERCENTILES = {"p50_us": 0.5, "p75_us": 0.75, "p90_us": 0.9, "p99_us": 0.99, "p999_us": 0.999}


@dataclass(frozen=True)
class Worked:
    """A design, and how it is asked for one kind of request."""

    design: Running
    worker: int
    ask: Ask

    def turn(self, seconds: float) -> Slice:
        """Ask for so long, and return what it cost a request."""
        # A few times before it counts: what others did meanwhile has taken its place in the caches.
        for _ in range(_ASKS_BEFORE):
            self.ask()
        commands = self.design.commands()
        worker, redis, began = cpu_of(self.worker), cpu_of(self.design.redis.pid), time.monotonic()
        times = []
        while (now := time.monotonic()) < began + seconds:
            self.ask()
            times.append(time.monotonic() - now)
        took, asked = time.monotonic() - began, len(times)
        return Slice(
            requests_per_second=asked / took,
            **{name: percentile(times, share) * 1e6 for name, share in _PERCENTILES.items()},
            cpu_us_per_request=(cpu_of(self.worker) - worker) / asked * 1e6,
            redis_cpu_us_per_request=(cpu_of(self.design.redis.pid) - redis) / asked * 1e6,
            # But for the one by which they are counted.
            redis_commands_per_request=(self.design.commands() - commands - 1) / asked,
        )


def compare(kinds: Sequence[str], rounds: int, seconds: float, starts: int) -> Comparison:
    """Measure each kind of request for so many rounds, with every design started anew so many times meanwhile."""
    slices: dict[str, dict[str, list[Slice]]] = {kind: {name: [] for name in _APPS} for kind in kinds}
    kept: dict[str, Kept] = {}
    for start in range(starts):
        with _started(turns(list(_APPS), start)) as designs:
            # At first, while no row of a session that has ended leaves room for another.
            kept = kept or {name: _kept(one) for name, one in designs.items()}
            for kind in kinds:
                # So that each start has its part, where they cannot be of the same length.
                share = len(range(start, rounds, starts))
                for name, found in _measure(kind, designs, range(start, start + share), seconds).items():
                    slices[kind][name] += found
    return Comparison(slices, kept)


@contextmanager
def _started(order: Sequence[str]) -> Iterator[dict[str, Running]]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        started = {name: stack.enter_context(running(Path(folder) / name, _APPS[name])) for name in order}
        yield {name: started[name] for name in _APPS}


def _measure(kind: str, designs: dict[str, Running], rounds: range, seconds: float) -> dict[str, list[Slice]]:
    for one in designs.values():
        one.client.reconnect()
    worked = {name: Worked(one, one.worker, KINDS[kind](one.client)) for name, one in designs.items()}
    for design in worked.values():
        design.turn(_WARM_UP)
    slices: dict[str, list[Slice]] = {name: [] for name in worked}
    for number in track(rounds, description=f"{kind:8}"):
        for name in turns(list(worked), number):
            slices[name].append(worked[name].turn(seconds))
    return slices


def turns(names: Sequence[str], number: int) -> list[str]:
    """Return the order of a round: in as many as there are names, an even number, each comes after each other once.

    What comes before one fills its caches, and has taken its place in memory (a Williams square, from trials of drugs).
    """
    places = [(place + 1) // 2 if place % 2 else -place // 2 for place in range(len(names))]
    return [names[(place + number) % len(names)] for place in places]


def _kept(design: Running) -> Kept:
    disk, redis = design.kept_on_disk(), design.kept_in_redis()
    for _ in range(_SESSIONS):
        design.client.sign_in_elsewhere()
    on_disk, in_redis = design.kept_on_disk() - disk, design.kept_in_redis() - redis
    return Kept(on_disk / _SESSIONS, in_redis / _SESSIONS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--rounds", type=int, default=36, help="rounds of each kind of request (36)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each is asked in a round (1)")
    parser.add_argument("--starts", type=int, default=12, help="how often all are started anew meanwhile (12)")
    parser.add_argument("--only", default=",".join(KINDS), help=f"kinds of request, of {', '.join(KINDS)}")
    parser.add_argument("--json", type=Path, help="file to write the results to")


def run(arguments: argparse.Namespace) -> int:
    """Compare; 0 if the promises on the light read are kept, 1 if not, 2 if nothing could be measured."""
    kinds = [kind for kind in arguments.only.split(",") if kind]
    unknown = set(kinds) - set(KINDS)
    if unknown or not kinds or arguments.rounds < 2:
        print(f"--only takes some of {', '.join(KINDS)}, and there must be two rounds at least")
        return 2
    starts = max(1, min(arguments.starts, arguments.rounds))
    comparison = compare(kinds, arguments.rounds, arguments.seconds, starts)
    if "read" in kinds:
        comparison = replace(comparison, within=_within())
    if arguments.json is not None:
        results.write(arguments.json, comparison.as_json())
    for kind in kinds:
        print("\n" + "\n".join(table(comparison, kind)))
    if comparison.within.times:
        print("\n" + "\n".join(within_table(comparison)))
    print("\n" + "\n".join(sessions_table(comparison)))
    return _judge(comparison)


def _within() -> Measured:
    try:
        return within.designs()
    except Restless:
        return Measured({})


def _judge(comparison: Comparison) -> int:
    if why := promises.why_unsaid(comparison):
        print(f"\nNothing can be said. {'; '.join(why)}.")
        return 2
    if "read" not in comparison.slices:
        return 0
    broken = promises.broken(comparison)
    print("\n" + ("kept" if not broken else "NOT kept: " + "; ".join(broken)))
    return 1 if broken else 0
