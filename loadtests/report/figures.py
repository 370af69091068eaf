"""Figures as people read them: medians with their quartiles, in units that fit."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loadtests.comparison import Comparison

THIN = "\u202f"
"""The space between thousands, and before a unit: narrow, and no line ends there."""

NOTHING = "–"

ORDER = ("floor", "ours", "files", "redis", "flask_stack")
"""The designs as every plot and table lists them; `control` is the floor once more and is told apart."""


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands apart."""
    return f"{value:,.{digits}f}".replace(",", THIN)


@dataclass(frozen=True)
class Unit:
    """A unit, how many of what was measured are one of it, and how many decimals of it mean something."""

    name: str
    size: float
    digits: int = 0

    def text(self, value: float) -> str:
        """Return a value in this unit, with its name."""
        return f"{number(value / self.size, self.digits)}{THIN}{self.name}".rstrip(THIN)


MICROSECONDS, MILLISECONDS = Unit("µs", 1), Unit("ms", 1000, 2)


def unit_of_time(microseconds: Iterable[float]) -> Unit:
    """Return the unit for times of which the longest is a matter of milliseconds, or is not."""
    return MILLISECONDS if max(microseconds) >= 1000 else MICROSECONDS


@dataclass(frozen=True)
class Spread:
    """A median, and between what the middle half of the values lies."""

    lower: float
    median: float
    upper: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of what each round gave."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        lower, _, upper = statistics.quantiles(values, n=4)
        return cls(lower, statistics.median(values), upper)

    @property
    def whiskers(self) -> tuple[list[float], list[float]]:
        """How far the quartiles are from the median, as matplotlib wants to have it."""
        return [self.median - self.lower], [self.upper - self.median]

    def over(self, divisor: float) -> "Spread":
        """Return it as shares of something."""
        return Spread(self.lower / divisor, self.median / divisor, self.upper / divisor)

    def text(self, unit: Unit) -> str:
        """Return the median with its unit, and the quartiles in brackets if they are not the same."""
        lower, upper = (number(value / unit.size, unit.digits) for value in (self.lower, self.upper))
        return unit.text(self.median) + (f" ({lower}–{upper})" if lower != upper else "")


def designs_in(comparison: Comparison, kind: str) -> list[str]:
    """Return the designs that were measured at one kind of request, in the order in which they are listed."""
    return [design for design in ORDER if design in comparison.slices[kind]]


def spread(comparison: Comparison, kind: str, design: str, figure: str) -> Spread:
    """Return the spread of one figure."""
    return Spread.of(comparison.measured(kind, figure).times[design])


def spread_of_added(comparison: Comparison, kind: str, design: str) -> Spread:
    """Return what a design adds to the floor, by the rounds."""
    return Spread.of(comparison.added_by_round(kind, design))


def times_ours(comparison: Comparison, kind: str, design: str) -> str:
    """Return how many times as much a design adds as ours; a dash where that means nothing."""
    ours = comparison.added(kind, "ours")
    return number(comparison.added(kind, design) / ours, 1) if ours > 0 and design != "floor" else NOTHING
