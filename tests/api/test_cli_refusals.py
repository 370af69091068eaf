"""What operators are told where a command cannot be carried out; and that it needs little."""

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from api.account.accounts import Accounts, Confirmation
from api.cli import main
from api.errors import StorageFull, StoreBusy, StoreDamaged, StoreError, StoreTooNew, StoreUnavailable
from api.services import Services
from api.store import accounts
from tests.api.operators import Operator
from tests.callers import PASSWORD, Caller


@pytest.mark.parametrize(
    "command",
    [
        ["accounts", "operator", "Anna", "on"],
        ["accounts", "disable", "Anna", "--yes"],
        ["accounts", "enable", "Anna"],
        ["accounts", "end-all", "Anna", "--yes"],
        ["accounts", "reset", "Anna"],
        ["sessions", "list", "Anna"],
    ],
    ids=" ".join,
)
def test_a_name_that_nobody_has_is_named(operator: Operator, anna: Caller, command: list[str]) -> None:
    assert operator.refused(*command) == "No account is called 'Anna'; the case of its letters counts.\n"


def test_without_a_service_nothing_is_created_and_the_setting_is_named(operator: Operator, tmp_path: Path) -> None:
    operator.environ["JAVUMBO_DATA"] = str(tmp_path / "elsewhere")

    told = operator.refused("accounts", "disable", "anna", "--yes")

    assert told.startswith(f"JAVUMBO_DATA: {tmp_path}/elsewhere/accounts.db is not there; ")
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "elsewhere").exists()


def test_a_setting_that_cannot_be_used_is_named(operator: Operator) -> None:
    operator.environ["JAVUMBO_WRITE_TIMEOUT"] = "soon"

    assert operator.refused("sessions", "list").startswith("JAVUMBO_WRITE_TIMEOUT: ")


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (StorageFull, "make room"),
        (StoreBusy, "look for one that is stopped"),
        (StoreDamaged, "from a backup"),
        (StoreTooNew, "the commands of that version"),
        (StoreUnavailable, "as the user that the service runs as"),
    ],
)
def test_a_store_that_cannot_be_written_says_what_to_do(
    operator: Operator, anna: Caller, monkeypatch: pytest.MonkeyPatch, error: type[StoreError], advice: str
) -> None:
    def fail(*arguments: object) -> None:
        raise error("accounts.db", "the reason")

    monkeypatch.setattr(accounts, "enable", fail)

    told = operator.refused("accounts", "enable", "anna")

    assert told.startswith("JAVUMBO_DATA: ")
    assert advice in told
    assert told.endswith("(the reason).\n")


def test_a_lock_that_somebody_else_holds_is_waited_for_as_long_as_the_settings_say(
    operator: Operator, services: Services, anna: Caller
) -> None:
    with services.accounts.file.writing():
        told = operator.refused("accounts", "enable", "anna")

    assert "is held by another process" in told
    operator.told("accounts", "enable", "anna")


def test_an_account_deleted_at_the_same_time_is_told_of(
    operator: Operator, services: Services, anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Accounts.named

    def deleted_then(self: Accounts, username: str) -> Any:
        account = named(self, username)
        services.accounts.delete(Confirmation(account.user_id, "", PASSWORD))
        return account

    monkeypatch.setattr(Accounts, "named", deleted_then)

    assert operator.refused("accounts", "reset", "anna") == "The account is deleted.\n"


@pytest.mark.parametrize("limit", ["0", "-1", "10001", "many", "\u0661"])
def test_a_limit_that_is_none_is_refused(operator: Operator, limit: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["revocations", "list", "--limit", limit], operator.environ, operator.clock)

    assert ended.value.code == 2


def test_the_commands_work_as_a_module_and_need_no_keys(
    services: Services, anna: Caller, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    services.settings.key_folder.rename(services.settings.data / "keys, elsewhere")
    monkeypatch.setenv("JAVUMBO_DATA", str(services.settings.data))
    monkeypatch.setattr(sys, "argv", ["python -m api", "accounts", "end-all", "anna", "--yes"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("api", run_name="__main__")

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("1 sessions and API tokens of anna")
