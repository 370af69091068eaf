import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from auth.errors import KeyUnavailable, NoSigningKey, UnknownKey
from auth.key_folder import KeyFolder
from auth.keys import SigningKey
from auth.keystore import KeyStore
from auth.ring_document import Purpose, RingDocument, RingEntry
from auth.settings import AuthSettings
from tests.clocks import NOON


def replace_by_a_folder(folder: KeyFolder) -> None:
    folder.ring_file.unlink()
    folder.ring_file.mkdir()


DAMAGE: dict[str, Callable[[KeyFolder], object]] = {
    "cut in half": lambda folder: folder.ring_file.write_bytes(folder.ring_file.read_bytes()[:100]),
    "empty": lambda folder: folder.ring_file.write_bytes(b""),
    "garbage": lambda folder: folder.ring_file.write_bytes(b"\xff\x00garbage"),
    "another document": lambda folder: folder.ring_file.write_bytes(b'{"keys": 5, "revoked": []}'),
    "readable by others": lambda folder: folder.ring_file.chmod(0o644),
    "gone": lambda folder: folder.ring_file.unlink(),
    "a folder": replace_by_a_folder,
}


@pytest.fixture
def folder(store: KeyStore) -> KeyFolder:
    return store.folder


def signing(store: KeyStore, purpose: Purpose = Purpose.SESSION) -> SigningKey:
    return store.ring.signing_key(purpose, NOON)


def add_key(folder: KeyFolder, begins: timedelta = timedelta(0)) -> SigningKey:
    key = SigningKey.generate()
    entry = RingEntry(key.kid, key.algorithm, Purpose.SESSION, NOON, NOON + begins)
    document = folder.document()
    folder.write(RingDocument([*document.entries, entry], document.revoked), [key])
    return key


def revoke(folder: KeyFolder, kid: str) -> None:
    document = folder.document()
    folder.write(RingDocument(document.entries, document.revoked | {kid}))


def test_a_change_is_noticed(store: KeyStore, folder: KeyFolder) -> None:
    key = add_key(folder, timedelta(seconds=-1))

    store.reload()

    assert store.ring.verifying_key(key.kid, NOON)[0].kid == key.kid
    assert store.fault is None


def test_without_a_change_the_ring_stays_and_nothing_is_read(store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = store.ring
    monkeypatch.setattr(KeyFolder, "read", lambda _: pytest.fail("it was read"))

    store.reload()

    assert store.ring is ring


def test_a_new_ring_remembers_no_token_of_the_old_one(store: KeyStore, folder: KeyFolder) -> None:
    memory = store.ring.memory
    add_key(folder)

    store.reload()

    assert store.ring.memory is not memory


@pytest.mark.parametrize("damage", sorted(DAMAGE))
def test_a_ring_that_cannot_be_used_leaves_the_one_before_in_force(
    store: KeyStore, folder: KeyFolder, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = store.ring
    DAMAGE[damage](folder)

    store.reload()

    assert store.fault is not None
    assert "ring.json" in store.fault
    assert signing(store).kid == before.signing_key(Purpose.SESSION, NOON).kid
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


@pytest.mark.parametrize("damage", sorted(DAMAGE))
def test_mending_is_noticed_and_told_once(auth_settings: AuthSettings, store: KeyStore, damage: str) -> None:
    told: list[bool] = []
    watched = KeyStore(store.folder, on_fault=told.append)
    data = store.folder.ring_file.read_bytes()
    DAMAGE[damage](store.folder)
    for _ in range(3):
        watched.reload()

    if store.folder.ring_file.is_dir():
        store.folder.ring_file.rmdir()
    store.folder.ring_file.write_bytes(data)
    store.folder.ring_file.chmod(0o600)
    watched.reload()

    assert watched.fault is None
    assert told == [True, False]


def test_what_a_ring_revokes_is_revoked_even_if_nothing_else_can_be_made_of_it(
    store: KeyStore, folder: KeyFolder
) -> None:
    kid, other = signing(store).kid, signing(store, Purpose.API).kid
    folder.ring_file.write_text(json.dumps({"keys": "damaged", "revoked": [kid]}))

    store.reload()

    with pytest.raises(UnknownKey):
        store.ring.verifying_key(kid, NOON)
    assert store.ring.verifying_key(other, NOON)[0].kid == other
    assert store.fault is not None


def test_a_copy_put_back_brings_no_revoked_key_back(store: KeyStore, folder: KeyFolder) -> None:
    kid, copy = signing(store).kid, folder.ring_file.read_bytes()
    revoke(folder, kid)
    store.reload()

    folder.ring_file.write_bytes(copy)
    store.reload()

    assert store.fault is None
    with pytest.raises(UnknownKey):
        store.ring.verifying_key(kid, NOON)


def test_a_passphrase_that_is_missing_for_a_while_is_a_fault_that_mends_itself(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a passphrase")
    settings = AuthSettings.from_environ({"JAVUMBO_DATA": str(tmp_path), "JAVUMBO_KEYS_PASSPHRASE_FILE": str(secret)})
    folder = KeyFolder(settings.key_folder, lambda: settings.passphrase)
    folder.create(NOON)
    secret.unlink()

    store = KeyStore(folder)
    fault = store.fault
    secret.write_text("a passphrase")
    store.reload()

    assert "JAVUMBO_KEYS_PASSPHRASE_FILE" in str(fault)
    assert store.fault is None
    assert signing(store).kid in store.ring.keys


def test_a_key_is_revoked_though_the_file_of_another_cannot_be_read(store: KeyStore, folder: KeyFolder) -> None:
    kid, other = signing(store).kid, signing(store, Purpose.API).kid
    successor = add_key(folder)
    (folder.path / f"{other}.pem").write_text("damaged")
    revoke(folder, kid)

    store.reload()

    with pytest.raises(UnknownKey):
        store.ring.verifying_key(kid, NOON)
    assert signing(store).kid == successor.kid
    assert store.ring.verifying_key(other, NOON)[0].kid == other, "it is in memory still"
    assert other in str(store.fault)


def test_while_a_fault_lasts_what_is_remembered_survives(store: KeyStore, folder: KeyFolder) -> None:
    other = signing(store, Purpose.API).kid
    (folder.path / f"{other}.pem").unlink()
    add_key(folder)
    store.reload()
    ring = store.ring

    store.reload()

    assert store.fault is not None
    assert store.ring is ring


def test_a_process_that_begins_with_an_unreadable_ring_knows_that_it_knows_nothing(
    store: KeyStore, folder: KeyFolder
) -> None:
    kid = signing(store).kid
    folder.ring_file.write_text("garbage")

    born_now = KeyStore(folder)

    with pytest.raises(KeyUnavailable):
        born_now.ring.verifying_key(kid, NOON)
    with pytest.raises(NoSigningKey):
        signing(born_now)
    assert born_now.digest == ""


def test_a_process_that_begins_with_an_unreadable_key_serves_the_others(store: KeyStore, folder: KeyFolder) -> None:
    kid, other = signing(store).kid, signing(store, Purpose.API).kid
    (folder.path / f"{other}.pem").unlink()

    born_now = KeyStore(folder)

    assert born_now.ring.verifying_key(kid, NOON)[0].kid == kid
    with pytest.raises(KeyUnavailable):
        born_now.ring.verifying_key(other, NOON)


def test_a_revoked_key_needs_no_file(store: KeyStore, folder: KeyFolder) -> None:
    kid = signing(store).kid
    revoke(folder, kid)
    (folder.path / f"{kid}.pem").unlink()

    assert KeyStore(folder).fault is None
