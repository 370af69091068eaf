"""What a comparison has measured, slice by slice, and what follows from it."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar

from loadtests.measuring import Measured

MOST_ADDED = 0.10
"""What ours may add to the light read, as a share of the floor."""
LEAST_TIMES = {"files": 8.0, "redis": 4.0, "flask_stack": 10.0}
"""How many times as much as ours the others add at least."""

CPU_FIGURES = ("cpu_us_per_request", "redis_cpu_us_per_request")
"""What a request takes of processors: in the worker, and in Redis."""

SESSIONS = "sessions"
"""What stands among the kinds of request for what sessions take."""

_MORE = f"{'quartiles':>15}{'Redis':>8}{'commands':>10}"


@dataclass(frozen=True)
class Slice:
    """What requests of one kind cost in one slice of time; times in microseconds, the percentiles of whole requests."""

    requests_per_second: float
    p50_us: float
    p75_us: float
    p90_us: float
    p99_us: float
    p999_us: float
    cpu_us_per_request: float
    redis_cpu_us_per_request: float
    redis_commands_per_request: float


@dataclass(frozen=True)
class Kept:
    """What a design keeps of one session, in bytes."""

    disk_bytes: float
    redis_bytes: float


_Row = TypeVar("_Row", Slice, Kept)


@dataclass(frozen=True)
class Comparison:
    """Slices by the kind of request and by design, `control` being the floor once more; and what sessions take."""

    slices: Mapping[str, Mapping[str, list[Slice]]]
    kept: Mapping[str, Kept] = field(default_factory=dict)

    def as_json(self) -> dict[str, dict[str, dict[str, list[float]]]]:
        """Return it as a document: for each kind, design and figure, one number for each round."""
        kinds = {
            kind: {design: _columns(slices) for design, slices in designs.items()}
            for kind, designs in self.slices.items()
        }
        return kinds | {SESSIONS: {design: _columns([kept]) for design, kept in self.kept.items()}}

    @classmethod
    def of_json(cls, document: Mapping[str, Mapping[str, Mapping[str, list[float]]]]) -> "Comparison":
        """Read what `as_json` gave."""
        slices = {
            kind: {design: _rows(Slice, columns) for design, columns in designs.items()}
            for kind, designs in document.items()
            if kind != SESSIONS
        }
        return cls(slices, {design: _rows(Kept, columns)[0] for design, columns in document[SESSIONS].items()})

    def measured(self, kind: str, figure: str = "cpu_us_per_request") -> Measured:
        """Return one figure of a kind, by design."""
        designs = self.slices[kind]
        return Measured({design: [getattr(one, figure) for one in slices] for design, slices in designs.items()})

    def is_steady(self, kind: str) -> bool:
        """Tell whether the floor, measured twice, came out as itself."""
        return self.measured(kind).is_steady("floor")

    def added(self, kind: str, design: str) -> float:
        """Return the CPU that a design adds to a request of a kind, in microseconds: its worker's, and its Redis'."""
        return statistics.median(self.added_by_round(kind, design))

    def added_by_round(self, kind: str, design: str) -> list[float]:
        """Return the same for each round."""
        parts = (self.added_in(kind, design, figure) for figure in CPU_FIGURES)
        return [sum(both) for both in zip(*parts, strict=True)]

    def added_in(self, kind: str, design: str, figure: str) -> list[float]:
        """Return by how much a design's figure exceeds the floor's in each round.

        That is the mean of the floor and of the control, where there is one: each is a process with a luck of its own.
        """
        times = self.measured(kind, figure).times
        floors = zip(*(times[name] for name in ("floor", "control") if name in times), strict=True)
        return [one - statistics.mean(floor) for one, floor in zip(times[design], floors, strict=True)]

    def broken_promises(self) -> list[str]:
        """Return which promises on the light read are not kept, a sentence each."""
        floor, ours = self.measured("read").median("floor"), self.added("read", "ours")
        broken = []
        if ours > MOST_ADDED * floor:
            broken.append(f"ours adds {ours / floor:.1%} to the floor, more than {MOST_ADDED:.0%}")
        for design, least in LEAST_TIMES.items():
            added = self.added("read", design)
            if added < least * ours:
                broken.append(f"{design} adds {added / ours:.1f} times what ours adds, less than {least:.0f} times")
        return broken


def table(comparison: Comparison, kind: str) -> list[str]:
    """Return a table of one kind of request, a line each: medians, and the ratios to the floor with their quartiles."""
    of_cpu = comparison.measured(kind)
    lines = [f"{kind:14}{'req/s':>8}{'p50':>9}{'p99':>9}{'worker':>9}{'to floor':>10}" + _MORE]
    for design, slices in comparison.slices[kind].items():
        middle = _middle(slices)
        lower, upper = of_cpu.quartiles(design, "floor")
        lines.append(
            f"  {design:12}{middle.requests_per_second:8.0f}{middle.p50_us:6.0f} µs{middle.p99_us:6.0f} µs"
            f"{middle.cpu_us_per_request:6.0f} µs{of_cpu.ratio(design, 'floor'):10.3f}{lower:8.3f}–{upper:.3f}"
            f"{middle.redis_cpu_us_per_request:5.0f} µs{middle.redis_commands_per_request:10.2f}"
        )
    return lines


def sessions_table(comparison: Comparison) -> list[str]:
    """Return what each design keeps of a session, a line each."""
    lines = [f"{'a session':14}{'on disk':>12}{'in Redis':>12}"]
    for design, kept in comparison.kept.items():
        lines.append(f"  {design:12}{kept.disk_bytes:10.0f} B{kept.redis_bytes:10.0f} B")
    return lines


def _middle(slices: list[Slice]) -> Slice:
    return Slice(**{name: statistics.median(column) for name, column in _columns(slices).items()})


def _columns(rows: Sequence[Slice] | Sequence[Kept]) -> dict[str, list[float]]:
    return {figure.name: [float(getattr(row, figure.name)) for row in rows] for figure in fields(rows[0])}


def _rows(row: type[_Row], columns: Mapping[str, list[float]]) -> list[_Row]:
    return [row(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]
