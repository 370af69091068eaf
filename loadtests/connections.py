"""Kept connections in one thread, each of which asks again as soon as it is answered.

Load and service share the machine: what asks must cost next to nothing, so that the figures are the service's.
"""

import re
import selectors
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_PATIENCE = 30.0


class Caller(Protocol):
    """Who asks over one connection."""

    def request(self) -> bytes:
        """Return the next request, whole."""

    def answered(self, answer: bytes, seconds: float) -> None:
        """Take the answer, and how long it took."""

    def broken(self) -> None:
        """Learn that there will be no answer: the connection has broken."""


class Connection:
    """One connection. It is opened again where the worker at its other end has died."""

    def __init__(self, url: str, caller: Caller, selector: selectors.BaseSelector) -> None:
        """Connect, and ask."""
        self._caller = caller
        self._selector = selector
        parts = urlsplit(url)
        self._address = (parts.hostname, parts.port)
        self._open()
        self._ask()

    def go_on(self, until: float) -> None:
        """Take what has come; after a whole answer ask again, or hang up if it is late enough."""
        try:
            if not self._receive():
                return
        except OSError:
            self._caller.broken()
            self._close()
            self._open()
        if time.monotonic() < until:
            self._ask()
        else:
            self._close()

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=_PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._socket, selectors.EVENT_READ, self)

    def _close(self) -> None:
        self._selector.unregister(self._socket)
        self._socket.close()

    def _ask(self) -> None:
        self._received, self._asked_at = b"", time.monotonic()
        # Where the connection is broken, reading tells.
        with suppress(OSError):
            self._socket.sendall(self._caller.request())

    def _receive(self) -> bool:
        came = self._socket.recv(65536)
        if not came:
            raise ConnectionResetError("the connection was closed")
        self._received += came
        if not is_complete(self._received):
            return False
        self._caller.answered(self._received, time.monotonic() - self._asked_at)
        return True


def is_complete(received: bytes) -> bool:
    """Tell whether an answer is there to its last byte."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def ask_for(url: str, callers: Iterable[Caller], seconds: float) -> None:
    """Let everybody ask for so long, each over one connection; what was asked by then is waited for."""
    until = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for caller in callers:
            Connection(url, caller, selector)
        while selector.get_map():
            for key, _ in selector.select(_PATIENCE):
                key.data.go_on(until)
