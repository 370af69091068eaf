"""Many people with an account, a session and a collection each, made as fast as the real thing allows."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import track

from api.collection import decks, note_types, notes, starter
from api.collection.notes import NewNote
from api.server import prepare
from api.services import Services, build_services
from api.settings import Settings
from api.store import accounts, sessions
from api.store.accounts import Account
from api.store.collection import Collection
from auth import encoding
from auth.clock import SystemClock
from tests.live import NO_LIMITS, PASSWORD

_AT_ONCE = 4
"""Collections made at the same time: while one waits for the disk, others are filled."""


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, and a card of theirs."""

    token: str
    card_id: int

    @property
    def read(self) -> bytes:
        """A request for the card."""
        head = f"GET /v1/cards/{self.card_id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        return head.encode()


@contextmanager
def worker(data: Path, remembered: int = 20_000) -> Iterator[Services]:
    """Build the services of one worker; several may share a data folder. It remembers so many tokens."""
    environ = {**NO_LIMITS, "JAVUMBO_DATA": str(data), "JAVUMBO_ACCESS_TTL": "1d", "JAVUMBO_REVOCATION_MAX_AGE": "1d"}
    settings = Settings.from_environ({**environ, "JAVUMBO_REMEMBERED_TOKENS": str(remembered)})
    prepare(settings, SystemClock().now())
    with closing(build_services(settings)) as services:
        services.follower.start()
        yield services


def settle(services: Services, count: int) -> list[Person]:
    """Make people. Rows are written in one transaction, and each collection is made as signing up makes it."""
    settlers = make_accounts(services, count)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        made = pool.map(lambda one: make_collection(services, one.user_id), settlers)
        card_ids = list(track(made, description=f"{f'{count} collections':24}", total=count))
    return [Person(*one) for one in zip(open_sessions(services, settlers), card_ids, strict=True)]


def make_collection(services: Services, user_id: int) -> int:
    """Make a collection with one card, and return its id.

    The 108 cards of the starter would take eight times as long to make, and a read would be no dearer.
    """
    card_ids = []

    def fill(collection: Collection) -> None:
        note_types.add_built_in(collection)
        deck = decks.create(collection, starter.OWN_DECK)
        added = notes.add(collection, deck.id, NewNote("Basic", {"Front": "front", "Back": "back"}))
        card_ids.append(added.cards[0].id)

    services.collections.create(user_id, fill)
    return card_ids[0]


def make_accounts(services: Services, count: int) -> list[Account]:
    """Make accounts that have no collection yet, all with one password."""
    password_hash, now = services.accounts.passwords.hash(PASSWORD), services.clock.now()
    with services.accounts.file.writing() as connection:
        ids = [accounts.take_user_id(connection) for _ in range(count)]
        made = [Account(user_id, f"user{user_id}", "Somebody", password_hash, 1, now) for user_id in ids]
        for account in made:
            accounts.insert(connection, account)
    return made


def open_sessions(services: Services, holders: Iterable[Account]) -> list[str]:
    """Open a session for each holder, as signing in does once the password is right; return their access tokens."""
    rules, now = services.sessions.rules, services.clock.now()
    opened = [(one, rules.opened(encoding.random_id(), one.user_id, "web", "192.0.2.1", now)) for one in holders]
    with services.accounts.file.writing() as connection:
        for account, session in opened:
            sessions.insert(connection, account, session)
    return [services.sessions.tokens.of(session).access.text for _, session in opened]
