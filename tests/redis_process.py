"""A Redis of a test's own: a real process on a private socket, which can be stopped, killed, wiped and rolled back."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from api.redis_server import find_program
from tests.live import until

DATA = "appendonlydir"


class RedisProcess:
    """One server. Its socket keeps its name however often it is started again."""

    def __init__(self, program: Path, folder: Path, *options: str) -> None:
        self.folder = folder
        self.socket = folder / "redis.sock"
        self._program = program
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def client(self, **options: Any) -> Redis:
        return Redis(unix_socket_path=str(self.socket), socket_timeout=2, protocol=2, driver_info=None, **options)

    def start(self) -> None:
        arguments = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder), "--save", ""]
        arguments += ["--appendonly", "yes", "--appendfsync", "always", "--aof-use-rdb-preamble", "no"]
        with (self.folder / "log").open("ab") as log:
            command = [str(self._program), *arguments, *self._options]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._answers, seconds=10)

    def kill(self) -> None:
        """As a crash would."""
        os.kill(self.pid, signal.SIGKILL)
        self._wait()

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def keep_copy(self) -> None:
        """Keep what it has on disk now, to go back to."""
        shutil.copytree(self.folder / DATA, self.folder / "copy", dirs_exist_ok=True)

    def restart(self, *, empty: bool = False, from_copy: bool = False) -> None:
        self.kill()
        if empty or from_copy:
            shutil.rmtree(self.folder / DATA)
        if from_copy:
            shutil.copytree(self.folder / "copy", self.folder / DATA)
        self.start()

    def configure(self, name: str, value: str) -> None:
        with self.client() as client:
            client.config_set(name, value)

    def end(self) -> None:
        if self._process is not None:
            self.thaw()
            self._process.kill()
            self._wait()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False

    def _wait(self) -> None:
        assert self._process is not None
        self._process.wait(10)
        self._process = None


@contextmanager
def running(*options: str, program: Path | None = None) -> Iterator[RedisProcess]:
    """Run a server until the block ends; without a program, the one that the service would start."""
    # Not in the folder of the test: the path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="javumbo-test-") as folder:
        server = RedisProcess(program or find_program(), Path(folder), *options)
        try:
            server.start()
            yield server
        finally:
            server.end()
