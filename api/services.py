"""The only file that names concrete classes: builds everything the application is made of."""

import resource
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flask import Request, current_app

from api.account.accounts import Accounts
from api.account.api_tokens import ApiTokens
from api.account.endings import Endings
from api.account.introspection import Introspection
from api.account.limiting import Limiting
from api.account.limits import Limits, Policies
from api.account.oversight import Oversight
from api.account.purging import LOOK_EVERY, Purging
from api.account.recovery import Recovery
from api.account.refreshing import Refreshing
from api.account.revoking import Revoking
from api.account.sessions import Sessions
from api.account.token_uses import TokenUses
from api.authenticator import Authenticator
from api.client_address import ClientAddress
from api.log_sampling import LogSampling
from api.metrics import Metrics
from api.rate_limit_fields import note
from api.refused_tokens import RefusedTokens
from api.settings import DESCRIPTORS_EACH, OTHER_DESCRIPTORS, Settings, SignUp
from api.store import accounts as account_rows
from api.store.accounts_file import AccountsFile
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.revocations import SqliteRevocationRecord
from api.store.write_lock import Patience
from auth.amortised_limiter import AmortisedLimiter
from auth.background import Background, Task
from auth.claims import Claims
from auth.clock import Clock, SystemClock
from auth.device_tokens import DeviceTokens
from auth.errors import LimitReached
from auth.following import Following
from auth.key_folder import KeyFolder
from auth.keystore import KeyStore
from auth.own_buckets import OwnBuckets
from auth.passwords import Passwords
from auth.policies import Policy
from auth.redis_buckets import RedisBuckets
from auth.redis_link import RedisLink
from auth.reports import Reports
from auth.revocation_feed import RecordFollower
from auth.revocation_stream import RevocationStream
from auth.revocations import Revocations
from auth.ring_document import Purpose
from auth.ring_watcher import RingWatcher
from auth.rotation import RELOAD
from auth.session_tokens import SessionTokens
from auth.sessions import SessionRules
from auth.strict_limiter import StrictLimiter
from auth.tokens import AccessTokens

EXTENSION = "javumbo"

_WRITE_USES_EVERY = timedelta(seconds=10)


@dataclass(frozen=True)
class Services:
    """What the views work with. Tests and load tests may replace any member."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    keystore: KeyStore
    watcher: RingWatcher
    background: Background
    address_of: Callable[[Request], str]
    authenticate: Callable[[Request], Claims]
    throttle: Callable[[Claims, str], None]
    revocations: Revocations
    follower: RecordFollower
    redis: RedisLink | None
    accounts: Accounts
    sessions: Sessions
    refreshing: Refreshing
    revoking: Revoking
    introspection: Introspection
    api_tokens: ApiTokens
    recovery: Recovery
    token_uses: TokenUses
    collections: SqliteCollections
    files: tuple[AccountsFile, ...]

    def start(self) -> None:
        """Begin the work beside the requests, in the process that serves them."""
        self.watcher.start()
        self.follower.start()
        if self.redis is not None:
            self.redis.look()  # so that what is revoked first is heard of as soon as what follows
        self.background.start()

    def close(self) -> None:
        """End the work beside the requests, and close every file that is open."""
        self.background.stop()
        self.watcher.stop()
        self.collections.pool.close()
        for file in self.files:
            file.close()
        if self.redis is not None:
            self.redis.close()

    def check_ready(self) -> float:
        """Make sure that requests can be served; return the age of what is known of revocations, in seconds.

        BackgroundStalled, NoSigningKey, RevocationsUnknown, or a StoreError.
        """
        self.background.check()
        self.keystore.ring.signing_key(Purpose.SESSION, self.clock.now())
        self.revocations.require_known()
        self.accounts.check()
        return self.revocations.age or 0.0

    def warnings(self) -> list[Literal["key-ring", "redis"]]:
        """Tell what an operator should look at though requests are served."""
        # Neither is a reason to take every worker out of service: the ring before is in force, and the record is read.
        faulty: dict[Literal["key-ring", "redis"], bool] = {
            "key-ring": self.keystore.fault is not None,
            "redis": self.redis is not None and not self.redis.is_up,
        }
        return [name for name, is_faulty in faulty.items() if is_faulty]


def build_services(settings: Settings, clock: Clock | None = None, passwords: Passwords | None = None) -> Services:
    """Build the services of one process. Without a usable key ring they serve what needs none until it is mended."""
    clock = clock or SystemClock()
    passwords = passwords or Passwords(settings.hashes_at_once, settings.waiting_threads)
    metrics = Metrics(clock)
    folder = KeyFolder(settings.key_folder, lambda: settings.passphrase)
    keystore = KeyStore(folder, settings.remembered_tokens, on_fault=metrics.key_ring)
    watcher = RingWatcher(keystore, settings)
    patience = Patience(settings.write_timeout.total_seconds(), settings.waiting_threads)
    file, record_file = AccountsFile(settings.accounts_file, patience), AccountsFile(settings.accounts_file, patience)
    known = _follow(settings, record_file, clock, metrics)
    limiting = _limit(settings, known.redis, clock, metrics)
    limits, endings = limiting.limits, Endings(known.announce, metrics.revoked)
    collections = _collections(settings, patience, clock, file)
    uses = TokenUses(file, clock)
    access, devices = AccessTokens(keystore, settings, clock), DeviceTokens(keystore, settings, clock)
    address_of = ClientAddress(settings.trusted_proxies)
    refused = RefusedTokens(limiting.refused, settings.waiting_threads // 3)
    accounts = Accounts(file, collections, passwords, limits, endings, clock, is_open=settings.sign_up is SignUp.OPEN)
    tokens, rules = SessionTokens(keystore, settings, clock), SessionRules(settings)
    tasks = [
        Task("key ring", RELOAD, watcher.look),
        Task("last use of API tokens", _WRITE_USES_EVERY, uses.write, is_vital=False),
        Task("purge", LOOK_EVERY, Purging(file, clock, metrics.purged).look, is_vital=False),
        *known.tasks(),
        *limiting.tasks(),
    ]
    return Services(
        settings=settings,
        clock=clock,
        metrics=metrics,
        keystore=keystore,
        watcher=watcher,
        background=Background(tasks, clock, on_failure=metrics.background),
        address_of=address_of,
        authenticate=Authenticator(access, known.revocations, refused, uses, metrics, clock, address_of),
        throttle=limiting.throttle,
        revocations=known.revocations,
        follower=known.follower,
        redis=known.redis,
        accounts=accounts,
        sessions=Sessions(file, passwords, tokens, rules, devices, limits, endings, clock),
        refreshing=Refreshing(
            file, tokens, rules, limits, endings, clock, metrics.refreshed, metrics.replayed_elsewhere
        ),
        revoking=Revoking(file, access, tokens, limits, endings, clock),
        introspection=Introspection(file, access, tokens, rules, known.revocations, settings.issuer, clock),
        api_tokens=ApiTokens(file, accounts, access, endings, clock),
        recovery=Recovery(file, passwords, limits, endings, clock),
        token_uses=uses,
        collections=collections,
        files=(file, record_file),
    )


@dataclass(frozen=True)
class OperatorServices:
    """What the commands of operators work with: the databases alone, without keys, Redis and background work."""

    settings: Settings
    accounts: Accounts
    recovery: Recovery
    oversight: Oversight
    file: AccountsFile

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def build_operator_services(settings: Settings, clock: Clock | None = None) -> OperatorServices:
    """Build what the commands work with, beside a service that runs or is stopped. Nothing is opened or created yet."""
    clock, passwords = clock or SystemClock(), Passwords(at_once=1, waiting=0)
    patience = Patience(settings.write_timeout.total_seconds())
    file = AccountsFile(settings.accounts_file, patience)
    # The commit is all there is to do: every worker reads the record.
    endings = Endings(announce=lambda _: None, count=lambda _why, _count: None)
    collections = _collections(settings, patience, clock, file)
    # Nobody is limited who may write to the file: these are there because accounts cannot be without.
    limits = Limits(Policies.of(settings), StrictLimiter(None, OwnBuckets(clock), 1, Reports()))
    return OperatorServices(
        settings=settings,
        accounts=Accounts(
            file, collections, passwords, limits, endings, clock, is_open=settings.sign_up is SignUp.OPEN
        ),
        recovery=Recovery(file, passwords, limits, endings, clock),
        oversight=Oversight(file, endings, clock),
        file=file,
    )


def services() -> Services:
    """Return the services of the application that handles the current request."""
    found: Services = current_app.extensions[EXTENSION]
    return found


def _most_open(settings: Settings) -> int:
    # Each takes a descriptor for the database, its log, its index and its lock.
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1, min(settings.open_collections, (soft - OTHER_DESCRIPTORS) // DESCRIPTORS_EACH))


def _follow(settings: Settings, file: AccountsFile, clock: Clock, metrics: Metrics) -> Following:
    revocations = Revocations(clock, settings.revocation_max_age, on_read=metrics.knowledge)
    follower = RecordFollower(revocations, SqliteRevocationRecord(file))
    if not settings.redis_url:
        return Following(revocations, follower)
    redis = RedisLink(settings.redis_url, clock, on_state=metrics.redis)
    # Several services may share one Redis; their names begin with who issues the tokens.
    stream = RevocationStream(redis, revocations, f"{settings.issuer}:revocations", metrics.appended)
    return Following(revocations, follower, redis, stream)


def _limit(settings: Settings, redis: RedisLink | None, clock: Clock, metrics: Metrics) -> Limiting:
    sampling = LogSampling(clock)

    def tell(error: LimitReached) -> None:
        metrics.limited(error)
        sampling.sample()

    workers, reports = settings.all_workers, Reports(note, tell)
    shared = None if redis is None else RedisBuckets(redis, f"{settings.issuer}:limits", workers)

    def amortised(policy: Policy) -> AmortisedLimiter:
        return AmortisedLimiter(policy, shared, clock, reports)

    return Limiting(
        limits=Limits(Policies.of(settings), StrictLimiter(shared, OwnBuckets(clock), workers, reports)),
        users=amortised(Policy("user", settings.limit_api)),
        refused=amortised(Policy("refused", settings.limit_refused)),
    )


def _collections(settings: Settings, patience: Patience, clock: Clock, file: AccountsFile) -> SqliteCollections:
    def has_account(user_id: int) -> bool:
        with file.reading() as connection:
            return account_rows.by_id(connection, user_id) is not None

    pool = Pool(_most_open(settings), patience)
    return SqliteCollections(settings.collections_folder, pool, clock, has_account, settings.quota)
