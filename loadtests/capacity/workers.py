"""Workers: how many light reads a server answers with more and more of them, and what each read costs them."""

import statistics
import tempfile
from itertools import cycle
from pathlib import Path

from rich.progress import track

from loadtests.capacity.plan import Plan, Rows
from loadtests.capacity.population import Person, settle, worker
from loadtests.capacity.servers import Load, Reader, Slice, servers_over

_PEOPLE = 8
_CONNECTIONS = 4
"""Of each: a connection stays with one worker, and there must be enough for all of them to have some."""


def measure(plan: Plan) -> Rows:
    """Measure it with each number of workers, by turns."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with worker(data) as services:
            people = settle(services, _PEOPLE)
        with servers_over(data, {count: {"workers": str(count)} for count in plan.workers}) as servers:
            loads = {count: Load(server, _readers(people)) for count, server in servers.items()}
            slices = _by_turns(loads, plan)
    return [_row(count, taken) for count, taken in slices.items()]


def _readers(people: list[Person]) -> list[Reader]:
    return [Reader(cycle([person.read])) for person in people for _ in range(_CONNECTIONS)]


def _by_turns(loads: dict[int, Load], plan: Plan) -> dict[int, list[Slice]]:
    for load in loads.values():
        load.warm_up(100)
    slices: dict[int, list[Slice]] = {count: [] for count in loads}
    for number in track(range(plan.fewer_slices), description=f"{'workers':24}"):
        # To and fro, so that none always comes after the same other.
        for count in loads if number % 2 else reversed(list(loads)):
            slices[count].append(loads[count].slice(plan.seconds))
    return slices


def _row(count: int, slices: list[Slice]) -> dict[str, float]:
    return {
        "workers": count,
        "requests_per_second": statistics.median(one.requests_per_second for one in slices),
        "cpu_us_per_request": statistics.median(one.cpu_per_request for one in slices) * 1e6,
    }
