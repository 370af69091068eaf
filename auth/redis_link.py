"""One Redis as this process sees it: up, or down with a reason."""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.retry import Retry

from auth.clock import Clock
from auth.errors import RedisDown, RedisRefused
from auth.redis_safety import forgets_at_restart, server_of, why_unsafe
from auth.redis_url import address_of, options_of

COMMAND_TIMEOUT = 0.2
# How long a reader may let Redis block; its own timeout lies clearly above, or every quiet second would be a fault.
FEED_BLOCK = 1.0
FEED_TIMEOUT = 2.5
_NOT_TRIED = "not tried yet"
_UNANSWERED = "its user must be allowed to PING and to ask for INFO (+ping +info)"
# More than a worker has threads: to want another connection must never look like a Redis that is gone.
_CONNECTIONS = 1000
# One that has become read only is no longer the server that was looked at.
_GONE = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.ReadOnlyError,
    exceptions.InvalidResponse,
)

# A name that cannot be one, or a file of certificates that is not there, is no error of the client's own.
_UNANSWERING = (exceptions.RedisError, OSError, ValueError)

log = logging.getLogger("javumbo.redis")


def jitter() -> float:
    """Return how long to wait before the next try, so that not every worker tries at once."""
    return random.uniform(0.5, 1.5)  # noqa: S311 - spreads the tries, guards nothing


class RedisLink:
    """One Redis as this process sees it. Only the background tries it; whoever wants it while down is told at once."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        on_state: Callable[[bool], None] = lambda _: None,
        pause: Callable[[], float] = jitter,
    ) -> None:
        self._address = address_of(url)
        self._clock = clock
        self._on_state = on_state
        self._pause = pause
        self._commands = _client(url, COMMAND_TIMEOUT)
        self._feed = _client(url, FEED_TIMEOUT)
        self._lock = Lock()
        self._fault: str | None = _NOT_TRIED
        self._times_up = 0
        self._next_try = clock.monotonic()

    @property
    def is_up(self) -> bool:
        """Whether it answered when last asked."""
        return self._fault is None

    @property
    def fault(self) -> str | None:
        """Why it is down, if it is."""
        return self._fault

    def look(self) -> None:
        """While it is down, try once in a while whether it is up again, and one to rely on. For the background."""
        if self.is_up or self._clock.monotonic() < self._next_try:
            return
        self._next_try = self._clock.monotonic() + self._pause()
        try:
            info = _ask(self._commands)
        except exceptions.NoPermissionError:
            self._refuse(_UNANSWERED)
        except _UNANSWERING as error:
            self._stay_down(str(error))
        else:
            self._judge(info)

    @contextmanager
    def commands(self) -> Iterator[Redis]:
        """Lend the client for quick commands. RedisDown, at once while it is down; RedisRefused, and it stays up."""
        with self._lend(self._commands) as client:
            yield client

    @contextmanager
    def feed(self) -> Iterator[Redis]:
        """Lend the client for a reader that blocks up to FEED_BLOCK. RedisDown and RedisRefused alike."""
        with self._lend(self._feed) as client:
            yield client

    def close(self) -> None:
        """Close every connection but those at which a reader waits: to it, that would be a Redis that is gone."""
        for client in (self._commands, self._feed):
            client.connection_pool.disconnect(inuse_connections=False)

    @contextmanager
    def _lend(self, client: Redis) -> Iterator[Redis]:
        with self._lock:
            fault, times_up = self._fault, self._times_up
        if fault is not None:
            raise RedisDown(fault)
        try:
            yield client
        except _GONE as error:
            self._fall(times_up, str(error))
            raise RedisDown(str(error)) from error
        except exceptions.RedisError as error:
            raise RedisRefused(str(error)) from error

    def _judge(self, info: dict[str, Any]) -> None:
        if unsafe := why_unsafe(info):
            self._refuse(unsafe)
        else:
            self._rise(info)

    def _rise(self, info: dict[str, Any]) -> None:
        with self._lock:
            self._fault = None
            self._times_up += 1
            log.info("Redis is up", extra={"redis": self._address, "server": server_of(info)})
            if forgets_at_restart(info):
                log.warning("Redis forgets when it restarts: appendonly is no", extra={"redis": self._address})
            self._on_state(True)  # noqa: FBT003 - the state is all there is to say

    def _fall(self, times_up: int, reason: str) -> None:
        with self._lock:
            # A command that began before the last time it came up says nothing of it now.
            if self._fault is not None or self._times_up != times_up:
                return
            self._next_try = self._clock.monotonic() + self._pause()
            self._tell_down(reason)
        # What is open leads to a server that may be there no more, and would be waited for once each.
        for client in (self._commands, self._feed):
            client.connection_pool.disconnect(inuse_connections=False)

    def _stay_down(self, reason: str) -> None:
        with self._lock:
            if self._fault == _NOT_TRIED:
                self._tell_down(reason)
            self._fault = reason

    def _refuse(self, unsafe: str) -> None:
        with self._lock:
            was, self._fault = self._fault, unsafe
            if was == unsafe:
                return
            log.critical("Redis is not used: %s", unsafe, extra={"redis": self._address})
            if was == _NOT_TRIED:
                self._on_state(False)  # noqa: FBT003

    def _tell_down(self, reason: str) -> None:
        self._fault = reason
        log.warning("Redis is down", extra={"redis": self._address, "reason": reason})
        self._on_state(False)  # noqa: FBT003


def find_fault(url: str) -> str | None:
    """Ask a Redis once, and return why it cannot be used, if it cannot: for a start, which says so in one sentence."""
    client = _client(url, COMMAND_TIMEOUT)
    try:
        return why_unsafe(_ask(client))
    except exceptions.NoPermissionError:
        return _UNANSWERED
    except _UNANSWERING as error:
        return str(error)
    finally:
        client.close()


def _ask(client: Redis) -> dict[str, Any]:
    client.ping()
    info: dict[str, Any] = client.info()
    return info


def _client(url: str, timeout: float) -> Redis:
    ours = {
        "socket_connect_timeout": COMMAND_TIMEOUT,
        "socket_timeout": timeout,
        # Ten tries of its own, by default, would make a dead Redis a wait of seconds.
        "retry": Retry(NoBackoff(), 0),
        # RESP3 would bring a HELLO and notifications on each connection, and driver_info two CLIENT SETINFO.
        "protocol": 2,
        "driver_info": None,
        "max_connections": _CONNECTIONS,
    }
    # Not Redis.from_url: there, what the URL says of timeouts would win.
    return Redis.from_pool(ConnectionPool(**{**options_of(url), **ours}))
