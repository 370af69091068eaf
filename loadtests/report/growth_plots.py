"""Plots of how cost grows: with users, cards, sessions, revocations and workers."""

from collections.abc import Mapping

from matplotlib.axes import Axes

from loadtests.capacity.plan import MOST_TIMES, Rows
from loadtests.report.documents import CAPACITY, Documents, NotMeasured
from loadtests.report.figures import number
from loadtests.report.sheet import COLOURS, INK, ORANGE, Plot, Sheet, plain_ticks

_USERS = {
    "authentication_us": ("authentication alone", COLOURS["ours"], "o"),
    "zipf_read_us": ("a read, activity by Zipf's law", ORANGE, "^"),
    "uniform_read_us": ("a read, all users alike", INK, "s"),
}
_MIB = 2**20


def users(documents: Documents) -> Plot:
    """CPU of a request against the number of users."""
    (rows,) = documents.growth("users")
    fewest, most = (number(row["users"]) for row in (rows[0], rows[-1]))
    grown = {name: _grown(rows, name) for name in _USERS}
    title = (
        f"With {most} users instead of {fewest}, authentication takes {grown['authentication_us']} the CPU, "
        f"a read {grown['zipf_read_us']} if activity follows Zipf's law, "
        f"{grown['uniform_read_us']} if all are alike"
    )
    about = (
        "CPU per request of the worker; each user has a collection. On the right as times of what it is with the "
        "fewest users; the dotted lines are the most that is promised."
    )
    sheet = Sheet.of(title, about, documents.machine_line(CAPACITY), 3.2, legend=1)
    absolute, relative = sheet.axes(2)
    for name, (label, colour, marker) in _USERS.items():
        sizes, costs = _column(rows, "users"), _column(rows, name)
        absolute.plot(sizes, costs, color=colour, marker=marker, label=label)
        relative.plot(sizes, [cost / costs[0] for cost in costs], color=colour, marker=marker)
        if name in MOST_TIMES:
            relative.axhline(MOST_TIMES[name], color=colour, ls=":", lw=1.5)
    absolute.set_yscale("log")
    plain_ticks(absolute.yaxis)
    absolute.set_ylabel("CPU per request (µs, log scale)")
    relative.set_ylabel(f"times the CPU with {fewest} users")
    for axes in (absolute, relative):
        _size_axis(axes, "users (log scale)", _column(rows, "users"))
    _from_zero(relative)
    sheet.legend(absolute.get_lines(), columns=3)
    return Plot("users", title, about, sheet.figure)


def growth(documents: Documents) -> Plot:
    """Small multiples of what else could grow."""
    cards, sessions, revoked, workers = documents.growth("cards", "sessions", "revoked", "workers")
    (few_cards, *_, many_cards), (few_revoked, *_, many_revoked) = _column(cards, "cards"), _column(revoked, "entries")
    title = (
        f"Reading a card takes {_grown(cards, 'read_us')} as much CPU with {number(many_cards)} cards as with "
        f"{number(few_cards)}; checking a token takes {_grown(revoked, 'check_ns')} as much with "
        f"{number(many_revoked)} revoked entries as with {number(few_revoked) if few_revoked else 'none'}"
    )
    about = (
        "Above, CPU per request against the cards of a collection; then revoked entries, as each worker knows "
        "them; then open sessions, and workers. The horizontal axes are logarithmic, but for workers."
    )
    sheet = Sheet.of(title, about, documents.machine_line(CAPACITY), 6.2)
    panels = iter(sheet.axes(3, 3))
    for name, title_of in (("read_us", "read a card"), ("add_us", "add a card"), ("next_us", "next card to study")):
        _panel(next(panels), title_of, cards, "cards", "CPU (µs)", {name: ""})
    in_memory = [{"entries": row["entries"], "mib": row.get("bytes", 0) / _MIB} for row in revoked]
    _panel(next(panels), "check of a token", revoked, "revoked entries", "CPU (ns)", {"check_ns": ""})
    _panel(next(panels), "memory of a worker", in_memory, "revoked entries", "MiB", {"mib": ""})
    _panel(next(panels), "authentication", sessions, "open sessions", "CPU (µs)", {"authentication_us": ""})
    kept = {"disk_bytes_per_session": "on disk", "worker_bytes_per_session": "in a worker"}
    _panel(next(panels), "kept of a session", sessions, "open sessions", "bytes", kept)
    _panel(next(panels), "light reads", workers, "workers", "requests/s", {"requests_per_second": ""}, is_log=False)
    _panel(next(panels), "light read", workers, "workers", "CPU (µs)", {"cpu_us_per_request": ""}, is_log=False)
    return Plot("growth", title, about, sheet.figure)


def _grown(rows: Rows, name: str) -> str:
    costs = _column(rows, name)
    return f"{costs[-1] / costs[0]:.2f} times"


def _panel(
    axes: Axes, title: str, rows: Rows, size: str, cost: str, lines: Mapping[str, str], *, is_log: bool = True
) -> None:
    sizes = _column(rows, size.split()[-1])
    for (name, label), colour, marker in zip(lines.items(), (COLOURS["ours"], ORANGE), "o^", strict=False):
        costs = _column(rows, name)
        axes.plot(sizes, costs, color=colour, marker=marker)
        axes.annotate(label, (sizes[0], costs[0]), (2, 7), textcoords="offset points", color=colour, size=9)
    axes.set_title(title)
    axes.set_ylabel(cost)
    _size_axis(axes, size, sizes, is_log=is_log)
    _from_zero(axes)


def _size_axis(axes: Axes, label: str, sizes: list[float], *, is_log: bool = True) -> None:
    axes.set_xlabel(label)
    if is_log:
        positive = min(size for size in sizes if size > 0)
        # As a logarithmic one, but for a place for none at all.
        axes.set_xscale("symlog", linthresh=positive) if sizes[0] == 0 else axes.set_xscale("log")
        plain_ticks(axes.xaxis, sizes)
    else:
        axes.locator_params(axis="x", integer=True)
    axes.grid(visible=True)


def _from_zero(axes: Axes) -> None:
    axes.set_ylim(0, axes.get_ylim()[1] * 1.15)


def _column(rows: Rows, name: str) -> list[float]:
    try:
        return [row[name] for row in rows]
    except KeyError as error:
        raise NotMeasured(f"there is no {name} in {CAPACITY}") from error
