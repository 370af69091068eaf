"""Tables of what requests cost, for the page and for the README."""

from collections.abc import Mapping
from dataclasses import dataclass

from loadtests.comparison import Comparison
from loadtests.report.figures import (
    MICROSECONDS,
    NOTHING,
    Spread,
    Unit,
    designs_in,
    spread,
    spread_of_added,
    times_ours,
    unit_of_time,
)

_PLAIN, _COMMANDS, _PERCENT, _TENTHS = Unit("", 1), Unit("", 1, 2), Unit("%", 0.01, 1), Unit("µs", 1, 1)
_BYTES = Unit("B", 1)


@dataclass(frozen=True)
class Table:
    """Figures by design: a row for each figure, the first cell of which says what it is."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    about: str


def light_read(comparison: Comparison) -> Table:
    """Return what a light read costs under each design: medians, and in brackets the quartiles."""
    designs = designs_in(comparison, "read")
    rows = [
        _row("requests a second", comparison, "requests_per_second", _PLAIN),
        _row("half are answered within (p50)", comparison, "p50_us"),
        _row("99 of 100 are answered within (p99)", comparison, "p99_us"),
        _row("CPU of the worker per request", comparison, "cpu_us_per_request", MICROSECONDS),
        ["CPU added to the floor", *_added(comparison, _TENTHS, 1)],
        [
            "the same as a share of the floor",
            *_added(comparison, _PERCENT, comparison.measured("read").median("floor")),
        ],
        ["times what ours adds", *(times_ours(comparison, "read", design) for design in designs)],
        ["CPU added within one process", *(_added_within(comparison, design) for design in designs)],
        _row("Redis commands per request", comparison, "redis_commands_per_request", _COMMANDS),
        ["a session takes on disk", *(_kept(comparison, design, "disk_bytes") for design in designs)],
        ["a session takes in Redis", *(_kept(comparison, design, "redis_bytes") for design in designs)],
    ]
    return Table("A light read under each design", designs, rows, _about(comparison, "read"))


def all_kinds(comparison: Comparison) -> Table:
    """Return what each kind of request costs under each design, the floor once more beside it as `control`."""
    kinds = list(comparison.slices)
    rows = [
        _row(f"{kind}: {what}", comparison, figure, None, kind, ("control",))
        for kind in kinds
        for what, figure in _OF_EACH.items()
    ]
    columns = [*designs_in(comparison, "read"), "control"]
    return Table("Each kind of request under each design", columns, rows, _about(comparison, kinds[0]))


_OF_EACH = {
    "p50": "p50_us",
    "p99": "p99_us",
    "CPU of the worker": "cpu_us_per_request",
    "CPU of Redis": "redis_cpu_us_per_request",
}


def _about(comparison: Comparison, kind: str) -> str:
    rounds = len(comparison.slices[kind]["floor"])
    return f"Medians of {rounds} rounds; in brackets between what the middle half of them lies."


def _row(
    what: str,
    comparison: Comparison,
    figure: str,
    unit: Unit | None = None,
    kind: str = "read",
    beside: tuple[str, ...] = (),
) -> list[str]:
    designs = (*designs_in(comparison, kind), *beside)
    spreads = [spread(comparison, kind, design, figure) for design in designs]
    fitting = unit or unit_of_time(one.median for one in spreads)
    return [what, *(one.text(fitting) for one in spreads)]


def _added(comparison: Comparison, unit: Unit, to: float) -> list[str]:
    return [
        NOTHING if design == "floor" else spread_of_added(comparison, "read", design).over(to).text(unit)
        for design in designs_in(comparison, "read")
    ]


def _added_within(comparison: Comparison, design: str) -> str:
    times = comparison.within.times
    if design not in times or design == "floor":
        return NOTHING
    added = [(one - floor) * 1e6 for one, floor in zip(times[design], times["floor"], strict=True)]
    return Spread.of(added).text(_TENTHS)


def _kept(comparison: Comparison, design: str, figure: str) -> str:
    return _BYTES.text(getattr(comparison.kept[design], figure)) if design in comparison.kept else NOTHING


def markdown_table(document: Mapping[str, Mapping[str, Mapping[str, list[float]]]]) -> list[str]:
    """Return the table of the light read in Markdown, a line each, from what `compare` has written."""
    table = light_read(Comparison.of_json(document))
    heading = ["", *(f"`{design}`" for design in table.columns)]
    rule = ["---", *("--:" for _ in table.columns)]
    return [*(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in (heading, rule, *table.rows)), "", table.about]
