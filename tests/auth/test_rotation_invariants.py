"""Whatever operators do and whenever, somebody signs, and what was signed is believed until its end."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from auth.errors import RotationRefused
from auth.keys import SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry, State
from auth.rotation import longest_life, prune, revoke, rotate, shortest_lead
from auth.settings import AuthSettings
from tests.clocks import NOON

SETTINGS = AuthSettings.from_environ({})
SHORTEST = shortest_lead(SETTINGS)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
FAR = NOON + 50 * 365 * DAY

PAUSES = st.one_of(
    st.timedeltas(timedelta(0), timedelta(seconds=2)),
    st.timedeltas(timedelta(0), timedelta(hours=1)),
    st.timedeltas(timedelta(0), 500 * DAY),
)


@dataclass(frozen=True)
class Rotate:
    purpose: Purpose
    lead: timedelta


@dataclass(frozen=True)
class Prune:
    pass


@dataclass(frozen=True)
class Revoke:
    """Some of the keys, by place, while some can be read."""

    revoked: frozenset[int]
    usable: frozenset[int]


PLACES = st.frozensets(st.integers(0, 7))
ROTATES = st.builds(Rotate, st.sampled_from(Purpose), st.timedeltas(SHORTEST, 3 * DAY))
PEACEFUL = st.lists(st.tuples(PAUSES, ROTATES | st.just(Prune())), max_size=10)
ANYTHING = st.lists(st.tuples(PAUSES, ROTATES | st.just(Prune()) | st.builds(Revoke, PLACES, PLACES)), max_size=10)
Steps = list[tuple[timedelta, Rotate | Prune | Revoke]]


@dataclass
class History:
    """The rings that were in force, each from an instant on."""

    rings: list[tuple[datetime, RingDocument]] = field(default_factory=list)

    def at(self, instant: datetime) -> RingDocument:
        return [ring for since, ring in self.rings if since <= instant][-1]

    def instants(self) -> set[datetime]:
        """Every instant at which something changes, and those just before it."""
        changes = {since for since, _ in self.rings}
        for _, ring in self.rings:
            changes |= {entry.sign_from for entry in ring.entries}
            changes |= {entry.verify_until for entry in ring.entries if entry.verify_until}
        return {instant for change in changes for instant in (change, change - INSTANT) if instant >= NOON} | {FAR}


def first_ring() -> RingDocument:
    keys = [(purpose, SigningKey.generate()) for purpose in Purpose]
    return RingDocument(RingEntry(key.kid, key.algorithm, purpose, NOON, NOON) for purpose, key in keys)


def take(step: Rotate | Prune | Revoke, ring: RingDocument, now: datetime) -> RingDocument:
    match step:
        case Rotate(purpose, lead):
            try:
                life = longest_life(SETTINGS, purpose)
                return rotate(ring, purpose, SigningKey.generate(), now, lead, life).document
            except RotationRefused:
                return ring
        case Prune():
            return prune(ring, now).document
        case Revoke(revoked, usable):
            kids = [entry.kid for place, entry in enumerate(ring.entries) if place in revoked]
            readable = frozenset(entry.kid for place, entry in enumerate(ring.entries) if place in usable)
            return revoke(ring, kids, now, readable).document


def history_of(steps: Steps) -> History:
    now, history = NOON, History([(NOON, first_ring())])
    for pause, step in steps:
        now += pause
        history.rings.append((now, take(step, history.rings[-1][1], now)))
    return history


def signing(ring: RingDocument, purpose: Purpose, at: datetime) -> list[RingEntry]:
    return [entry for entry in ring.entries if entry.purpose is purpose and ring.state(entry, at) is State.SIGNING]


def believed(history: History, kid: str, at: datetime) -> bool:
    ring = prune(history.at(at), at).document
    return any(entry.kid == kid and entry.verifies(at) for entry in ring.active)


@hypothesis_settings(deadline=None, max_examples=200)
@given(steps=PEACEFUL)
def test_at_every_instant_one_key_signs_and_what_it_signs_is_believed_until_its_end(steps: Steps) -> None:
    history = history_of(steps)
    instants = history.instants()

    for purpose in Purpose:
        life = longest_life(SETTINGS, purpose)
        for at in instants:
            (key,) = signing(history.at(at), purpose, at)
            moments = {at, at + life - INSTANT, *(moment for moment in instants if at <= moment < at + life)}
            assert all(believed(history, key.kid, moment) for moment in moments)


@hypothesis_settings(deadline=None, max_examples=200)
@given(steps=ANYTHING)
def test_whatever_is_revoked_one_key_signs_at_every_instant_and_it_is_none_of_the_revoked(steps: Steps) -> None:
    history = history_of(steps)

    for at in history.instants():
        for purpose in Purpose:
            (key,) = signing(history.at(at), purpose, at)
            assert key.kid not in history.at(at).revoked
            assert history.at(at).candidates(purpose, at)[0] == key


@hypothesis_settings(deadline=None, max_examples=200)
@given(steps=ANYTHING)
def test_what_is_revoked_stays_revoked(steps: Steps) -> None:
    revoked = [ring.revoked for _, ring in history_of(steps).rings]

    assert all(before <= after for before, after in itertools.pairwise(revoked))
