"""What came of a scenario, and whether that is good enough."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadtests.forensics import Findings
from loadtests.markers import Ledger, Mark

MOST_ERRORS = 0.01
MOST_MEAN_MS = {"add": 500.0, "review": 300.0}
"""How long these may take in the mean: the figures of the old system's own plan."""
_OF_SESSIONS = {"401", "403"}


@dataclass
class Outcome:
    """What those who take part know, while they do."""

    run: str
    attempted: set[Mark] = field(default_factory=set)
    acknowledged: set[Mark] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    """How often each status was met where another was expected; 0 is no answer at all."""
    given_up: list[str] = field(default_factory=list)
    begun: int = 0
    ended: int = 0

    def begin(self) -> int:
        """Count one more who takes part, and return their number."""
        self.begun += 1
        return self.begun - 1

    def end(self) -> None:
        """Count one who is done."""
        self.ended += 1

    def note(self, status: int) -> None:
        """Count an answer that was not expected."""
        self.statuses[str(status)] += 1

    @property
    def ledger(self) -> Ledger:
        """What is to be found on disk."""
        return Ledger(frozenset(self.attempted), frozenset(self.acknowledged))


@dataclass(frozen=True)
class Timing:
    """How requests of one name went; times in milliseconds."""

    requests: int
    errors: int
    mean_ms: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Result:
    """A scenario as it ended."""

    scenario: str
    people: int
    ended: int
    seconds: float
    timings: Mapping[str, Timing]
    statuses: Mapping[str, int]
    given_up: list[str]

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> "Result":
        """Read what was written by the process that ran it."""
        timings = {name: Timing(**timing) for name, timing in document["timings"].items()}
        return cls(**{**document, "timings": timings})

    def broken(self, findings: Findings) -> list[str]:
        """Return which thresholds are broken, a sentence each."""
        return [
            *self.given_up,
            *self._of_people(),
            *self._of_errors(),
            *self._of_times(),
            *(f"{name}: {fault}" for name, faults in findings.faults for fault in faults),
        ]

    def _of_people(self) -> list[str]:
        return [] if self.ended == self.people else [f"only {self.ended} of {self.people} people were done in time"]

    def _of_errors(self) -> list[str]:
        broken = [
            f"{times} answers of {status}: sessions and tokens must not fail"
            for status, times in self.statuses.items()
            if status in _OF_SESSIONS
        ]
        requests = sum(timing.requests for timing in self.timings.values())
        errors = sum(timing.errors for timing in self.timings.values())
        if errors > MOST_ERRORS * requests or requests == 0:
            told = ", ".join(f"{status} {times} times" for status, times in sorted(self.statuses.items()))
            broken.append(f"{errors} of {requests} requests failed ({told})")
        return broken

    def _of_times(self) -> list[str]:
        return [
            f"{name} took {timing.mean_ms:.0f} ms in the mean, and may take {MOST_MEAN_MS[name]:.0f} ms"
            for name, timing in self.timings.items()
            if timing.mean_ms >= MOST_MEAN_MS.get(name, float("inf"))
        ]
