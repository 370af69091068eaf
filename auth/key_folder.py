"""The folder of keys on disk: one private key per file, and `ring.json`, each written whole or not at all."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from auth import disk
from auth.errors import KeyInvalid, KeyRingInvalid
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry
from auth.settings import SettingInvalid

_RING, _LOCK = "ring.json", ".lock"


def digest(data: bytes) -> str:
    """Return what tells one `ring.json` from another."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class KeyFolder:
    """A folder of keys, and where the passphrase comes from that they are encrypted with, if they are.

    It is asked for whenever it is needed: it may be changed, or missing for a while, while a process runs.
    """

    path: Path
    passphrase: Callable[[], bytes | None] = lambda: None

    @property
    def ring_file(self) -> Path:
        """The file that says what each key is for."""
        return self.path / _RING

    def exists(self) -> bool:
        """Tell whether there is a key ring, whole or damaged: anything in the folder counts."""
        return self.path.is_dir() and any(self.path.iterdir())

    def create(self, now: datetime, algorithm: Algorithm = Algorithm.EDDSA) -> None:
        """Make a ring with one key per purpose, each signing at once: all of it or nothing.

        KeyRingInvalid if the folder has anything in it, so that no key is ever replaced.
        """
        if self.exists():
            raise KeyRingInvalid(f"the key folder {self.path} is not empty; nothing was changed")
        keys = [(purpose, SigningKey.generate(algorithm)) for purpose in Purpose]
        document = RingDocument(RingEntry(key.kid, key.algorithm, purpose, now, now) for purpose, key in keys)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{self.path.name}-", dir=self.path.parent))  # mode 0700
        try:
            for _, key in keys:
                _write_new(building / f"{key.kid}.pem", key.to_pem(self.passphrase()))
            _write_new(building / _RING, document.to_json())
            disk.sync(building)
            building.rename(self.path)
        except OSError:
            shutil.rmtree(building, ignore_errors=True)
            raise
        disk.sync(self.path.parent)

    def signature(self) -> tuple[int, ...] | None:
        """Return what changes whenever `ring.json` does: one stat, and nothing is read. None if it is not there."""
        try:
            found = os.stat(self.ring_file)
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

    def read(self) -> bytes:
        """Return the text of `ring.json`. KeyRingInvalid if it cannot be read, or others could read it."""
        try:
            _require_private(self.path)
            _require_private(self.ring_file)
            return self.ring_file.read_bytes()
        except (OSError, KeyInvalid) as error:
            raise KeyRingInvalid(f"cannot be read ({error})") from error

    def document(self) -> RingDocument:
        """Return what `ring.json` says. KeyRingInvalid names the file and says what is wrong with it."""
        if not self.ring_file.exists():
            raise KeyRingInvalid(f"there is no key ring in {self.path}; make one with 'python -m auth keys init'")
        try:
            return RingDocument.from_json(self.read())
        except KeyRingInvalid as error:
            raise KeyRingInvalid(f"{self.ring_file} {error}") from error

    def key(self, entry: RingEntry) -> SigningKey:
        """Return the private key of an entry. KeyInvalid names the file and says what is wrong with it."""
        path = self.path / f"{entry.kid}.pem"
        try:
            _require_private(path)
            key = SigningKey.from_pem(path.read_bytes(), self.passphrase())
        except (OSError, KeyInvalid, SettingInvalid) as error:
            raise KeyInvalid(f"{path} cannot be used: {error}") from error
        if key.kid != entry.kid or key.algorithm is not entry.algorithm:
            raise KeyInvalid(f"{path} cannot be used: it holds another key than ring.json says")
        return key

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else change the ring meanwhile; a second command waits for the first."""
        self.document()  # where there is no ring, nothing is made for it either
        descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def write(self, document: RingDocument, new_keys: Iterable[SigningKey] = ()) -> str:
        """Put new keys beside the others and replace `ring.json`, last and at once; return its digest."""
        for key in new_keys:
            _write_new(self.path / f"{key.kid}.pem", key.to_pem(self.passphrase()))
        data = document.to_json()
        building = self.path / f".{_RING}-{os.getpid()}"
        building.unlink(missing_ok=True)
        _write_new(building, data)
        disk.sync(self.path)
        building.rename(self.ring_file)
        disk.sync(self.path)
        return digest(data)

    def discard(self, kids: Iterable[str]) -> None:
        """Delete the files of keys that the ring no longer names."""
        for kid in kids:
            (self.path / f"{kid}.pem").unlink(missing_ok=True)


def _write_new(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _require_private(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise KeyInvalid(f"others can read {path.name} (mode {mode:04o}); run 'chmod go= {path}'")
