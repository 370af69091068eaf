"""What came of a scenario: what those who take part know while they do, and what is known when it has ended."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadtests.markers import Ledger, Mark
from loadtests.scenarios.timeline import Answer, Event, Kind, Quarter
from tests.faults.outage import SignedOut


@dataclass
class Outcome:
    """What those who take part know, while they do."""

    run: str
    began: float = field(default_factory=time.monotonic)
    attempted: set[Mark] = field(default_factory=set)
    acknowledged: set[Mark] = field(default_factory=set)
    statuses: Counter[str] = field(default_factory=Counter)
    """How often each status was met where another was expected; 0 is no answer at all."""
    given_up: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    signed_out: list[SignedOut] = field(default_factory=list)
    """The sessions that have been ended, in this order."""
    longest_accepted_s: float = 0.0
    """How long after the end of its session a token was accepted at most, in seconds."""
    begun: int = 0
    arrived: int = 0
    ended: int = 0
    is_over: bool = False
    """Whether the disturbance is over, for which those who take part go on."""

    def begin(self) -> int:
        """Count one more who takes part, and return their number."""
        self.begun += 1
        return self.begun - 1

    def arrive(self) -> None:
        """Count one who is signed in, or never will be."""
        self.arrived += 1

    def end(self) -> None:
        """Count one who is done."""
        self.ended += 1

    def serve(self) -> None:
        """Note an answer that was expected."""
        self._note("served")

    def fail(self, status: int) -> None:
        """Note an answer that was not expected."""
        self.statuses[str(status)] += 1
        self._note("failed")

    def refuse(self) -> None:
        """Note that a token was refused whose session had ended."""
        self._note("refused")

    def accept(self, after: float) -> None:
        """Note that a token was accepted though its session had ended, so many seconds before it was sent."""
        self.longest_accepted_s = max(self.longest_accepted_s, after)
        self._note("accepted")

    @property
    def ledger(self) -> Ledger:
        """What is to be found on disk."""
        return Ledger(frozenset(self.attempted), frozenset(self.acknowledged))

    def _note(self, kind: Kind) -> None:
        self.answers.append(Answer(time.monotonic(), kind))


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
    longest_accepted_s: float
    timeline: list[Quarter]
    events: list[Event] = field(default_factory=list)

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> "Result":
        """Read what was written by the process that ran it."""
        read = {
            "timings": {name: Timing(**timing) for name, timing in document["timings"].items()},
            "timeline": [Quarter(**quarter) for quarter in document["timeline"]],
            "events": [Event(**event) for event in document["events"]],
        }
        return cls(**{**document, **read})

    @property
    def requests(self) -> int:
        """How many requests there were."""
        return sum(timing.requests for timing in self.timings.values())

    @property
    def errors(self) -> int:
        """How many of them were not answered as they should have been, or not at all."""
        return sum(timing.errors for timing in self.timings.values())

    @property
    def refused(self) -> int:
        """How many requests were refused because the session of their token had ended."""
        return sum(quarter.refused for quarter in self.timeline)
