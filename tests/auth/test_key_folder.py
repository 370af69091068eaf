import json
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from auth.errors import KeyInvalid, KeyRingInvalid
from auth.key_folder import KeyFolder, digest
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument
from tests.clocks import NOON


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    folder = KeyFolder(tmp_path / "deep" / "keys")
    folder.create(NOON)
    return folder


def change(folder: KeyFolder, how: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(folder.ring_file.read_text())
    how(document)
    folder.ring_file.write_text(json.dumps(document))


def test_a_new_ring_has_a_key_for_each_purpose_that_signs_at_once(folder: KeyFolder) -> None:
    document = folder.document()

    signing = [document.candidates(purpose, NOON)[0] for purpose in Purpose]

    assert len({entry.kid for entry in signing}) == 2
    assert {folder.key(entry).kid for entry in signing} == {entry.kid for entry in signing}


def test_a_ring_can_begin_with_another_algorithm(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys")

    folder.create(NOON, Algorithm.ES256)

    assert {folder.key(entry).algorithm for entry in folder.document().entries} == {Algorithm.ES256}


def test_nobody_else_can_read_the_keys(folder: KeyFolder) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.path.iterdir()}

    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


def test_a_ring_is_on_disk_before_it_has_its_name_and_so_is_the_name(
    tmp_path: Path, disk_log: list[tuple[str, str]]
) -> None:
    KeyFolder(tmp_path / "keys").create(NOON)

    *files, building, named, last = disk_log
    assert [(verb, Path(path).suffix) for verb, path in files] == [
        ("sync", ".pem"),
        ("sync", ".pem"),
        ("sync", ".json"),
    ]
    assert building == ("sync", str(Path(files[0][1]).parent))
    assert named == ("name", str(tmp_path / "keys"))
    assert last == ("sync", str(tmp_path))


def test_a_change_is_on_disk_before_it_counts_and_its_keys_come_first(
    folder: KeyFolder, disk_log: list[tuple[str, str]]
) -> None:
    folder.write(folder.document(), [SigningKey.generate()])

    key, ring, before, named, after = disk_log
    assert Path(key[1]).suffix == ".pem"
    assert Path(ring[1]).name.startswith(".ring.json-")
    assert named == ("name", str(folder.ring_file))
    assert before == after == ("sync", str(folder.path))


def test_a_ring_is_never_replaced_by_a_new_one(folder: KeyFolder) -> None:
    before = sorted(path.name for path in folder.path.iterdir())

    with pytest.raises(KeyRingInvalid, match="not empty"):
        folder.create(NOON)

    assert sorted(path.name for path in folder.path.iterdir()) == before


def test_an_empty_folder_takes_a_ring(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path)
    assert not folder.exists()

    folder.create(NOON)

    assert folder.exists()


def test_a_ring_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(RingDocument, "to_json", fail)

    with pytest.raises(OSError, match="disk full"):
        KeyFolder(tmp_path / "keys").create(NOON)

    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_what_is_read(folder: KeyFolder) -> None:
    document = folder.document()

    written = folder.write(RingDocument(document.entries, ["a kid"]))

    assert folder.document().revoked == {"a kid"}
    assert written == digest(folder.read())
    assert stat.S_IMODE(folder.ring_file.stat().st_mode) == 0o600


def test_every_change_has_another_signature(folder: KeyFolder) -> None:
    before = folder.signature()

    folder.write(folder.document())

    assert before != folder.signature() is not None


def test_a_ring_that_is_not_there_has_no_signature(tmp_path: Path) -> None:
    assert KeyFolder(tmp_path).signature() is None


def test_keys_can_be_encrypted(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "keys", lambda: b"a passphrase")

    folder.create(NOON)

    (entry, _) = folder.document().entries
    assert b"ENCRYPTED" in (folder.path / f"{entry.kid}.pem").read_bytes()
    assert folder.key(entry).kid == entry.kid
    with pytest.raises(KeyInvalid, match=f"{entry.kid}.pem cannot be used: .*JAVUMBO_KEYS_PASSPHRASE"):
        KeyFolder(folder.path).key(entry)


def test_a_file_that_holds_another_key_is_refused(folder: KeyFolder) -> None:
    one, other = folder.path.glob("*.pem")
    shutil.copy(one, other)
    entry = next(entry for entry in folder.document().entries if entry.kid == other.stem)

    with pytest.raises(KeyInvalid, match="another key"):
        folder.key(entry)


def test_a_missing_key_file_is_named(folder: KeyFolder) -> None:
    entry = folder.document().entries[0]
    (folder.path / f"{entry.kid}.pem").unlink()

    with pytest.raises(KeyInvalid, match=f"{entry.kid}.pem"):
        folder.key(entry)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_keys_that_others_can_read_are_refused(folder: KeyFolder, mode: int) -> None:
    entry = folder.document().entries[0]
    (folder.path / f"{entry.kid}.pem").chmod(mode)

    with pytest.raises(KeyInvalid, match="others can read .* run 'chmod go="):
        folder.key(entry)


@pytest.mark.parametrize("name", [".", "ring.json"])
def test_a_ring_that_others_can_read_is_refused(folder: KeyFolder, name: str) -> None:
    (folder.path / name).chmod(0o755)

    with pytest.raises(KeyRingInvalid, match="others can read"):
        folder.document()


def test_where_there_is_no_ring_the_command_that_makes_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyRingInvalid, match="python -m auth keys init"):
        KeyFolder(tmp_path).document()


def test_a_damaged_ring_is_named(folder: KeyFolder) -> None:
    change(folder, lambda ring: ring.pop("keys"))

    with pytest.raises(KeyRingInvalid, match="ring.json is not a key ring"):
        folder.document()


def test_who_wants_to_change_a_ring_waits_for_whoever_does(folder: KeyFolder) -> None:
    entered = Event()

    def enter() -> None:
        with folder.locked():
            entered.set()

    with ThreadPoolExecutor(1) as threads:
        with folder.locked():
            waiting = threads.submit(enter)
            assert not entered.wait(0.05)
        waiting.result(5)

    assert entered.is_set()
