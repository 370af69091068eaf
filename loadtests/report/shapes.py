"""What the files of results hold, where the benchmarks themselves have no name for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loadtests.capacity.plan import Rows
from loadtests.scenarios.outcome import Result


@dataclass(frozen=True)
class Scenario(Result):
    """A scenario as it ended, and which thresholds it has broken."""

    broken: list[str] = field(default_factory=list)

    @property
    def slowest_p99_ms(self) -> float:
        """Within what time 99 of 100 requests were answered, of whichever kind was slowest."""
        return max((timing.p99_ms for timing in self.timings.values()), default=0)


@dataclass(frozen=True)
class Capacity:
    """How cost grows with each of these."""

    users: Rows = field(default_factory=list)
    sessions: Rows = field(default_factory=list)
    revoked: Rows = field(default_factory=list)
    cards: Rows = field(default_factory=list)
    workers: Rows = field(default_factory=list)


@dataclass(frozen=True)
class Machine:
    """What a file was measured on, and with what."""

    measured: str
    commit: str
    cpu: str
    cores: int
    memory_gib: float
    kernel: str
    file_system: str
    python: str
    versions: Mapping[str, str]

    @property
    def line(self) -> str:
        """All of it, as it stands below a plot."""
        versions = ", ".join(f"{name}\u00a0{version}" for name, version in self.versions.items())
        return (
            f"{self.cpu}, {self.cores} cores, {self.memory_gib:g} GiB, Linux {self.kernel}, {self.file_system}; "
            f"measured {self.measured} at commit {self.commit}; Python {self.python}, {versions}"
        )
