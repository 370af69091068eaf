"""What must be true of a scenario, and what of it is not."""

from dataclasses import dataclass

from loadtests.forensics import Findings
from loadtests.scenarios.outcome import Result
from tests.faults.outage import BOUND

MOST_MEAN_MS = {"add": 500.0, "review": 300.0}
"""How long these may take in the mean: the figures of the old system's own plan."""
_OF_SESSIONS = {"401", "403"}
_NO_ANSWER = "0"


@dataclass(frozen=True)
class Thresholds:
    """What a scenario is held to; the usual ones, unless it says otherwise."""

    most_errors: float = 0.01
    """The share of requests that may fail."""
    most_lost: float = 0.0
    """The share that may, beside these, end without an answer, as where workers are killed."""
    least_refused: int = 0
    """How many requests must have been refused because their session had ended: without any, nothing is said of it."""

    def broken(self, result: Result, findings: Findings) -> list[str]:
        """Return which are broken, a sentence each."""
        return [
            *result.given_up,
            *_of_people(result),
            *_of_sessions(result),
            *self._of_errors(result),
            *self._of_ended_sessions(result),
            *_of_times(result),
            *(f"{name}: {fault}" for name, faults in findings.faults for fault in faults),
            *self._of_answers(findings),
        ]

    def _of_errors(self, result: Result) -> list[str]:
        lost = result.statuses.get(_NO_ANSWER, 0)
        borne = lost if lost <= self.most_lost * result.requests else 0
        if result.errors - borne <= self.most_errors * result.requests and result.requests:
            return []
        told = ", ".join(f"{_named(status)} {times} times" for status, times in sorted(result.statuses.items()))
        return [f"{result.errors} of {result.requests} requests failed ({told})"]

    def _of_ended_sessions(self, result: Result) -> list[str]:
        broken = []
        if result.longest_accepted_s > BOUND:
            broken.append(
                f"a revoked token was accepted {result.longest_accepted_s:.1f} s after the end of its session, "
                f"and may be for {BOUND:.0f} s"
            )
        if result.refused < self.least_refused:
            broken.append(f"revoked tokens were refused {result.refused} times, and not {self.least_refused} or more")
        return broken

    def _of_answers(self, findings: Findings) -> list[str]:
        if self.most_lost:
            return []
        return [f"unacknowledged: {mark} is there, and nobody was told so" for mark in findings.unacknowledged]


def _of_people(result: Result) -> list[str]:
    if result.ended == result.people:
        return []
    return [f"only {result.ended} of {result.people} people were done in time"]


def _of_sessions(result: Result) -> list[str]:
    return [
        f"{times} answers of {status}: sessions and tokens must not fail"
        for status, times in result.statuses.items()
        if status in _OF_SESSIONS
    ]


def _of_times(result: Result) -> list[str]:
    return [
        f"{name} took {timing.mean_ms:.0f} ms in the mean, and may take {MOST_MEAN_MS[name]:.0f} ms"
        for name, timing in result.timings.items()
        if timing.mean_ms >= MOST_MEAN_MS.get(name, float("inf"))
    ]


def _named(status: str) -> str:
    return "no answer" if status == _NO_ANSWER else status
