import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from auth.keys import SigningKey
from auth.keystore import KeyStore
from auth.ring_document import Purpose, RingDocument, RingEntry
from auth.ring_reports import behind
from auth.ring_watcher import RingWatcher
from auth.settings import AuthSettings
from tests.clocks import NOON

ME = os.getpid()
LONG_AGO = (0, 0)


@pytest.fixture
def watcher(store: KeyStore, auth_settings: AuthSettings) -> Iterator[RingWatcher]:
    watcher = RingWatcher(store, auth_settings)
    yield watcher
    watcher.stop()


@pytest.fixture
def run(auth_settings: AuthSettings) -> Path:
    return auth_settings.run_folder


def add_key(store: KeyStore) -> tuple[SigningKey, str]:
    """Another key in the folder, and the digest of the ring that has it."""
    key = SigningKey.generate()
    entry = RingEntry(key.kid, key.algorithm, Purpose.SESSION, NOON, NOON + timedelta(hours=1))
    document = store.folder.document()
    return key, store.folder.write(RingDocument([*document.entries, entry], document.revoked), [key])


def test_the_first_look_reports_the_ring_in_force(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    watcher.look()

    assert behind(run, store.digest) == []
    assert behind(run, "another") == [ME]


def test_before_the_first_look_nothing_is_written(watcher: RingWatcher, run: Path) -> None:
    assert not run.exists()


def test_a_changed_ring_is_in_force_and_reported_after_a_look(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    watcher.look()
    key, digest = add_key(store)
    assert behind(run, digest) == [ME]

    watcher.look()

    assert key.kid in store.ring.keys
    assert behind(run, digest) == []


def test_a_look_that_finds_nothing_new_writes_nothing(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    watcher.look()
    (path,) = run.glob(f"ring-{ME}-*")
    os.utime(path, ns=LONG_AGO)

    watcher.look()

    assert path.stat().st_mtime_ns == 0


def test_a_ring_that_cannot_be_used_is_not_reported(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    watcher.look()
    digest = store.digest
    store.folder.ring_file.write_bytes(b"garbage")

    watcher.look()

    assert store.fault is not None
    assert behind(run, digest) == []


def test_where_it_cannot_be_said_the_ring_is_in_force_all_the_same(
    store: KeyStore, watcher: RingWatcher, run: Path
) -> None:
    run.write_text("in the way")
    key, _ = add_key(store)

    with pytest.raises(OSError):
        watcher.look()

    assert key.kid in store.ring.keys


def test_what_could_not_be_said_is_said_by_the_next_look(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    run.write_text("in the way")
    with pytest.raises(OSError):
        watcher.look()
    run.unlink()

    watcher.look()

    assert behind(run, store.digest) == []


def test_what_could_not_be_written_is_written_by_the_next_look(
    store: KeyStore, watcher: RingWatcher, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full, pytest.raises(OSError, match="No space left"):
        full.setattr(os, "pwrite", refuse)
        watcher.look()
    assert behind(run, store.digest) == [ME], "it says nothing yet"

    watcher.look()

    assert behind(run, store.digest) == []


def test_stopping_removes_the_report(watcher: RingWatcher, run: Path) -> None:
    watcher.look()

    watcher.stop()

    assert list(run.iterdir()) == []


def test_stopping_before_the_first_look_and_twice_is_harmless(watcher: RingWatcher, run: Path) -> None:
    watcher.stop()
    watcher.stop()

    assert not run.exists()


def test_a_look_after_the_stop_reports_the_ring_again(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    watcher.look()
    watcher.stop()

    watcher.look()

    assert behind(run, store.digest) == []


def test_a_start_says_at_once_which_ring_the_process_has(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    watcher.start()

    assert behind(run, "another") == [ME]
    assert behind(run, store.digest) == []


def test_a_start_that_cannot_say_so_is_made_up_for_later(store: KeyStore, watcher: RingWatcher, run: Path) -> None:
    run.write_text("in the way")
    watcher.start()
    run.unlink()

    watcher.look()

    assert behind(run, store.digest) == []
