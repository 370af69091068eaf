import runpy
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from auth.key_folder import KeyFolder
from auth.keystore import KeyStore
from auth.ring_document import Purpose
from tests.auth.operators import Operator
from tests.clocks import ManualClock


def test_init_refuses_to_touch_an_existing_ring(operator: Operator) -> None:
    before = operator.snapshot()

    assert "JAVUMBO_KEYS: " in operator.refused("init")
    assert operator.snapshot() == before


def test_init_too_can_be_tried_first(operator: Operator, tmp_path: Path) -> None:
    operator.environ["JAVUMBO_KEYS"] = str(tmp_path / "others")

    assert "would be made" in operator.told("init", "--dry-run")
    assert not (tmp_path / "others").exists()


def test_init_encrypts_with_the_passphrase_of_the_settings(operator: Operator, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a passphrase\n")
    operator.environ |= {"JAVUMBO_KEYS": str(tmp_path / "others"), "JAVUMBO_KEYS_PASSPHRASE_FILE": str(secret)}

    operator.told("init", "--alg", "ES256")

    assert {entry.algorithm.value for entry in operator.folder.document().entries} == {"ES256"}
    assert operator.folder.passphrase() == b"a passphrase"
    assert KeyStore(operator.folder).fault is None
    assert KeyStore(KeyFolder(operator.folder.path)).fault is not None


def test_list_is_a_table(operator: Operator) -> None:
    operator.told("rotate", "--purpose", "session")

    head, *rows = operator.told("list").splitlines()

    assert head.split("  ")[0] == "KID"
    assert [row.split()[1:4] for row in rows] == [
        ["session", "EdDSA", "next"],
        ["session", "EdDSA", "signing"],
        ["api", "EdDSA", "signing"],
    ]
    assert "2026-12-23 12:15:00 UTC" in rows[1], "ten minutes, thirty days and five minutes later"


def test_list_tells_which_file_cannot_be_read(operator: Operator) -> None:
    (kid,) = operator.kids("signing")
    (operator.folder.path / f"{kid}.pem").unlink()

    assert f"! {operator.folder.path / kid}.pem cannot be used" in operator.told("list")


def test_rotate_adds_a_key_for_each_purpose_that_signs_after_the_lead(operator: Operator) -> None:
    before = operator.kids("signing")

    operator.told("rotate", "--lead", "1h")
    assert operator.kids("signing") == before
    (successor,) = operator.kids("next")
    operator.clock.advance(timedelta(hours=1))

    assert operator.kids("signing") == [successor]
    assert operator.kids("verifying") == before
    assert len(operator.kids("signing", "api")) == 1


def test_rotate_can_change_the_algorithm(operator: Operator) -> None:
    operator.told("rotate", "--alg", "ES256")

    algorithms = {key["state"]: key["algorithm"] for key in operator.data("list")["keys"]}
    assert algorithms == {"signing": "EdDSA", "next": "ES256"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--lead", "5m"), "at least 301s is needed"),
        (("--lead", "0s"), "JAVUMBO_JWKS_MAX_AGE"),
    ],
)
def test_rotate_refuses_a_lead_that_others_would_notice(
    operator: Operator, arguments: tuple[str, ...], reason: str
) -> None:
    before = operator.snapshot()

    assert reason in operator.refused("rotate", *arguments)
    assert operator.snapshot() == before


def test_rotate_refuses_a_duration_that_is_none(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        operator.run("rotate", "--lead", "soon")

    assert "must be a duration such as" in capsys.readouterr().err


def test_rotate_twice_is_refused_and_changes_nothing(operator: Operator) -> None:
    operator.told("rotate")
    before = operator.snapshot()

    assert "already; nothing was changed" in operator.refused("rotate")
    assert operator.snapshot() == before


def test_rotate_for_cron_does_nothing_while_the_newest_key_is_young(operator: Operator) -> None:
    before = operator.snapshot()

    said = operator.told("rotate", "--if-older-than", "30d")
    assert operator.snapshot() == before
    assert operator.data("rotate", "--if-older-than", "30d")["changed"] is False
    assert operator.data("prune")["changed"] is False
    operator.clock.advance(timedelta(days=30))
    operator.told("rotate", "--if-older-than", "30d")

    assert said.count("nothing to do") == 2
    assert len(operator.snapshot()) == len(before) + 2


def test_a_dry_run_says_what_would_be_done_and_does_nothing(operator: Operator) -> None:
    (kid,) = operator.kids("signing")
    operator.told("revoke", *operator.kids("signing", "api"), "--yes")
    before = operator.snapshot()

    for command in (["rotate"], ["revoke", kid], ["revoke", "--all"], ["prune"]):
        assert "dry run" in operator.told(*command, "--dry-run")

    assert operator.snapshot() == before


def test_prune_takes_out_what_is_over_and_its_files(operator: Operator) -> None:
    (old,), (api,) = operator.kids("signing"), operator.kids("signing", "api")
    operator.told("rotate", "--purpose", "session")
    operator.told("revoke", api, "--yes")
    operator.clock.advance(timedelta(days=31))

    operator.told("prune")

    left = operator.snapshot()
    assert f"{old}.pem" not in left
    assert f"{api}.pem" not in left
    assert len(operator.folder.document().entries) == 2
    assert operator.folder.document().revoked == {api}
    assert "nothing to prune" in operator.told("prune")


def test_without_a_ring_every_command_says_how_to_make_one(
    tmp_path: Path, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Operator(tmp_path, clock, capsys)

    for command in (["list"], ["rotate"], ["revoke", "--all", "--yes"], ["prune"], ["check", "http://127.0.0.1:9"]):
        assert "python -m auth keys init" in operator.refused(*command)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_named(operator: Operator) -> None:
    operator.environ["JAVUMBO_REFRESH_IDLE"] = "soon"

    assert operator.refused("list").startswith("JAVUMBO_REFRESH_IDLE: ")


def test_commands_at_once_do_not_undo_each_other(operator: Operator) -> None:
    threads = [Thread(target=operator.run, args=("rotate", "--purpose", purpose.value)) for purpose in Purpose]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(operator.folder.document().entries) == 4


def test_it_is_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVUMBO_DATA", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["python -m auth", "keys", "init"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("auth", run_name="__main__")

    assert ended.value.code == 0
    assert KeyStore(KeyFolder(tmp_path / "keys")).fault is None
