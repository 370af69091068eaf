"""The only file that names concrete classes: builds everything the application is made of."""

import resource
from collections.abc import Callable
from dataclasses import dataclass

from flask import Request, current_app

from api.account.accounts import Accounts
from api.account.sessions import Sessions
from api.collection.calendar import DAYS
from api.metrics import Metrics
from api.settings import OTHER_DESCRIPTORS, Settings
from api.store.accounts import SqliteAccounts
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.write_lock import Patience
from api.study.scheduler import Scheduler
from auth.background import Background, Task
from auth.bearer import bearer_token
from auth.claims import Claims
from auth.clock import Clock, SystemClock
from auth.key_folder import KeyFolder
from auth.keystore import KeyStore
from auth.passwords import Passwords
from auth.ring_document import Purpose
from auth.ring_watcher import RingWatcher
from auth.rotation import RELOAD
from auth.tokens import AccessTokens

EXTENSION = "javumbo"


@dataclass(frozen=True)
class Services:
    """What the views work with. Tests and load tests may replace any member."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    keystore: KeyStore
    watcher: RingWatcher
    background: Background
    authenticate: Callable[[Request], Claims]
    accounts: Accounts
    sessions: Sessions
    collections: SqliteCollections
    scheduler: Scheduler

    def start(self) -> None:
        """Begin the work beside the requests, in the process that serves them."""
        self.watcher.start()
        self.background.start()

    def close(self) -> None:
        """End the work beside the requests, and close every file that is open."""
        self.background.stop()
        self.watcher.stop()
        self.collections.pool.close()
        self.accounts.accounts.pool.close()

    def check_ready(self) -> None:
        """Make sure that requests can be served. BackgroundStalled, NoSigningKey, or a StoreError."""
        self.background.check()
        self.keystore.ring.signing_key(Purpose.SESSION, self.clock.now())
        self.accounts.accounts.by_id(0)


def build_services(settings: Settings, clock: Clock | None = None, passwords: Passwords | None = None) -> Services:
    """Build the services of one process. Without a usable key ring they serve what needs none until it is mended."""
    clock = clock or SystemClock()
    passwords = passwords or Passwords(settings.hashes_at_once, settings.waiting_threads)
    metrics = Metrics()
    folder = KeyFolder(settings.key_folder, lambda: settings.passphrase)
    keystore = KeyStore(folder, settings.remembered_tokens, on_fault=metrics.key_ring)
    watcher = RingWatcher(keystore, settings)
    tokens = AccessTokens(keystore, settings, clock)
    patience = Patience(settings.write_timeout.total_seconds(), settings.waiting_threads)
    accounts = SqliteAccounts(settings.accounts_file, Pool(1, patience))
    collections = SqliteCollections(
        settings.collections_folder,
        Pool(_most_open(settings), patience),
        clock,
        has_account=lambda user_id: accounts.by_id(user_id) is not None,
    )
    return Services(
        settings=settings,
        clock=clock,
        metrics=metrics,
        keystore=keystore,
        watcher=watcher,
        background=Background([Task("key ring", RELOAD, watcher.look)], clock, on_failure=metrics.background),
        authenticate=_authenticator(tokens),
        accounts=Accounts(accounts, collections, passwords, clock),
        sessions=Sessions(accounts, passwords, tokens, clock, settings.refresh_max),
        collections=collections,
        scheduler=Scheduler(DAYS),
    )


def services() -> Services:
    """Return the services of the application that handles the current request."""
    found: Services = current_app.extensions[EXTENSION]
    return found


def _most_open(settings: Settings) -> int:
    # Each takes a descriptor for the database, its log, its index and its lock.
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(settings.open_collections, (soft - OTHER_DESCRIPTORS) // 4))


def _authenticator(tokens: AccessTokens) -> Callable[[Request], Claims]:
    def authenticate(request: Request) -> Claims:
        token = bearer_token(request.headers.get("Authorization"), in_query="access_token" in request.args)
        return tokens.verify(token)

    return authenticate
