"""The check finds each thing that can be wrong, and nothing where nothing is."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from api.services import Services
from api.store import engine
from loadtests.forensics import Findings, examine
from loadtests.markers import Ledger, Mark
from tests.callers import Caller
from tests.live import ROOT

RUN = "r1"


def mark(user: Caller, number: int, run: str = RUN) -> Mark:
    return Mark(run, user.user_id, number, 1_795_000_000_000 + number)


@pytest.fixture
def marks(anna: Caller, ben: Caller) -> list[Mark]:
    """Two users, each with three marked cards."""
    made = [(user, mark(user, number)) for user in (anna, ben) for number in range(3)]
    for user, each in made:
        user.add_card(each.text)
    return [each for _, each in made]


def change(services: Services, user: Caller, statement: str) -> None:
    """Do what no request can."""
    with closing(engine.connect(services.collections.path(user.user_id))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(statement)


def rewrite(before: Mark, after: Mark) -> str:
    return f"UPDATE notes SET fields = replace(fields, '{before.text}', '{after.text}')"


def test_marks_are_read_as_they_were_written(anna: Caller) -> None:
    assert Mark.read(mark(anna, 7).text) == mark(anna, 7)
    assert Mark.read("a card of somebody's own") is None


def test_a_ledger_survives_its_file(marks: list[Mark]) -> None:
    ledger = Ledger(frozenset(marks), frozenset(marks[:4]))

    assert Ledger.of_json(json.loads(json.dumps(ledger.as_json()))) == ledger


def test_where_nothing_is_wrong_nothing_is_found(services: Services, marks: list[Mark]) -> None:
    findings = examine(services.settings.data, Ledger(frozenset(marks), frozenset(marks)))

    assert findings == Findings(files=2, marks=6)
    assert findings.summary()[-1] == "clean"


def test_a_card_that_nobody_was_told_of_is_told_and_no_fault_by_itself(services: Services, marks: list[Mark]) -> None:
    findings = examine(services.settings.data, Ledger(frozenset(marks), frozenset(marks[1:])))

    assert (findings.unacknowledged, findings.is_clean) == ([marks[0].text], True)
    assert "  1 are there though nobody was told so, which a killed worker explains" in findings.summary()


Fault = Callable[[Services, Caller, Caller], tuple[str, str]]
"""Does something wrong; returns in which list it is to be found, and what is said."""


def a_card_filed_under_another(services: Services, anna: Caller, ben: Caller) -> tuple[str, str]:
    change(services, anna, rewrite(mark(anna, 2), mark(ben, 9)))
    return "foreign", f"{mark(ben, 9).text}, in the collection of user {anna.user_id}"


def a_card_that_was_lost(services: Services, anna: Caller, _: Caller) -> tuple[str, str]:
    change(services, anna, "UPDATE notes SET deleted_at = 1 WHERE fields LIKE '%number 1 %'")
    return "missing", mark(anna, 1).text


def a_card_that_was_stored_twice(services: Services, anna: Caller, _: Caller) -> tuple[str, str]:
    change(services, anna, rewrite(mark(anna, 1), mark(anna, 0)))
    return "twice", mark(anna, 0).text


def a_card_nobody_has_added(_: Services, anna: Caller, __: Caller) -> tuple[str, str]:
    anna.add_card(mark(anna, 3).text)
    return "unattempted", mark(anna, 3).text


def a_card_in_a_deck_that_is_gone(services: Services, anna: Caller, _: Caller) -> tuple[str, str]:
    change(services, anna, "UPDATE decks SET deleted_at = 1 WHERE name = 'MyFirstDeck'")
    return "hidden", f"user_{anna.user_id}.db: card "


def a_file_of_somebody_else(services: Services, anna: Caller, _: Caller) -> tuple[str, str]:
    change(services, anna, "UPDATE owner SET user_id = 77")
    return "damaged", f"user_{anna.user_id}.db: it says that it belongs to 77"


def a_file_that_is_none(services: Services, anna: Caller, _: Caller) -> tuple[str, str]:
    (services.settings.collections_folder / f"user_{anna.user_id}9.db").write_bytes(b"not a database" * 1000)
    return "damaged", f"user_{anna.user_id}9.db: "


FAULTS: list[Fault] = [
    a_card_filed_under_another,
    a_card_that_was_lost,
    a_card_that_was_stored_twice,
    a_card_nobody_has_added,
    a_card_in_a_deck_that_is_gone,
    a_file_of_somebody_else,
    a_file_that_is_none,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_whatever_is_wrong_is_found_and_named(
    services: Services, anna: Caller, ben: Caller, marks: list[Mark], fault: Fault
) -> None:
    name, told = fault(services, anna, ben)

    findings = examine(services.settings.data, Ledger(frozenset(marks), frozenset(marks)))

    assert not findings.is_clean
    assert any(entry.startswith(told) for entry in dict(findings.faults)[name]), findings
    assert findings.summary()[-1] == "NOT clean"


def test_without_a_ledger_what_is_missing_is_known_by_its_neighbours(
    services: Services, anna: Caller, marks: list[Mark]
) -> None:
    a_card_that_was_lost(services, anna, anna)

    (missing,) = examine(services.settings.data).missing
    assert missing.startswith(f"mark {RUN} of user {anna.user_id} number 1 ")


def test_marks_of_another_run_are_none_of_this_ledgers(services: Services, anna: Caller, marks: list[Mark]) -> None:
    anna.add_card(mark(anna, 0, run="r0").text)

    assert examine(services.settings.data, Ledger(frozenset(marks), frozenset(marks))).is_clean


def check(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "loadtests", "check", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_tells_people_and_programs(
    services: Services, anna: Caller, ben: Caller, marks: list[Mark], tmp_path: Path
) -> None:
    ledger, found = tmp_path / "ledger.json", tmp_path / "found.json"
    ledger.write_text(json.dumps(Ledger(frozenset(marks), frozenset(marks)).as_json()))
    assert check(services.settings.data, "--ledger", ledger).returncode == 0
    _, told = a_card_filed_under_another(services, anna, ben)

    checked = check(services.settings.data, "--ledger", ledger, "--json", found)

    assert checked.returncode == 1
    assert told in checked.stdout
    assert json.loads(found.read_text())["foreign"] == [told]


def test_what_is_no_data_folder_is_said_to_be_none(tmp_path: Path) -> None:
    checked = check(tmp_path)

    assert (checked.returncode, checked.stdout) == (
        2,
        f"{tmp_path} is no data folder: there are no collections in it\n",
    )
