"""A sign-up killed at each SQL statement, fsync and link: a whole account, or none and the name free."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

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
        self._at = at
        self.counted = 0

    def tick(self, *_: object) -> None:
        self.counted += 1
        if self.counted == self._at:
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
    killer = Killer(at)
    killer.watch()
    services.accounts.create(ANNA)
    (settings.data / "steps").write_text(str(killer.counted))
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


def prepared(folder: Path) -> Settings:
    settings = Settings.from_environ({"JAVUMBO_DATA": str(folder)})
    prepare(settings, SystemClock().now())
    return settings


def count_steps(folder: Path, passwords: Passwords) -> int:
    settings = prepared(folder)
    assert not killed_at(settings, passwords, at=0)
    return int((settings.data / "steps").read_text())


# The index of words takes many statements for each note, one like the other.
@pytest.mark.parametrize("stride", [211, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.timeout(1200)
def test_killed_at_the_nth_step(tmp_path: Path, cheap_passwords: Passwords, stride: int) -> None:
    steps = count_steps(tmp_path / "counted", cheap_passwords)
    assert steps > 2 * 108, "it must be killed in the midst of the cards, too"

    for at in sorted({*range(1, 30), *range(30, steps, stride), *range(steps - 40, steps + 1)}):
        settings = prepared(tmp_path / str(at))
        assert killed_at(settings, cheap_passwords, at)
        assert_whole_or_nothing(settings, cheap_passwords)
        shutil.rmtree(settings.data)
