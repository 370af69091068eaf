"""What rotating, revoking and pruning make of a ring: pure functions, from one document to the next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from auth.errors import RotationRefused
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry, State
from auth.settings import DAY, AuthSettings

API_TOKEN_MAX = 365 * DAY
"""Longest life of an API token."""

RELOAD = timedelta(seconds=1)
"""How often a worker looks whether the ring has changed."""


@dataclass(frozen=True)
class Change:
    """A new document, the keys it adds, and what there is to say about it."""

    document: RingDocument
    new_keys: tuple[SigningKey, ...] = ()
    sentences: tuple[str, ...] = ()


def longest_life(settings: AuthSettings, purpose: Purpose) -> timedelta:
    """Return how long the longest-lived token that a key of this purpose signs may be used."""
    return API_TOKEN_MAX if purpose is Purpose.API else max(settings.access_ttl, settings.refresh_idle)


def kept_for(settings: AuthSettings, purpose: Purpose) -> timedelta:
    """Return how long a key verifies after it has signed its last token: as long as that lives, and clocks differ."""
    return longest_life(settings, purpose) + settings.clock_margin


def shortest_lead(settings: AuthSettings) -> timedelta:
    """Return how long a new key must be known before it signs: until every copy of the JWKS and every worker has it."""
    return settings.jwks_max_age + RELOAD


def rotate(
    document: RingDocument, purpose: Purpose, key: SigningKey, now: datetime, lead: timedelta, kept: timedelta
) -> Change:
    """Add a key that signs after the lead; the one it follows is kept for a while after that, see `kept_for`.

    RotationRefused if another key waits to sign already.
    """
    for entry in document.waiting(purpose, now):
        raise RotationRefused(
            f"{entry.kid} will sign for {purpose.value} from {text(entry.sign_from)} on already; nothing was changed"
        )
    sign_from = _next_whole_second(now + lead)
    successor = RingEntry(key.kid, key.algorithm, purpose, _whole_second(now), sign_from)
    entries = _followed(document, purpose, sign_from + kept)
    sentence = f"{key.kid} ({key.algorithm.value}) will sign for {purpose.value} from {text(sign_from)} on."
    return Change(RingDocument([*entries, successor], document.revoked), (key,), (sentence,))


def is_young(document: RingDocument, purpose: Purpose, now: datetime, age: timedelta) -> bool:
    """Tell whether the newest key of this purpose was made less than this long ago."""
    return any(now - entry.created < age for entry in document.active if entry.purpose is purpose)


def revoke(document: RingDocument, kids: Iterable[str], now: datetime, usable: frozenset[str]) -> Change:
    """Revoke keys. Where that leaves nobody to sign, the key that waits does so at once, or else a new one.

    `usable` are the keys whose files can be read. RotationRefused names a key that the ring does not have.
    """
    kids = frozenset(kids)
    for unknown in kids - {entry.kid for entry in document.entries}:
        raise RotationRefused(f"the ring has no key {unknown}")
    sentences = [_what_ends(document, entry, now) for entry in document.entries if entry.kid in kids]
    changed = RingDocument(document.entries, document.revoked | kids)
    new_keys = []
    for purpose in Purpose:
        touched = [entry for entry in document.entries if entry.purpose is purpose and entry.kid in kids]
        signing = document.candidates(purpose, now)[:1]
        can_sign = any(entry.kid in usable for entry in changed.candidates(purpose, now))
        if touched and (not can_sign or signing[0] in touched):
            algorithm = (signing or touched)[0].algorithm
            changed, key = _with_successor(changed, purpose, now, algorithm, usable)
            new_keys += [key] if key else []
            successor = changed.candidates(purpose, now)[0]
            sentences.append(f"{successor.kid} ({successor.algorithm.value}) signs for {purpose.value} from now on.")
        elif signing and not changed.waiting(purpose, now):
            # Its successor may be among the revoked: then it signs on, and no end to it is known.
            changed = RingDocument(_replaced(changed, signing[0], verify_until=None), changed.revoked)
    return Change(changed, tuple(new_keys), tuple(sentences))


def prune(document: RingDocument, now: datetime) -> Change:
    """Take out the keys that are expired or revoked. Their revocations stay."""
    gone = [entry for entry in document.entries if document.state(entry, now) in (State.EXPIRED, State.REVOKED)]
    kept = [entry for entry in document.entries if entry not in gone]
    sentences = [f"{entry.kid} is {document.state(entry, now).value} and goes." for entry in gone]
    return Change(RingDocument(kept, document.revoked), (), tuple(sentences))


def safe_to_drop(document: RingDocument, entry: RingEntry, now: datetime, kept: timedelta) -> datetime | None:
    """Return the first instant at which dropping a key ends nobody's session. None while it signs, or will."""
    match document.state(entry, now):
        case State.REVOKED | State.EXPIRED:
            return now
        case State.SIGNING | State.NEXT if entry.verify_until is None:
            return None
    if entry.verify_until is not None:
        return entry.verify_until
    later = [other.sign_from for other in document.active if other.purpose is entry.purpose]
    followed = min((instant for instant in later if instant > entry.sign_from), default=None)
    return None if followed is None else followed + kept


def text(instant: datetime) -> str:
    """Return an instant as people read it."""
    return instant.strftime("%Y-%m-%d %H:%M:%S UTC")


def _followed(document: RingDocument, purpose: Purpose, until: datetime) -> list[RingEntry]:
    return [
        replace(entry, verify_until=until) if entry.purpose is purpose and entry.verify_until is None else entry
        for entry in document.entries
    ]


def _replaced(document: RingDocument, replaced: RingEntry, **changes: datetime | None) -> list[RingEntry]:
    return [replace(entry, **changes) if entry == replaced else entry for entry in document.entries]  # type: ignore[arg-type]


def _with_successor(
    document: RingDocument, purpose: Purpose, now: datetime, algorithm: Algorithm, usable: frozenset[str]
) -> tuple[RingDocument, SigningKey | None]:
    # The key that waits is in everybody's JWKS already.
    for waiting in document.waiting(purpose, now):
        if waiting.kid in usable:
            return RingDocument(_replaced(document, waiting, sign_from=_whole_second(now)), document.revoked), None
    key = SigningKey.generate(algorithm)
    successor = RingEntry(key.kid, key.algorithm, purpose, _whole_second(now), _whole_second(now))
    return RingDocument([*document.entries, successor], document.revoked), key


def _what_ends(document: RingDocument, entry: RingEntry, now: datetime) -> str:
    match document.state(entry, now):
        case State.REVOKED | State.EXPIRED as state:
            return f"{entry.kid} is {state.value} already: nobody is signed out."
        case State.NEXT:
            return f"{entry.kid} has not signed anything yet: nobody is signed out."
    what = "Every API token" if entry.purpose is Purpose.API else "Every session"
    later = [other.sign_from for other in document.active if other.purpose is entry.purpose]
    following = [instant for instant in later if entry.sign_from < instant <= now]
    until = text(min(following)) if following else "now"
    return f"{what} signed with {entry.kid}, from {text(entry.sign_from)} until {until}, ends."


def _whole_second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)


def _next_whole_second(instant: datetime) -> datetime:
    whole = _whole_second(instant)
    return whole if whole == instant else whole + timedelta(seconds=1)
