"""The plot of durable writes: the service beside a bare loop of inserts."""

from matplotlib.axes import Axes

from loadtests.report.documents import WRITES, Documents
from loadtests.report.figures import THIN, Spread, number
from loadtests.report.sheet import COLOURS, INK, SKY, Plot, Sheet
from loadtests.writes import LEAST_PER_SECOND, MOST_P99_MS, PEOPLE, SWIFT
from loadtests.writes import Figures as Writes

_SERVICE = f"service, {PEOPLE} people"


def writes(documents: Documents) -> Plot:
    """Rows a second of the bare loop and of the service, and how long the writes of one user take."""
    found = documents.writes
    bare, service = (Spread.of(one).median for one in (found.bare_per_second, found.service_per_second))
    title = (
        f"The service stores {number(service)} cards a second durably, one per request: "
        f"{number(100 * found.share)}{THIN}% of the rows that a bare loop of inserts commits ({number(bare)})"
    )
    about = (
        f"Each row in a transaction of its own, synced to disk ({found.file_system}, {number(found.fsync_us)} µs for a "
        f"bare fsync). Medians; the whiskers are quartiles. Dotted: what is promised where the loop commits "
        f"{number(SWIFT)} a second, {number(LEAST_PER_SECOND)} a second at least and {number(MOST_P99_MS)} ms at most."
    )
    sheet = Sheet.of(title, about, documents.machine_line(WRITES), 2.2)
    rates, times = sheet.axes(2, width_ratios=[3, 2])
    _rates(rates, found)
    _times(times, found)
    return Plot("writes", title, about, sheet.figure)


def _rates(axes: Axes, found: Writes) -> None:
    bars = {
        "bare loop of inserts": (found.bare_per_second, COLOURS["floor"]),
        _SERVICE: (found.service_per_second, COLOURS["ours"]),
        f"service, one person,\n{PEOPLE} connections": (found.one_user_per_second, SKY),
    }
    _bars(axes, bars, "durable rows/s")
    _promise(axes, list(bars).index(_SERVICE), LEAST_PER_SECOND)


def _times(axes: Axes, found: Writes) -> None:
    bars = {"p50": (found.one_user_p50_ms, SKY), "p99": (found.one_user_p99_ms, SKY)}
    _bars(axes, bars, "time of a write, one person (ms)")
    _promise(axes, list(bars).index("p99"), MOST_P99_MS)


def _bars(axes: Axes, bars: dict[str, tuple[list[float], str]], label: str) -> None:
    for place, (values, colour) in enumerate(bars.values()):
        found = Spread.of(values)
        axes.barh(place, found.median, xerr=found.whiskers, color=colour, ecolor=INK, capsize=3)
        told = number(found.median, 0 if found.median >= 100 else 1)
        axes.annotate(told, (found.upper, place), (6, 0), textcoords="offset points", va="center", size=9.5)
    axes.set_yticks(range(len(bars)), list(bars))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlabel(label)
    axes.grid(visible=True, axis="x")
    axes.margins(x=0.2)


def _promise(axes: Axes, place: int, value: float) -> None:
    axes.plot([value, value], [place - 0.5, place + 0.5], color=INK, ls=":", lw=2)
