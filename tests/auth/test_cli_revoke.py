import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from auth.key_commands import KeyCommands
from auth.keys import SigningKey
from auth.keystore import KeyStore
from auth.ring_document import Purpose
from auth.ring_reports import RingReport
from auth.settings import AuthSettings
from tests.auth.operators import Operator


def test_revoke_makes_a_successor_that_signs_at_once(operator: Operator) -> None:
    (kid,) = operator.kids("signing")

    said = operator.told("revoke", kid, "--yes")

    assert f"Every session signed with {kid}" in said
    assert operator.kids("revoked") == [kid]
    assert len(operator.kids("signing")) == 1
    assert KeyStore(operator.folder).fault is None


def test_revoke_takes_the_beginning_of_an_id(operator: Operator) -> None:
    (kid,) = operator.kids("signing")

    operator.told("revoke", kid[:6], "--yes")

    assert operator.kids("revoked") == [kid]


@pytest.mark.parametrize("kid", ["", "AAAAAA", "x"])
def test_revoke_refuses_an_id_that_is_no_keys(operator: Operator, kid: str) -> None:
    before = operator.snapshot()

    if kid:
        assert "has no key" in operator.refused("revoke", kid, "--yes")
    else:
        with pytest.raises(SystemExit):
            operator.run("revoke", "--yes")

    assert operator.snapshot() == before


@pytest.mark.parametrize(("answer", "is_revoked"), [("y\n", True), ("YES\n", True), ("n\n", False), ("", False)])
def test_revoke_asks_first(operator: Operator, monkeypatch: pytest.MonkeyPatch, answer: str, is_revoked: bool) -> None:
    (kid,) = operator.kids("signing")
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))

    code = operator.run("revoke", kid)

    assert code == (0 if is_revoked else 2)
    assert (kid in operator.folder.document().revoked) is is_revoked


def test_revoke_all_leaves_a_new_key_for_each_purpose(operator: Operator) -> None:
    before = {*operator.kids("signing"), *operator.kids("signing", "api")}

    operator.told("revoke", "--all", "--yes")

    assert operator.folder.document().revoked == before
    assert len(operator.kids("signing")) == len(operator.kids("signing", "api")) == 1


def test_revoke_works_though_another_key_cannot_be_read_and_says_so(operator: Operator) -> None:
    (kid,), (other,) = operator.kids("signing"), operator.kids("signing", "api")
    (operator.folder.path / f"{other}.pem").write_text("damaged")

    said = operator.data("revoke", kid, "--yes")

    assert kid in operator.folder.document().revoked
    assert any(f"{other}.pem" in message for message in said["messages"])


def test_revoke_leaves_somebody_to_sign_though_the_signing_keys_file_cannot_be_read(operator: Operator) -> None:
    (old,) = operator.kids("signing")
    operator.told("rotate", "--purpose", "session")
    operator.clock.advance(timedelta(days=1))
    (signing,) = operator.kids("signing")
    (operator.folder.path / f"{signing}.pem").chmod(0o644)

    operator.told("revoke", old, "--yes")

    assert KeyStore(operator.folder).ring.signing_key(Purpose.SESSION, operator.clock.now()).kid


def test_revoke_leaves_somebody_to_sign_though_the_clock_was_stepped_back(operator: Operator) -> None:
    operator.clock.advance(timedelta(seconds=-5))

    operator.told("revoke", "--all", "--yes")

    assert KeyStore(operator.folder).ring.signing_key(Purpose.SESSION, operator.clock.now()).kid


def test_revoke_fails_if_what_it_made_cannot_be_read(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    (kid,) = operator.kids("signing")
    monkeypatch.setattr(SigningKey, "to_pem", lambda *_: b"damaged")

    assert "No key of the ring signs for session now" in operator.told("revoke", kid, "--yes", code=1)
    assert kid in operator.folder.document().revoked


def test_revoke_fails_if_a_running_process_does_not_follow(operator: Operator, tmp_path: Path) -> None:
    (kid,) = operator.kids("signing")
    report = RingReport(tmp_path / "run")
    report.write("an old ring")

    commands = KeyCommands(AuthSettings.from_environ(operator.environ), operator.clock, pause=lambda _: None)
    outcome = commands.revoke([kid], lambda _: True)
    report.close()

    assert outcome.code == 1
    assert outcome.data["behind"]
    assert "Stop them" in outcome.lines[-1]


def test_revoke_waits_until_every_running_process_has_followed(operator: Operator, tmp_path: Path) -> None:
    (kid,) = operator.kids("signing")
    report, store = RingReport(tmp_path / "run"), KeyStore(operator.folder)
    report.write(store.digest)

    def follow(_: float) -> None:
        store.reload()
        report.write(store.digest)

    commands = KeyCommands(AuthSettings.from_environ(operator.environ), operator.clock, pause=follow)
    outcome = commands.revoke([kid], lambda _: True)
    report.close()

    assert outcome.code == 0
    assert kid not in store.ring.keys
