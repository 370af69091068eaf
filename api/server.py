"""Prepares what is missing and runs gunicorn: several workers, each with threads, none sharing anything."""

import errno
import gc
import os
import resource
import shutil
import socket
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.util import import_app

import api.app  # noqa: F401 - so that it is imported once, before the workers are forked, and they start at once
from api import request_log
from api.errors import StoreError
from api.metrics import FOLDER, forget_worker
from api.redis_server import RedisServer, find_program
from api.services import EXTENSION, Services
from api.settings import Environment, Settings
from api.store import accounts_file
from api.worker import Worker
from auth import ring_reports
from auth.clock import SystemClock
from auth.errors import KeyRingInvalid
from auth.key_folder import KeyFolder
from auth.keystore import KeyStore
from auth.redis_link import find_fault
from auth.redis_url import address_of
from auth.settings import PREFIX, SettingInvalid

_PORT_ERRORS = (errno.EADDRINUSE, errno.EACCES)


def run(settings: Settings, app: str = "api.wsgi:app") -> None:
    """Serve until told to stop. SettingInvalid, before anything is started, if that cannot work."""
    prepare(settings, SystemClock().now())
    ring_reports.sweep(settings.run_folder)
    listeners = [_listen("HOST", "PORT", settings.host, settings.port)]
    if settings.metrics_address is not None:
        listeners.append(_listen("METRICS", "METRICS", *settings.metrics_address))
    _raise_descriptor_limit(settings)
    request_log.configure()
    redis = prepare_redis(settings)
    os.environ[FOLDER] = _make_folder_of_metrics()
    # What is imported stays. Frozen, it is neither walked nor copied in the workers, who end in a tenth of the time.
    gc.freeze()
    _Gunicorn(settings, listeners, app, redis).run()


def prepare(settings: Settings, now: datetime) -> None:
    """Create the data folder, the key ring and the databases where there were none before. SettingInvalid."""
    try:
        for folder in (settings.data, settings.collections_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_writable(settings.data)
        _prepare_accounts(settings)
    except (OSError, StoreError) as error:
        raise SettingInvalid("DATA", f"cannot write to the folder {settings.data} ({error})") from error
    try:
        _prepare_keys(settings, now)
    except (OSError, KeyRingInvalid) as error:
        raise SettingInvalid("KEYS", str(error)) from error


def prepare_redis(settings: Settings) -> RedisServer | None:
    """Make sure of a Redis: the one given, or one of our own, which the workers are told of. SettingInvalid."""
    if settings.redis_url:
        # Here alone, and once: a worker that is born in an outage serves.
        fault = find_fault(settings.redis_url)
        if fault and not settings.start_without_redis:
            raise SettingInvalid("REDIS_URL", f"{address_of(settings.redis_url)} cannot be used ({fault})")
        return None
    redis = RedisServer(find_program(), settings.redis_folder)
    redis.start()
    os.environ[f"{PREFIX}REDIS_URL"] = redis.url
    return redis


def _require_writable(folder: Path) -> None:
    probe = folder / ".writable"
    probe.touch()
    probe.unlink()


def _prepare_accounts(settings: Settings) -> None:
    if settings.accounts_file.exists():
        return
    if any(settings.collections_folder.glob("user_*.db")):
        raise SettingInvalid(
            "DATA", f"{settings.accounts_file} is missing though there are collections; restore it from a backup"
        )
    accounts_file.create(settings.accounts_file)


def _prepare_keys(settings: Settings, now: datetime) -> None:
    _ = settings.passphrase  # a start is told by the setting's name what is wrong with it
    folder = KeyFolder(settings.key_folder, lambda: settings.passphrase)
    if not folder.exists():
        if settings.env is Environment.PRODUCTION:
            raise SettingInvalid(
                "KEYS", f"there are no keys in {folder.path}; make them with 'python -m auth keys init'"
            )
        folder.create(now)
    if fault := KeyStore(folder).fault:
        raise SettingInvalid("KEYS", fault)


def _listen(host_setting: str, port_setting: str, host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
    except (OSError, UnicodeError) as error:
        raise SettingInvalid(host_setting, f"{host!r} is not an address of this machine ({error})") from error
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        name = port_setting if error.errno in _PORT_ERRORS else host_setting
        raise SettingInvalid(name, f"cannot listen on {host} port {port} ({error.strerror})") from error
    return listener


def _make_folder_of_metrics() -> str:
    # The workers map these files into memory: on a disk that is full, that would kill them.
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it is private
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    return tempfile.mkdtemp(prefix="javumbo-metrics-", dir=memory if usable else None)


def _raise_descriptor_limit(settings: Settings) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(settings.descriptors, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Gunicorn(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn, configured by our settings instead of its own files and options."""

    def __init__(self, settings: Settings, listeners: list[socket.socket], app: str, redis: RedisServer | None) -> None:
        self._settings = settings
        self._redis = redis
        self._addresses = [listener.getsockname()[:2] for listener in listeners]
        self._bind = [f"fd://{listener.detach()}" for listener in listeners]
        self._app = app
        self._services: Services | None = None
        super().__init__()

    def run(self) -> None:
        """Serve until told to stop."""
        _Arbiter(self, self._redis).run()

    def load_config(self) -> None:
        """Set every option that is not left at its default."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Import the application: in each worker, after the fork. What comes to the other address wants the metrics."""
        application = import_app(self._app)
        services: Services = application.extensions[EXTENSION]
        self._services = services
        metrics = services.metrics.application()
        own = tuple(map(str, self._addresses[0]))

        def dispatch(environ: dict[str, Any], start_response: Any) -> Any:
            is_own = (environ["SERVER_NAME"], environ["SERVER_PORT"]) == own
            return (application if is_own else metrics)(environ, start_response)

        return dispatch

    def _options(self) -> dict[str, Any]:
        return {
            "bind": self._bind,
            "workers": self._settings.workers,
            "worker_class": Worker,
            "threads": self._settings.threads,
            "keepalive": 30,
            "graceful_timeout": 5,
            "timeout": 60,
            "loglevel": "warning",
            # It would open a socket in the home folder, which a container may not have.
            "control_socket_disable": True,
            # "auto" takes whichever parser happens to be installed.
            "http_parser": "python",
            "when_ready": self._announce,
            "post_worker_init": lambda _: self._services.start() if self._services else None,
            "worker_exit": lambda _, worker: self._end(worker),
            "on_exit": lambda _: self._clean_up(),
            "child_exit": lambda _, worker: forget_worker(worker.pid),
        }

    def _clean_up(self) -> None:
        # Not by a `with` around all this: a worker that ends leaves it, too.
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
        if self._redis is not None:
            self._redis.stop()

    def _end(self, worker: Any) -> None:
        # A worker whose application could not be imported has none; one that ends while it starts has.
        if self._services is not None and worker.pid == os.getpid():
            self._services.close()

    def _announce(self, _: Any) -> None:
        url, *metrics = (f"http://{f'[{host}]' if ':' in host else host}:{port}" for host, port in self._addresses)
        print(f"JAVUMBO listens on {url} (documentation: {url}/docs)", flush=True)
        print(f"Its data lies in {self._settings.data.absolute()}", flush=True)
        for address in metrics:
            print(f"Its metrics are at {address}/metrics", flush=True)


class _Arbiter(Arbiter):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's parent process, which looks after our Redis as it does after its workers."""

    def __init__(self, app: _Gunicorn, redis: RedisServer | None) -> None:
        self._redis = redis
        super().__init__(app)

    def manage_workers(self) -> None:
        """Keep the workers going, and Redis. Called about once a second, in the main thread."""
        super().manage_workers()
        if self._redis is not None:
            self._redis.look()
