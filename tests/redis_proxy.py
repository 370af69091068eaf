"""What stands between a worker and its Redis: it counts commands, and can be cut, frozen and slowed down."""

import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Self

_CHUNK = 65536


class RedisProxy:
    """A socket in front of a server's socket. What one worker is given can be cut while the others go on."""

    def __init__(self, target: Path, path: Path) -> None:
        self.path = path
        self.connections: list[Counter[str]] = []
        self._target = target
        self._delay = 0.0
        self._flows = threading.Event()
        self._flows.set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    @property
    def commands(self) -> Counter[str]:
        """How often each command was sent, in capitals, over all connections there have been."""
        with self._lock:
            return sum(self.connections, Counter())

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        with self._lock:
            listener, self._listener = self._listener, None
            dropped, self._open = self._open, set()
        if listener is not None:
            _hang_up(listener)
            self.path.unlink()
        for connection in dropped:
            _hang_up(connection)

    def freeze(self) -> None:
        """Take new connections and what is sent, and pass nothing on."""
        self._flows.clear()

    def slow(self, seconds: float) -> None:
        """Pass every piece of what a client sends on so much later."""
        self._delay = seconds

    def mend(self) -> None:
        """Let everything through again."""
        self._delay = 0.0
        self._flows.set()
        if self._listener is None:
            self._listen()

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._flows.set()
        for thread in self._threads:
            thread.join(10)

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.path))
        listener.listen(128)
        self._listener = listener
        self._begin(self._accept, listener)

    def _accept(self, listener: socket.socket) -> None:
        with listener, suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                with self._lock:
                    if self._listener is not listener:
                        client.close()
                        server.close()
                        return
                    self._open |= {client, server}
                    count: Counter[str] = Counter()
                    self.connections.append(count)
                self._begin(self._serve, client, server, count)

    def _serve(self, client: socket.socket, server: socket.socket, count: Counter[str]) -> None:
        with client, server:
            try:
                server.connect(str(self._target))
            except OSError:
                _hang_up(client)
                return
            back = self._begin(self._pass_back, server, client)
            self._pass_on(client, server, count)
            back.join(10)

    def _pass_on(self, client: socket.socket, server: socket.socket, count: Counter[str]) -> None:
        reader = CommandReader()
        with suppress(OSError):
            while sent := client.recv(_CHUNK):
                names = reader.feed(sent)
                with self._lock:
                    count.update(names)
                time.sleep(self._delay)
                self._flows.wait()
                server.sendall(sent)
        _hang_up(server)

    def _pass_back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while answered := server.recv(_CHUNK):
                self._flows.wait()
                client.sendall(answered)
        _hang_up(client)

    def _begin(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
        return thread


class CommandReader:
    """Reads the names of commands from what a client sends: arrays of strings, in pieces of any length."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, sent: bytes) -> list[str]:
        """Return the names of the commands that are complete now."""
        self._rest += sent
        names = []
        while (command := _first_command(self._rest)) is not None:
            name, length = command
            names.append(name)
            self._rest = self._rest[length:]
        return names


def _first_command(sent: bytes) -> tuple[str, int] | None:
    line_end = sent.find(b"\r\n")
    if line_end < 0:
        return None
    assert sent.startswith(b"*"), sent
    position, strings = line_end + 2, []
    for _ in range(int(sent[1:line_end])):
        line_end = sent.find(b"\r\n", position)
        if line_end < 0:
            return None
        start, length = line_end + 2, int(sent[position + 1 : line_end])
        position = start + length + 2
        if len(sent) < position:
            return None
        strings.append(sent[start : start + length])
    return strings[0].decode().upper(), position


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
