"""Plots of the designs side by side."""

import math
from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from loadtests.comparison import CPU_FIGURES, Comparison
from loadtests.report.documents import COMPARISON, Documents
from loadtests.report.figures import (
    MILLISECONDS,
    THIN,
    Spread,
    designs_in,
    number,
    spread,
    spread_of_added,
    times_ours,
    unit_of_time,
)
from loadtests.report.sheet import COLOURS, INK, LABELS, MARKERS, Plot, Sheet, plain_ticks

_HATCH = "/////"
_QUANTILES = {"p50_us": 0.5, "p75_us": 0.75, "p90_us": 0.9, "p99_us": 0.99, "p999_us": 0.999}
_NAMES = ("p50", "p75", "p90", "p99", "p99.9")
_DISTRIBUTED = {"read": "light read", "add": "add a card"}


def cpu(documents: Documents) -> Plot:
    """CPU of a light read: the floor, and what each design adds to it. The main plot."""
    comparison = documents.comparison_of("read")
    designs = designs_in(comparison, "read")
    floor = comparison.measured("read").median("floor")
    title = (
        f"Knowing who calls adds {_added(comparison, ['ours'])} of CPU to a light read with signed tokens, "
        f"{_added(comparison, set(designs) - {'ours', 'floor'})} with the other designs"
    )
    about = (
        "CPU per request of all threads of the worker, gunicorn and Flask included, and of Redis. Medians; "
        "the whiskers are the quartiles of what is added." + _control(comparison)
    )
    sheet = Sheet.of(title, about, documents.machine_line(COMPARISON), 2.75, legend=1)
    (axes,) = sheet.axes(1)
    for place, design in enumerate(designs):
        axes.barh(place, floor, color=COLOURS["floor"])
        if design != "floor":
            _stack_added(axes, place, comparison, design, floor)
    axes.text(floor / 2, 0, f"{number(floor)} µs", ha="center", va="center", color="white", weight="bold")
    _name_designs(axes, designs)
    axes.set_xlabel("CPU per request (µs)")
    axes.grid(visible=True, axis="x")
    axes.margins(x=0.3)
    sheet.legend(
        [
            Patch(color=COLOURS["floor"], label="the request without authentication (floor)"),
            Patch(color=COLOURS["ours"], label="added in the worker (in the design's colour)"),
            Patch(facecolor="white", edgecolor=COLOURS["redis"], hatch=_HATCH, label="added in Redis"),
        ],
        columns=3,
    )
    return Plot("cpu", title, about, sheet.figure)


def _control(comparison: Comparison) -> str:
    if "control" not in comparison.slices["read"]:
        return ""
    ratio = comparison.measured("read").ratio("control", "floor")
    return f" The floor, measured twice, comes out at {ratio:.3f} times itself."


def _stack_added(axes: Axes, place: int, comparison: Comparison, design: str, floor: float) -> None:
    in_worker, in_redis = (
        max(0.0, Spread.of(comparison.added_in("read", design, figure)).median) for figure in CPU_FIGURES
    )
    axes.barh(place, in_worker, left=floor, color=COLOURS[design])
    axes.barh(
        place, in_redis, left=floor + in_worker, facecolor="white", edgecolor=COLOURS[design], hatch=_HATCH, lw=1.2
    )
    added = spread_of_added(comparison, "read", design)
    axes.errorbar(floor + added.median, place, xerr=added.whiskers, color=INK, capsize=3, lw=1.2)
    told = f"+{THIN}{number(added.median)} µs, {number(100 * added.median / floor)}{THIN}% of the floor"
    if design != "ours":
        told += f"\n{times_ours(comparison, 'read', design)} times what ours adds"
    axes.annotate(told, (floor + added.upper, place), (8, 0), textcoords="offset points", va="center", size=9.5)


def _added(comparison: Comparison, designs: Iterable[str]) -> str:
    added = sorted(comparison.added("read", design) for design in designs)
    return _range(added[0], added[-1], "µs")


def _range(least: float, most: float, unit: str) -> str:
    return f"{number(least)} {unit}" if number(least) == number(most) else f"{number(least)} to {number(most)} {unit}"


def throughput(documents: Documents) -> Plot:
    """Requests a second of each design, for each kind of request."""
    comparison = documents.comparison_of("read")
    rates = {name: spread(comparison, "read", name, "requests_per_second").median for name in ("ours", "floor")}
    others = sorted(
        spread(comparison, "read", name, "requests_per_second").median
        for name in designs_in(comparison, "read")
        if name not in rates
    )
    title = (
        f"One worker answers {number(rates['ours'])} light reads a second with signed tokens, "
        f"{_range(others[0], others[-1], 'with the other designs')}, {number(rates['floor'])} without authentication"
    )
    about = (
        "One client on one kept connection, one worker. Each panel has a scale of its own. Medians of all rounds; "
        "the whiskers are quartiles."
    )
    sheet = Sheet.of(title, about, documents.machine_line(COMPARISON), 2.7)
    panels = sheet.axes(len(comparison.slices), sharey=True)
    for axes, kind in zip(panels, comparison.slices, strict=True):
        _bars(axes, comparison, kind)
    _name_designs(panels[0], designs_in(comparison, "read"))
    return Plot("throughput", title, about, sheet.figure)


def _bars(axes: Axes, comparison: Comparison, kind: str) -> None:
    for place, design in enumerate(designs_in(comparison, kind)):
        rate = spread(comparison, kind, design, "requests_per_second")
        axes.barh(place, rate.median, xerr=rate.whiskers, color=COLOURS[design], ecolor=INK, capsize=2)
        digits = 0 if rate.median >= 100 else 1
        axes.annotate(
            number(rate.median, digits), (rate.upper, place), (4, 0), textcoords="offset points", va="center", size=9
        )
    axes.set_title(kind)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("requests/s")
    axes.locator_params(axis="x", nbins=3)
    axes.margins(x=0.42)


def _name_designs(axes: Axes, designs: list[str]) -> None:
    axes.set_yticks(range(len(designs)), [LABELS[design] for design in designs])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(designs) - 0.45, -0.55)


def latency(documents: Documents) -> Plot:
    """Within what time which share of requests were answered, for reads and for adding cards."""
    comparison = documents.comparison_of(*_DISTRIBUTED)
    ours = [spread(comparison, "read", "ours", figure).median for figure in ("p50_us", "p99_us")]
    unit = unit_of_time(ours)
    title = (
        f"With signed tokens half of the light reads are answered within {unit.text(ours[0])}, "
        f"99 of 100 within {unit.text(ours[1])}"
    )
    about = "Time of a whole request, seen from a client on a kept connection. Medians of the quantiles of all rounds."
    sheet = Sheet.of(title, about, documents.machine_line(COMPARISON), 3.6, legend=1)
    panels = sheet.axes(len(_DISTRIBUTED), sharey=True)
    for axes, (kind, name) in zip(panels, _DISTRIBUTED.items(), strict=True):
        _quantiles(axes, comparison, kind)
        axes.set_title(name)
    panels[0].set_ylabel("time of a request (ms, log scale)")
    designs = designs_in(comparison, "read")
    lines = [Line2D([], [], color=COLOURS[name], marker=MARKERS[name], label=name) for name in designs]
    sheet.legend(lines, columns=len(lines))
    return Plot("latency", title, about, sheet.figure)


def _quantiles(axes: Axes, comparison: Comparison, kind: str) -> None:
    # Each further nine is as far as the one before: what is rare has room.
    places = [-math.log10(1 - share) for share in _QUANTILES.values()]
    for design in designs_in(comparison, kind):
        spreads = [spread(comparison, kind, design, figure) for figure in _QUANTILES]
        times = [one.median / MILLISECONDS.size for one in spreads]
        axes.plot(places, times, color=COLOURS[design], marker=MARKERS[design])
    axes.set_xticks(places, _NAMES)
    axes.set_xlabel("share of requests that took no longer")
    axes.set_yscale("log")
    plain_ticks(axes.yaxis)
    axes.grid(visible=True)
