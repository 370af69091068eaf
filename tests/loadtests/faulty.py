"""The application with a fault that a load test must find: the functions that take nothing build it."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import count

from flask import Request

from api import request_log
from api.app import create_app
from api.collection import cards, decks, notes
from api.collection.notes import NewNote
from api.services import Services, build_services
from api.settings import Settings
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.quota import Purpose
from api.store.revocations import SqliteRevocationRecord
from api.store.write_lock import Patience
from auth.claims import Claims
from auth.clock import SystemClock
from auth.errors import CredentialsMissing, LimitReached
from auth.revocation_feed import RecordPage

EVERY_CARD = 500
EVERY_WRITE = 10
EVERY_ANSWER = 40
FORGOTTEN = 0.05
"""The share of requests whose caller is not known."""
MIXED_UP = 0.2
"""The share of requests whose caller is taken for the first user."""


class FaultyCollections(SqliteCollections):
    """Counts what it writes, to do some of it wrongly."""

    def __init__(self, settings: Settings) -> None:
        pool = Pool(100, Patience(settings.write_timeout.total_seconds(), settings.waiting_threads))
        super().__init__(
            settings.collections_folder, pool, SystemClock(), has_account=lambda _: True, quota=settings.quota
        )
        self._written = count(1)


class Lost(Exception):
    """What was written is not committed."""


class LosingCollections(FaultyCollections):
    """Takes every so many-th write back, though it goes on as if it were committed."""

    @contextmanager
    def writing(self, user_id: int, purpose: Purpose = Purpose.CHANGE) -> Iterator[Collection]:
        with suppress(Lost), super().writing(user_id, purpose) as collection:
            yield collection
            if next(self._written) % EVERY_WRITE == 0:
                raise Lost


class MuteCollections(FaultyCollections):
    """Fails after every so many-th write has been committed."""

    @contextmanager
    def writing(self, user_id: int, purpose: Purpose = Purpose.CHANGE) -> Iterator[Collection]:
        with super().writing(user_id, purpose) as collection:
            yield collection
        if next(self._written) % EVERY_ANSWER == 0:
            raise RuntimeError("nobody hears of this")


class MisfilingCollections(FaultyCollections):
    """Files every so many-th card under another user than the one who was told that it is there."""

    @contextmanager
    def writing(self, user_id: int, purpose: Purpose = Purpose.CHANGE) -> Iterator[Collection]:
        with super().writing(user_id, purpose) as collection:
            yield collection
        if next(self._written) % EVERY_CARD == 0:
            self._misfile(user_id, 1 if user_id != 1 else 2)

    def _misfile(self, user_id: int, other_id: int) -> None:
        with super().writing(user_id) as collection:
            card = cards.page(collection, decks.page(collection, "", 1)[0].id, 0, 10_000)[-1]
            cards.delete(collection, card.id)
        with super().writing(other_id) as collection:
            new = NewNote(card.note_type_name, dict(zip(card.field_names, card.fields, strict=True)))
            notes.add(collection, decks.page(collection, "", 1)[0].id, new)


def misfiling() -> object:
    """Build one with a store that files every 500th card that a worker writes under another user."""
    return _storing_in(MisfilingCollections)


def losing() -> object:
    """Build one with a store that acknowledges every tenth write of a worker without having committed it."""
    return _storing_in(LosingCollections)


def mute() -> object:
    """Build one that answers with an error now and then though it has committed what was asked for."""
    return _storing_in(MuteCollections)


def refusing() -> object:
    """Build one with a limiter that always refuses."""

    def refuse(_caller: Claims, _scope: str) -> None:
        raise LimitReached(("user",), 1)

    return create_app(replace(_services(), throttle=refuse))


def forgetting() -> object:
    """Build one whose workers now and then do not know a caller."""
    services = _services()

    def authenticate(request: Request) -> Claims:
        if random.random() < FORGOTTEN:
            raise CredentialsMissing
        return services.authenticate(request)

    return create_app(replace(services, authenticate=authenticate))


def mixing() -> object:
    """Build one that now and then takes a caller for the first user."""
    services = _services()

    def authenticate(request: Request) -> Claims:
        claims = services.authenticate(request)
        return replace(claims, user_id=1) if random.random() < MIXED_UP else claims

    return create_app(replace(services, authenticate=authenticate))


def relying() -> object:
    """Build one whose workers find nothing in the record of revocations, and rely on Redis alone."""

    def after(self: SqliteRevocationRecord, seq: int) -> RecordPage:
        return RecordPage(seq, ())

    def whole(self: SqliteRevocationRecord, not_before: datetime) -> RecordPage:
        return RecordPage(0, ())

    SqliteRevocationRecord.after = after  # type: ignore[method-assign]
    SqliteRevocationRecord.whole = whole  # type: ignore[method-assign]
    return create_app(_services())


def stale() -> object:
    """Build one of whose workers the first never hears of another key."""
    services = _services()
    with suppress(FileExistsError):
        (services.settings.data / "stale").touch(exist_ok=False)
        services.keystore.reload = lambda: None  # type: ignore[method-assign]
    return create_app(services)


def _storing_in(collections: type[FaultyCollections]) -> object:
    services = _services()
    return create_app(replace(services, collections=collections(services.settings)))


def _services() -> Services:
    request_log.configure()
    return build_services(Settings.from_environ(os.environ))
