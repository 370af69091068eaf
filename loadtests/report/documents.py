"""What the benchmarks have written, read from their folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from loadtests.capacity.plan import Rows
from loadtests.comparison import Comparison
from loadtests.mix_ups import Count
from loadtests.report.figures import ORDER
from loadtests.report.shapes import Capacity, Machine, Scenario
from loadtests.results import MACHINES
from loadtests.state import State
from loadtests.writes import Figures as Writes

COMPARISON, WRITES, SCENARIOS, CAPACITY = "compare.json", "writes.json", "scenarios.json", "capacity.json"
MIX_UPS, STATE = "mix_ups.json", "state.json"
RESULTS = (COMPARISON, WRITES, SCENARIOS, CAPACITY, MIX_UPS, STATE)
_FORMS: Mapping[str, Any] = {
    COMPARISON: dict[str, dict[str, dict[str, Annotated[list[float], Field(min_length=1)]]]],
    WRITES: Writes,
    SCENARIOS: list[Scenario],
    CAPACITY: Capacity,
    MIX_UPS: list[Count],
    STATE: list[State],
    MACHINES: dict[str, Machine],
}


class NotMeasured(Exception):
    """What is wanted is in no file of the folder."""


class Unreadable(Exception):
    """There is nothing in the folder, or a file in it is not what its benchmark writes."""


@dataclass(frozen=True)
class Documents:
    """The files of a folder, by name. What is not there is NotMeasured."""

    found: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Documents":
        """Read all that is there. Unreadable if that is nothing, or a file is not what it should be."""
        found = {name: _read(folder / name) for name in _FORMS if (folder / name).exists()}
        if not set(found) & set(RESULTS):
            raise Unreadable(f"there are no results in {folder}: none of {', '.join(RESULTS)}")
        return cls(found)

    @property
    def comparison(self) -> Comparison:
        """What `compare` has written."""
        found: Comparison = self._of(COMPARISON)
        return found

    def comparison_of(self, *kinds: str) -> Comparison:
        """Return the comparison, if all designs were measured at these kinds of request."""
        for kind in kinds:
            if not set(ORDER) <= set(self.comparison.slices.get(kind, {})):
                raise NotMeasured(f"{COMPARISON} has nothing on {kind}")
        return self.comparison

    @property
    def writes(self) -> Writes:
        """What was measured of durable writes."""
        found: Writes = self._of(WRITES)
        return found

    @property
    def scenarios(self) -> list[Scenario]:
        """What came of the scenarios."""
        found: list[Scenario] = self._of(SCENARIOS)
        return found

    def growth(self, *names: str) -> list[Rows]:
        """Return how cost grows with each of these."""
        capacity: Capacity = self._of(CAPACITY)
        for name in names:
            if not getattr(capacity, name):
                raise NotMeasured(f"{CAPACITY} has nothing on {name}")
        return [getattr(capacity, name) for name in names]

    @property
    def machines(self) -> Mapping[str, Machine]:
        """By file, what it was measured on."""
        found: Mapping[str, Machine] = self.found.get(MACHINES, {})
        return found

    def machine_line(self, name: str) -> str:
        """Return what a file was measured on, for the foot of a plot."""
        return self.machines[name].line if name in self.machines else f"on which machine is not in {MACHINES}"

    def _of(self, name: str) -> Any:
        if name not in self.found:
            raise NotMeasured(f"{name} is not there")
        return self.found[name]


def _read(path: Path) -> Any:
    try:
        document = TypeAdapter(_FORMS[path.name]).validate_json(path.read_bytes())
        return Comparison.of_json(document) if path.name == COMPARISON else document
    except ValidationError as error:
        first = error.errors()[0]
        where = f" at {'.'.join(map(str, first['loc']))}" if first["loc"] else ""
        raise Unreadable(f"{path} cannot be read{where}: {first['msg']}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"{path} is not what the comparison writes: {error}") from error
