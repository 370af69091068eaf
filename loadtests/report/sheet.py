"""The sheet that every plot is drawn on: what was found on top, at the foot on which machine; and the colours."""

import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib.style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from loadtests.report.figures import THIN

COLOURS = {
    "floor": "#8c8c8c",
    "ours": "#0072b2",
    "files": "#d55e00",
    "redis": "#009e73",
    "flask_stack": "#cc79a7",
}
"""Of the designs, the same in every plot; told apart by whoever sees fewer colours (Okabe and Ito)."""
SKY, ORANGE, INK, FAINT = "#56b4e9", "#e69f00", "#1a1a1a", "#595959"
"""Of whatever is no design."""
MARKERS = {"floor": "s", "ours": "o", "files": "^", "redis": "D", "flask_stack": "v"}

LABELS = {
    "floor": "floor: no authentication",
    "ours": "ours: signed tokens",
    "files": "files: session files",
    "redis": "redis: sessions in Redis",
    "flask_stack": "flask_stack: JWT, blocklist\nand limiter in Redis",
}

DPI = 160
_WIDTH, _LINE, _LEADING = 9.0, 0.19, 1.45 / 72
"""In inches: the width of a README at its usual size, the height of a small line, and of a line for each point."""
_PLAIN = FuncFormatter(lambda value, _: f"{value:,.10g}".replace(",", THIN))
_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9.5,
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.8,
    "hatch.linewidth": 1.2,
    "lines.markersize": 5.5,
    # So that the same figures give the same bytes.
    "svg.hashsalt": "javumbo",
}


@dataclass(frozen=True)
class Plot:
    """A plot: the name of its file, what it says, how it is to be read, and what it looks like."""

    name: str
    title: str
    about: str
    figure: Figure

    @property
    def alt(self) -> str:
        """What it says to somebody who does not see it."""
        return f"{self.title}. {self.about}"


@contextmanager
def style() -> Iterator[None]:
    """Draw and save in the style of the report, whatever somebody has set for themselves."""
    with matplotlib.style.context(["default", _STYLE]):
        yield


def settle(figure: Figure) -> None:
    """Give everything its place, once for all the ways in which a plot is saved."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")


def png(figure: Figure, dpi: float = DPI) -> bytes:
    """Return a plot as PNG; the same plot gives the same bytes."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
    return file.getvalue()


def svg(figure: Figure) -> bytes:
    """Return a plot as SVG; the same plot gives the same bytes."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


@dataclass(frozen=True)
class Sheet:
    """A figure whose head and foot are written, with the room between them for axes."""

    figure: Figure
    top: float
    """Where the head ends, as a share of the height."""

    @classmethod
    def of(cls, title: str, about: str, machine: str, height: float, *, legend: int = 0) -> "Sheet":
        """Write head and foot. `height` is what is between them, in inches; `legend` lines of it are for a legend."""
        head = [(_wrapped(title, 88), 12.5, INK, "bold"), (_wrapped(about, 128), 9.5, FAINT, "normal")]
        foot = textwrap.fill(machine, 128)
        heights = [(text.count("\n") + 1) * size * _LEADING + 0.05 for text, size, *_ in head]
        above, below = sum(heights) + legend * _LINE + 0.2, (foot.count("\n") + 1) * _LINE * 0.9 + 0.15
        whole = above + height + below
        figure = Figure(figsize=(_WIDTH, whole), facecolor="white")
        figure.set_layout_engine(ConstrainedLayoutEngine(rect=(0.005, below / whole, 0.985, height / whole)))
        at = 1 - 0.1 / whole
        for (text, size, colour, weight), each in zip(head, heights, strict=True):
            figure.text(0.012, at, text, size=size, color=colour, weight=weight, va="top", linespacing=1.25)
            at -= each / whole
        figure.text(0.012, 0.06 / whole, foot, size=9, color=FAINT, va="bottom", linespacing=1.2)
        return cls(figure, at)

    def axes(self, columns: int, rows: int = 1, **options: Any) -> list[Axes]:
        """Return so many axes, row by row."""
        made = self.figure.subplots(rows, columns, squeeze=False, **options)
        every = [one for row in made for one in row]
        for axis in (axis for one in every for axis in (one.xaxis, one.yaxis)):
            axis.set_major_formatter(_PLAIN)
        return every

    def legend(self, handles: Sequence[Artist], columns: int) -> None:
        """Put a legend below the head, where no data are."""
        self.figure.legend(
            handles=handles,
            ncols=columns,
            loc="upper left",
            bbox_to_anchor=(0.005, self.top + 0.005),
            handlelength=1.8,
            columnspacing=1.6,
            borderaxespad=0,
        ).set_in_layout(False)


def _wrapped(text: str, width: int) -> str:
    """Return a text in as few lines as there can be, the last of which is not left with a word or two."""
    lines = found = textwrap.wrap(text, width)
    while len(found) == len(lines) and len(found[-1]) < 0.5 * width:
        width -= 1
        lines, found = found, textwrap.wrap(text, width)
    return "\n".join(lines if len(found) > len(lines) else found)


def plain_ticks(axis: Axis, at: Sequence[float] = ()) -> None:
    """Write plain numbers along a logarithmic axis: at these places, or at 1, 2 and 5 times each power of ten."""
    axis.set_major_locator(FixedLocator(at) if at else LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(_PLAIN)
    axis.set_minor_locator(NullLocator())
