"""The forensic check: is every marked card where it belongs, once, and every file sound? Also while a service runs."""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from api.errors import StoreError
from api.store import engine
from api.store.engine import Connection
from loadtests.markers import Ledger, Mark

_SHOWN = 5
_FAULTS = ("missing", "twice", "foreign", "unattempted", "hidden", "damaged")

_FRONTS = "SELECT fields FROM notes WHERE deleted_at IS NULL"
# A card of a deck or a note that is gone is shown nowhere, and neither is a note without cards.
_HIDDEN = """
    SELECT 'card ' || cards.id AS what FROM cards WHERE cards.deleted_at IS NULL AND (
        NOT EXISTS (SELECT 1 FROM decks WHERE decks.id = cards.deck_id AND decks.deleted_at IS NULL)
        OR NOT EXISTS (SELECT 1 FROM notes WHERE notes.id = cards.note_id AND notes.deleted_at IS NULL)
    )
    UNION ALL
    SELECT 'note ' || notes.id FROM notes WHERE notes.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM cards WHERE cards.note_id = notes.id AND cards.deleted_at IS NULL)
"""


@dataclass(frozen=True)
class Findings:
    """What was found in a data folder. All lists but the last should be empty."""

    files: int
    marks: int
    missing: list[str] = field(default_factory=list)
    """Marks that were acknowledged, or lie between others of their user, and are nowhere."""
    twice: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    """Marks in another collection than their user's."""
    unattempted: list[str] = field(default_factory=list)
    """Marks of this run that no client has tried to add."""
    hidden: list[str] = field(default_factory=list)
    """Cards and notes that nobody sees."""
    damaged: list[str] = field(default_factory=list)
    """Files that are not sound, or not their owner's."""
    unacknowledged: list[str] = field(default_factory=list)
    """Marks that are there though nobody was told so: no fault where a worker was killed before it could answer."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not any(faults for _, faults in self.faults)

    @property
    def faults(self) -> list[tuple[str, list[str]]]:
        """The lists of what is wrong, by name."""
        return [(name, getattr(self, name)) for name in _FAULTS]

    def summary(self) -> list[str]:
        """Return what a person wants to know, a line each."""
        lines = [f"{self.files} collections, {self.marks} marked cards"]
        for name, faults in self.faults:
            lines.append(f"  {name:12}{len(faults) or 'none'}")
            lines.extend(f"      {fault}" for fault in faults[:_SHOWN])
            if len(faults) > _SHOWN:
                lines.append(f"      and {len(faults) - _SHOWN} more")
        if self.unacknowledged:
            lines.append(
                f"  {len(self.unacknowledged)} are there though nobody was told so, which a killed worker explains"
            )
        return [*lines, "clean" if self.is_clean else "NOT clean"]


@dataclass(frozen=True)
class _File:
    """What one collection contains."""

    owner: int
    marks: list[Mark]
    hidden: list[str]
    faults: list[str]


def examine(data: Path, ledger: Ledger | None = None) -> Findings:
    """Look into every collection of a data folder. What a ledger says must be true of the marks of its runs."""
    files = [_read(path) for path in sorted((data / "collections").glob("user_*.db"))]
    found = [(file.owner, mark) for file in files for mark in file.marks]
    stored = Counter(mark for _, mark in found)
    return Findings(
        files=len(files),
        marks=len(found),
        missing=_told(_missing(set(stored), ledger)),
        twice=_told(mark for mark, times in stored.items() if times > 1),
        foreign=[f"{mark.text}, in the collection of user {owner}" for owner, mark in found if mark.user_id != owner],
        unattempted=_told(_unattempted(stored, ledger)),
        hidden=[fault for file in files for fault in file.hidden],
        damaged=[fault for file in files for fault in file.faults],
        unacknowledged=[] if ledger is None else _told(set(stored) & ledger.attempted - ledger.acknowledged),
    )


def _missing(stored: set[Mark], ledger: Ledger | None) -> set[Mark]:
    if ledger is not None:
        return set(ledger.acknowledged - stored)
    numbers: dict[tuple[str, int], set[int]] = defaultdict(set)
    for mark in stored:
        numbers[mark.run, mark.user_id].add(mark.number)
    return {
        Mark(run, user_id, number, 0)
        for (run, user_id), there in numbers.items()
        for number in set(range(max(there))) - there
    }


def _unattempted(stored: Iterable[Mark], ledger: Ledger | None) -> set[Mark]:
    if ledger is None:
        return set()
    runs = {mark.run for mark in ledger.attempted}
    return {mark for mark in stored if mark.run in runs} - ledger.attempted


def _read(path: Path) -> _File:
    owner = int(path.stem.removeprefix("user_"))
    try:
        with engine.faults(path), closing(engine.connect(path)) as connection:
            faults = [f"{path.name}: {fault}" for fault in _faults_of(connection, owner)]
            hidden = [f"{path.name}: {row['what']}" for row in connection.execute(_HIDDEN)]
            return _File(owner, list(_marks_in(connection)), hidden, faults)
    except StoreError as error:
        return _File(owner, [], [], [f"{path.name}: {error}"])


def _faults_of(connection: Connection, owner: int) -> Iterator[str]:
    yield from (row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok")
    owners = [row["user_id"] for row in connection.execute("SELECT user_id FROM owner")]
    if owners != [owner]:
        yield f"it says that it belongs to {', '.join(map(str, owners)) or 'nobody'}"


def _marks_in(connection: Connection) -> Iterator[Mark]:
    for row in connection.execute(_FRONTS):
        mark = Mark.read(json.loads(row["fields"])[0])
        if mark is not None:
            yield mark


def _told(marks: Iterable[Mark]) -> list[str]:
    return [mark.text for mark in sorted(marks)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("data", type=Path, help="data folder, of a service at work or not")
    parser.add_argument("--ledger", type=Path, help="what the clients of a run know, as `scenarios --keep` leaves it")
    parser.add_argument("--json", type=Path, help="file to write the findings to")


def run(arguments: argparse.Namespace) -> int:
    """Check; 0 if everything is clean, 1 if not, 2 if there is nothing to check."""
    if not (arguments.data / "collections").is_dir():
        print(f"{arguments.data} is no data folder: there are no collections in it")
        return 2
    ledger = None if arguments.ledger is None else Ledger.of_json(json.loads(arguments.ledger.read_text()))
    findings = examine(arguments.data, ledger)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(asdict(findings), indent=1) + "\n")
    print("\n".join(findings.summary()))
    return 0 if findings.is_clean else 1
