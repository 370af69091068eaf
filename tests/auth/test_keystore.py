import json
import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auth import keystore
from auth.errors import KeyRingInvalid
from auth.keyring import Purpose, RingKey
from auth.keys import SigningKey
from auth.keystore import KeyStore
from tests.clocks import NOON


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "deep" / "keys"
    keystore.create(folder, NOON)
    return folder


def change(folder: Path, how: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "ring.json"
    document = json.loads(path.read_text())
    how(document)
    path.write_text(json.dumps(document))


def test_a_new_ring_has_a_key_for_each_purpose_that_signs_at_once(folder: Path) -> None:
    ring = KeyStore(folder).ring

    signing = {ring.signing_key(purpose, NOON).kid for purpose in Purpose}

    assert len(signing) == 2
    assert {jwk["kid"] for jwk in ring.jwks(NOON)["keys"]} == signing


def test_nobody_else_can_read_the_keys(folder: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


def test_a_ring_is_on_disk_before_it_has_its_name_and_so_is_the_name(
    tmp_path: Path, disk_log: list[tuple[str, str]]
) -> None:
    keystore.create(tmp_path / "keys", NOON)

    *files, building, named, last = disk_log
    assert [(verb, Path(path).suffix) for verb, path in files] == [
        ("sync", ".pem"),
        ("sync", ".pem"),
        ("sync", ".json"),
    ]
    assert building == ("sync", str(Path(files[0][1]).parent))
    assert named == ("name", str(tmp_path / "keys"))
    assert last == ("sync", str(tmp_path))


def test_a_ring_is_never_replaced(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())

    with pytest.raises(KeyRingInvalid, match="not empty"):
        keystore.create(folder, NOON)

    assert sorted(path.name for path in folder.iterdir()) == before


def test_an_empty_folder_takes_a_ring(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()

    keystore.create(tmp_path / "keys", NOON)

    assert keystore.exists(tmp_path / "keys")


def test_a_ring_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("auth.keystore._ring_document", fail)

    with pytest.raises(OSError, match="disk full"):
        keystore.create(tmp_path / "keys", NOON)

    assert list(tmp_path.iterdir()) == []


def test_a_key_may_have_an_end(folder: Path) -> None:
    until = NOON + timedelta(hours=1)
    change(folder, lambda ring: [key.update(verify_until=until.isoformat()) for key in ring["keys"]])

    ring = KeyStore(folder).ring

    assert ring.jwks(until - timedelta(seconds=1))["keys"]
    assert not ring.jwks(until)["keys"]


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    entry = RingKey(SigningKey.generate(), Purpose.API, NOON, NOON, NOON + timedelta(days=1))

    document = json.loads(keystore._ring_document([entry], revoked=["b", "a"]))

    assert document["revoked"] == ["a", "b"]
    assert document["keys"][0]["verify_until"] == (NOON + timedelta(days=1)).isoformat()


def test_a_revoked_key_needs_no_file(folder: Path) -> None:
    kid = json.loads((folder / "ring.json").read_text())["keys"][0]["kid"]
    (folder / f"{kid}.pem").unlink()
    change(folder, lambda ring: ring["revoked"].append(kid))

    assert KeyStore(folder).ring.revoked == {kid}


def test_swapped_files_are_refused(folder: Path) -> None:
    one, other = folder.glob("*.pem")
    shutil.copy(one, other)

    with pytest.raises(KeyRingInvalid, match="another key"):
        KeyStore(folder)


def test_a_missing_key_file_is_refused(folder: Path) -> None:
    next(folder.glob("*.pem")).unlink()

    with pytest.raises(KeyRingInvalid, match="cannot read"):
        KeyStore(folder)


@pytest.mark.parametrize(
    "damage",
    [
        lambda ring: ring.pop("keys"),
        lambda ring: ring.pop("revoked"),
        lambda ring: ring.update(keys=5),
        lambda ring: ring.update(revoked="a kid"),
        lambda ring: ring["keys"][0].pop("purpose"),
        lambda ring: ring["keys"][0].update(purpose="everything"),
        lambda ring: ring["keys"][0].update(alg="HS256"),
        lambda ring: ring["keys"][0].update(sign_from="2026-01-01T00:00:00"),
        lambda ring: ring["keys"][0].update(sign_from="soon"),
        lambda ring: ring["keys"][0].update(sign_from=5),
    ],
)
def test_a_damaged_ring_is_refused(folder: Path, damage: Callable[[dict[str, Any]], object]) -> None:
    change(folder, damage)

    with pytest.raises(KeyRingInvalid, match="not a key ring"):
        KeyStore(folder)


def test_a_ring_cut_short_is_refused(folder: Path) -> None:
    path = folder / "ring.json"
    path.write_bytes(path.read_bytes()[:50])

    with pytest.raises(KeyRingInvalid, match="not a key ring"):
        KeyStore(folder)
