"""What a comparison has measured, slice by slice, and what follows from it."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar

from loadtests.measuring import Measured

CPU_FIGURES = ("cpu_us_per_request", "redis_cpu_us_per_request")
"""What a request takes of processors: in the worker, and in Redis."""

SESSIONS, WITHIN = "sessions", "within"
"""What stands among the kinds of request for what sessions take, and for a light read in one process."""

_MORE = f"{'quartiles':>15}{'Redis':>8}{'commands':>10}{'added':>9}{'quartiles':>15}{'x ours':>8}"


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
    """Slices by the kind of request and by design, `control` being the floor once more; and what sessions take.

    `within` is the light read in one process, in seconds of its thread.
    """

    slices: Mapping[str, Mapping[str, list[Slice]]]
    kept: Mapping[str, Kept] = field(default_factory=dict)
    within: Measured = field(default_factory=lambda: Measured({}))

    def as_json(self) -> dict[str, dict[str, dict[str, list[float]]]]:
        """Return it as a document: for each kind, design and figure, one number for each round."""
        kinds = {
            kind: {design: _columns(slices) for design, slices in designs.items()}
            for kind, designs in self.slices.items()
        }
        within = {
            design: {"thread_us_per_request": [one * 1e6 for one in times]}
            for design, times in self.within.times.items()
        }
        return kinds | {WITHIN: within, SESSIONS: {design: _columns([kept]) for design, kept in self.kept.items()}}

    @classmethod
    def of_json(cls, document: Mapping[str, Mapping[str, Mapping[str, list[float]]]]) -> "Comparison":
        """Read what `as_json` gave."""
        slices = {
            kind: {design: _rows(Slice, columns) for design, columns in designs.items()}
            for kind, designs in document.items()
            if kind not in (SESSIONS, WITHIN)
        }
        within = {
            design: [one / 1e6 for one in columns["thread_us_per_request"]]
            for design, columns in document.get(WITHIN, {}).items()
        }
        kept = {design: _rows(Kept, columns)[0] for design, columns in document[SESSIONS].items()}
        return cls(slices, kept, Measured(within))

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

    def added_within(self, design: str) -> float:
        """Return the CPU that a design adds to a light read within one process, in microseconds of its thread."""
        return self.within.difference(design, "floor") * 1e6


def table(comparison: Comparison, kind: str) -> list[str]:
    """Return a table of one kind of request, a line each: medians, ratios and what is added with quartiles."""
    of_cpu, ours = comparison.measured(kind), comparison.added(kind, "ours")
    lines = [f"{kind:14}{'req/s':>8}{'p50':>9}{'p99':>9}{'worker':>9}{'to floor':>10}" + _MORE]
    for design, slices in comparison.slices[kind].items():
        middle, added = _middle(slices), comparison.added_by_round(kind, design)
        lower, upper = of_cpu.quartiles(design, "floor")
        least, _, most = statistics.quantiles(added, n=4)
        lines.append(
            f"  {design:12}{middle.requests_per_second:8.0f}{middle.p50_us:6.0f} µs{middle.p99_us:6.0f} µs"
            f"{middle.cpu_us_per_request:6.0f} µs{of_cpu.ratio(design, 'floor'):10.3f}{lower:8.3f}–{upper:.3f}"
            f"{middle.redis_cpu_us_per_request:5.0f} µs{middle.redis_commands_per_request:10.2f}"
            f"{statistics.median(added):6.0f} µs{f'{least:.0f}–{most:.0f}':>15}"
            + _times(statistics.median(added), ours)
        )
    return lines


def within_table(comparison: Comparison) -> list[str]:
    """Return what a light read takes of its thread under each design, within one process, a line each."""
    ours = comparison.added_within("ours")
    lines = [f"{'in one process':14}{'thread':>9}{'added':>9}{'x ours':>8}"]
    for design in comparison.within.times:
        taken, added = comparison.within.median(design) * 1e6, comparison.added_within(design)
        lines.append(f"  {design:12}{taken:6.0f} µs{added:6.0f} µs{_times(added, ours)}")
    return lines


def _times(added: float, ours: float) -> str:
    return f"{added / ours:8.1f}" if ours > 0 else f"{'-':>8}"


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
