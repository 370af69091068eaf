"""Timelines of scenarios in which something is done to the service while people use it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress, groupby
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from loadtests.report.documents import SCENARIOS, Documents, NotMeasured
from loadtests.report.figures import number
from loadtests.report.shapes import Scenario
from loadtests.report.sheet import COLOURS, FAINT, INK, ORANGE, SKY, Plot, Sheet
from loadtests.scenarios.timeline import PER_SECOND, Event

_VALID = {"served": COLOURS["ours"], "failed": ORANGE}
_REVOKED = {"refused": SKY, "accepted": INK}

_ROW, _CHARACTER = 0.19, 0.072
"""In inches: between two rows of names of events, and for one letter of them."""
_ACROSS = 8.0
"""In inches: how wide the axes are, about."""
_SEEN = 0.04
"""From which share of the height on a bar is seen."""


def timelines(documents: Documents) -> list[Plot]:
    """Return the timeline of each scenario that has events."""
    eventful = [one for one in documents.scenarios if one.events and one.timeline]
    if not eventful:
        raise NotMeasured(f"no scenario in {SCENARIOS} has events")
    return [_timeline(one, documents.machine_line(SCENARIOS)) for one in eventful]


def _timeline(scenario: Scenario, machine: str) -> Plot:
    title, has_revoked = _found(scenario), any(_total(scenario, kind) for kind in _REVOKED)
    about = f"{scenario.people} people at work; what was answered in each quarter of a second, and what was done when."
    if has_revoked:
        about += " Below: requests with a token whose session had ended before, as was acknowledged."
    labels = _labels(scenario)
    rows = max(label.row for label in labels) + 1
    sheet = Sheet.of(title, about, machine, 2.4 + 1.4 * has_revoked + rows * _ROW, legend=1)
    panels = sheet.axes(1, 2, sharex=True, height_ratios=[2, 1]) if has_revoked else sheet.axes(1)
    for axes, colours in zip(panels, (_VALID, _REVOKED), strict=False):
        _stack(axes, scenario, colours)
        axes.set_ylabel("requests/s" if colours is _VALID else "requests/s,\nrevoked token")
        for event in scenario.events:
            axes.axvline(event.second, color=FAINT, ls="--", lw=1.2)
    panels[-1].set_xlabel("time (s)")
    _name(panels[0], labels)
    shown = _VALID | ({f"revoked, {name}": colour for name, colour in _REVOKED.items()} if has_revoked else {})
    sheet.legend([Patch(color=colour, label=name) for name, colour in shown.items()], columns=4)
    return Plot(f"timeline-{scenario.scenario}", title, about, sheet.figure)


def _found(scenario: Scenario) -> str:
    served, failed, refused, accepted = (_total(scenario, kind) for kind in (*_VALID, *_REVOKED))
    found = f"{scenario.scenario}: {number(failed)} of {number(served + failed)} requests failed"
    if refused + accepted:
        found += f"; of {number(refused + accepted)} with a revoked token {number(accepted)} were accepted"
    if accepted:
        found += f", none later than {scenario.longest_accepted_s:.1f} s after the end of its session"
    return found


def _total(scenario: Scenario, kind: str) -> int:
    return sum(getattr(quarter, kind) for quarter in scenario.timeline)


def _stack(axes: Axes, scenario: Scenario, colours: dict[str, str]) -> None:
    seconds = [quarter.second for quarter in scenario.timeline]
    edges = [*seconds, seconds[-1] + 1 / PER_SECOND]
    height, rates = [0.0] * len(seconds), [0.0] * len(seconds)
    for kind, colour in colours.items():
        rates = [getattr(quarter, kind) * PER_SECOND for quarter in scenario.timeline]
        top = [base + rate for base, rate in zip(height, rates, strict=True)]
        axes.stairs(top, edges, baseline=height, fill=True, color=colour, lw=0)
        height = top
    limit = max(*height, 1) * 1.1
    # So few of thousands that a bar of them would not be seen.
    few = [0 < rate < limit * _SEEN for rate in rates]
    centres = [second + 0.5 / PER_SECOND for second in seconds]
    axes.plot(list(compress(centres, few)), list(compress(height, few)), ls="", marker="v", color=colour)
    axes.set_xlim(0, _end(scenario))
    axes.set_ylim(0, limit)
    axes.grid(visible=True, axis="y")


def _end(scenario: Scenario) -> float:
    return max(scenario.timeline[-1].second + 1 / PER_SECOND, *(event.second for event in scenario.events))


@dataclass(frozen=True)
class _Label:
    """The name of an event above the axes: in which row, and from where to where; in inches."""

    event: Event
    at: float
    begins: float
    ends: float
    row: int = 0

    @classmethod
    def of(cls, event: Event, end: float) -> "_Label":
        at, width = event.second / end * _ACROSS, (len(event.what) + 1) * _CHARACTER
        begins = at if at + width < _ACROSS else at - width
        return cls(event, at, begins, begins + width)

    def is_above(self, other: "_Label") -> bool:
        """Whether the other would be in the way in the same row, or its line, which goes up to it."""
        return (self.begins < other.ends and other.begins < self.ends) or self.begins < other.at < self.ends


def _labels(scenario: Scenario) -> list[_Label]:
    labels: list[_Label] = []
    for event in reversed(_once(scenario.events)):
        label = _Label.of(event, _end(scenario))
        row = max((other.row + 1 for other in labels if label.is_above(other)), default=0)
        labels.append(replace(label, row=row))
    return labels


def _once(events: Sequence[Event]) -> list[Event]:
    """Return the first of each event that happened several times on end, with how often it did."""
    ordered = sorted(events, key=lambda event: event.second)
    repeated = [list(same) for _, same in groupby(ordered, key=lambda event: event.what)]
    return [
        same[0] if len(same) == 1 else replace(same[0], what=f"{same[0].what}, {len(same)} times") for same in repeated
    ]


def _name(axes: Axes, labels: Sequence[_Label]) -> None:
    place: Any = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    line = {"color": FAINT, "ls": "--", "lw": 1.2, "arrowstyle": "-", "shrinkA": 0, "shrinkB": 0}
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    for label in labels:
        top, height = (label.event.second, 1), 5 + label.row * _ROW * 72
        axes.annotate("", top, (0, height + 8), **place, arrowprops=line)
        beside, side = (3, "left") if label.begins == label.at else (-3, "right")
        axes.annotate(label.event.what, top, (beside, height), **place, size=9, ha=side, bbox=behind, zorder=4)
