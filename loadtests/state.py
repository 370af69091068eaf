"""How long it takes to read and to write what a design keeps of its caller, each by itself: the time of one call.

Within one process, by turns, with a local disk and a Redis on the same machine. A token is read to answer who is
calling, and nothing is written.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask, Response, request
from rich.progress import track

from api.services import services
from loadtests import results
from loadtests.measuring import percentile
from loadtests.within import SignedIn, signed_in

Times = dict[str, float]
"""By what was done, how long it took, in microseconds."""


@dataclass(frozen=True)
class State:
    """How long half of all calls took at most, and 99 of 100, in microseconds. What is not written takes nothing."""

    design: str
    read_p50_us: float
    read_p99_us: float
    write_p50_us: float = 0.0
    write_p99_us: float = 0.0


def measure(rounds: int) -> list[State]:
    """Measure each design so many times, by turns."""
    with signed_in(_CALLS) as designs:
        found = [
            {name: _times(designs[name], call) for name, call in _CALLS.items()}
            for _ in track(range(rounds), description="by turns")
        ]
    return [_state(name, [one[name] for one in found]) for name in _CALLS]


def _times(design: SignedIn, call: Callable[[Flask], Iterator[str]]) -> Times:
    with design.app.test_request_context(design.path, headers=dict(design.headers)):
        times, began = {}, time.perf_counter()
        for what in call(design.app):
            times[what] = (time.perf_counter() - began) * 1e6
            began = time.perf_counter()
        return times


def _session(app: Flask) -> Iterator[str]:
    session = app.session_interface.open_session(app, request)
    yield "read"
    assert session is not None
    assert session["user_id"]
    session["last_card"] = 1
    app.session_interface.save_session(app, session, Response())
    yield "write"


def _token(_: Flask) -> Iterator[str]:
    services().authenticate(request)
    yield "read"


_CALLS: dict[str, Callable[[Flask], Iterator[str]]] = {
    "files": _session,
    "redis": _session,
    "flask_stack": _token,
    "ours": _token,
}


def _state(design: str, found: list[Times]) -> State:
    percentiles = {
        f"{what}_{name}_us": percentile([one[what] for one in found], share)
        for what in found[0]
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    return State(design, **percentiles)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--rounds", type=int, default=3000, help="calls of each (3000)")
    parser.add_argument("--json", type=Path, help="file to write the results to")


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print what was found; 0, or 2 if there is nothing to do."""
    if arguments.rounds < 1:
        print("--rounds takes a number from 1 on")
        return 2
    found = measure(arguments.rounds)
    if arguments.json is not None:
        results.write(arguments.json, [asdict(one) for one in found])
    print(f"{'':14}{'read p50':>11}{'p99':>10}{'write p50':>12}{'p99':>10}")
    for one in found:
        times = (
            f"{one.read_p50_us:8.0f} µs{one.read_p99_us:7.0f} µs{one.write_p50_us:9.0f} µs{one.write_p99_us:7.0f} µs"
        )
        print(f"  {one.design:12}{times}")
    return 0
