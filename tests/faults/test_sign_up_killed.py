"""A sign-up killed at each SQL statement, fsync and link: a whole account, or none and the name free."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from api.account.accounts import NewAccount
from api.account.sessions import SignIn
from api.collection import decks
from api.server import prepare
from api.services import Services, build_services
from api.settings import Settings
from api.store import accounts, engine
from auth.clock import SystemClock
from auth.passwords import Passwords

PASSWORD = "correct horse battery"
ANNA = NewAccount("anna", "Anna", PASSWORD)


class Killer:
    """Counts what a process does to its files, and kills it at the n-th time."""

    def __init__(self, at: int) -> None:
        self._left = at

    def tick(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            self.tick()
            return function(*arguments, **named)

        return called

    def watch(self) -> None:
        connect = engine.connect

        def watched(*arguments: Any, **named: Any) -> engine.Connection:
            connection = connect(*arguments, **named)
            connection.set_trace_callback(self.tick)
            return connection

        engine.connect = watched
        for name in ("fsync", "link", "rename", "unlink", "rmdir"):
            setattr(os, name, self.before(getattr(os, name)))


def build(settings: Settings, passwords: Passwords) -> Services:
    return build_services(settings, passwords=passwords)


def sign_up_and_die(settings: Settings, passwords: Passwords, at: int) -> NoReturn:
    services = build(settings, passwords)
    Killer(at).watch()
    services.accounts.create(ANNA)
    os._exit(0)


def killed_at(settings: Settings, passwords: Passwords, at: int) -> bool:
    """Sign up in a process of its own; tell whether it was killed before it was done."""
    pid = os.fork()
    if pid == 0:
        sign_up_and_die(settings, passwords, at)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def assert_whole(services: Services) -> None:
    opened = services.sessions.sign_in(SignIn("anna", PASSWORD, "web", "127.0.0.1"))
    with services.collections.reading(opened.account.user_id) as collection:
        listed = decks.page(collection, "", 10)
        cards = collection.connection.execute("SELECT count(*) FROM cards").fetchone()[0]
    assert [deck.name for deck in listed] == ["MyFirstDeck", "Verbal Tenses"]
    assert cards == 108


def assert_whole_or_nothing(settings: Settings, passwords: Passwords) -> bool:
    """Return whether the account is there; if it is not, the name must be free."""
    services = build(settings, passwords)
    with services.accounts.file.reading() as connection:
        exists = accounts.by_username(connection, "anna") is not None
    if not exists:
        services.accounts.create(ANNA)
    assert_whole(services)
    services.close()
    return exists


def attempt(folder: Path, passwords: Passwords, at: int) -> bool:
    settings = Settings.from_environ({"JAVUMBO_DATA": str(folder)})
    prepare(settings, SystemClock().now())
    was_killed = killed_at(settings, passwords, at)
    exists = assert_whole_or_nothing(settings, passwords)
    assert exists or was_killed
    return was_killed


def test_killed_at_the_nth_step(tmp_path: Path, cheap_passwords: Passwords) -> None:
    at = 1
    while attempt(tmp_path / str(at), cheap_passwords, at):
        at += 1

    assert at > 2 * 108, "it must have been killed in the midst of the cards, too"
