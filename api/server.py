"""Prepares what is missing and runs gunicorn: several workers, each with threads, none sharing anything."""

import errno
import resource
import socket
from datetime import datetime
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from api.errors import StoreError
from api.settings import Environment, SettingInvalid, Settings
from api.store import accounts
from auth import keystore
from auth.clock import SystemClock
from auth.errors import KeyRingInvalid

_PORT_ERRORS = (errno.EADDRINUSE, errno.EACCES)


def run(settings: Settings, app: str = "api.wsgi:app") -> None:
    """Serve until told to stop. SettingInvalid, before anything is started, if that cannot work."""
    prepare(settings, SystemClock().now())
    listener = _listen(settings)
    _raise_descriptor_limit(settings)
    _Gunicorn(settings, listener, app).run()


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
    accounts.create(settings.accounts_file)


def _prepare_keys(settings: Settings, now: datetime) -> None:
    folder = settings.auth.keys
    if not keystore.exists(folder):
        if settings.env is Environment.PRODUCTION:
            raise SettingInvalid("KEYS", f"there are no keys in {folder}; make them with 'python -m auth keys init'")
        keystore.create(folder, now)
    keystore.KeyStore(folder)


def _listen(settings: Settings) -> socket.socket:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise SettingInvalid("HOST", f"{settings.host!r} is not an address of this machine ({error})") from error
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        name = "PORT" if error.errno in _PORT_ERRORS else "HOST"
        raise SettingInvalid(
            name, f"cannot listen on {settings.host} port {settings.port} ({error.strerror})"
        ) from error
    return listener


def _raise_descriptor_limit(settings: Settings) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(settings.descriptors, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Gunicorn(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """gunicorn, configured by our settings instead of its own files and options."""

    def __init__(self, settings: Settings, listener: socket.socket, app: str) -> None:
        self._settings = settings
        self._bind = f"fd://{listener.detach()}"
        self._app = app
        super().__init__()

    def load_config(self) -> None:
        """Set every option that is not left at its default."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Import the application: in each worker, after the fork."""
        return import_app(self._app)

    def _options(self) -> dict[str, Any]:
        return {
            "bind": self._bind,
            "workers": self._settings.workers,
            "worker_class": "gthread",
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
        }

    def _announce(self, arbiter: Any) -> None:
        host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        print(f"JAVUMBO listens on {url} (documentation: {url}/docs)", flush=True)
        print(f"Its data lies in {self._settings.data.absolute()}", flush=True)
