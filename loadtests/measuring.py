"""What every benchmark here measures with: slices taken by turns, told as ratios, and a control that can void them."""

import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

SLICE = 0.004
ATTEMPTS = 5
CONTROL = (0.95, 1.05)

Work = Callable[[], object]
Sample = Callable[[], float]
"""Does something for a slice of time, and returns what it cost each time, in seconds."""


class Restless(Exception):
    """The machine has too much else to do: measured against itself, one thing came out as two."""

    ADVICE = "The machine is too restless to measure anything; try again when it has less to do."


@dataclass(frozen=True)
class Measured:
    """What each kind of work cost, slice by slice, in seconds."""

    times: dict[str, list[float]]

    def median(self, name: str) -> float:
        """Return what a kind of work usually takes."""
        return statistics.median(self.times[name])

    def ratio(self, name: str, to: str) -> float:
        """Return how much dearer one kind is than another, within the same slices."""
        return statistics.median(one / other for one, other in self._pairs(name, to))

    def difference(self, name: str, to: str) -> float:
        """Return how much more one kind takes than another, within the same slices."""
        return statistics.median(one - other for one, other in self._pairs(name, to))

    def quartiles(self, name: str, to: str) -> tuple[float, float]:
        """Return between which ratios the middle half of the slices lies."""
        lower, _, upper = statistics.quantiles((one / other for one, other in self._pairs(name, to)), n=4)
        return lower, upper

    def is_steady(self, control: str) -> bool:
        """Tell whether a kind, measured once more as `control`, came out as itself."""
        return CONTROL[0] <= self.ratio("control", control) <= CONTROL[1]

    def _pairs(self, name: str, to: str) -> Iterable[tuple[float, float]]:
        return zip(self.times[name], self.times[to], strict=True)


def measure(kinds: Mapping[str, Work], control: str, slices: int) -> Measured:
    """Measure thread times of kinds of work. Restless if `control`, measured twice, differs from itself."""
    kinds = {**kinds, "control": kinds[control]}
    for _ in range(ATTEMPTS):
        measured = by_turns({name: partial(_timed, work, _rounds(work)) for name, work in kinds.items()}, slices)
        if measured.is_steady(control):
            return measured
    raise Restless


def by_turns(samples: Mapping[str, Sample], slices: int) -> Measured:
    """Take slices of each kind by turns, so that whatever else the machine does meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in samples}
    for number in range(slices):
        # To and fro, so that none always comes after the same other.
        for name in samples if number % 2 else reversed(list(samples)):
            times[name].append(samples[name]())
    return Measured(times)


def percentile(times: Sequence[float], share: float) -> float:
    """Return within which of the times so large a share of them lies."""
    return sorted(times)[math.ceil(len(times) * share) - 1]


def _rounds(work: Work) -> int:
    work()
    return max(1, int(SLICE / max(_timed(work, 3), 1e-6)))


def _timed(work: Work, rounds: int) -> float:
    started = time.thread_time()
    for _ in range(rounds):
        work()
    return (time.thread_time() - started) / rounds
