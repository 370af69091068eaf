from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from auth.errors import RevocationsUnknown, RevokedToken
from auth.revocations import Revocation, Revocations
from tests.clocks import NOON, ManualClock

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MAX_AGE = MINUTE
SID, OTHER = "S" * 22, "T" * 22


class SteppedClock(ManualClock):
    """A clock whose wall can be set, as an operator or a time server sets it."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong_by = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.wrong_by


@pytest.fixture
def stepped() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def known(stepped: SteppedClock) -> Revocations:
    known = Revocations(stepped, MAX_AGE)
    known.replace(known.begin(), 0, [])
    return known


def revoked(sid: str = SID, lasts: timedelta = 10 * MINUTE, seq: int = 1) -> Revocation:
    return Revocation(seq, sid, NOON + lasts)


def read_nothing_new(known: Revocations) -> None:
    known.extend(known.begin(), known.last_seq, [])


def read_whole(known: Revocations, *entries: Revocation) -> None:
    known.replace(known.begin(), len(entries), entries)


def test_what_has_not_been_read_lets_nobody_in(stepped: SteppedClock) -> None:
    known = Revocations(stepped, MAX_AGE)

    assert (known.age, known.needs_whole_read) == (None, True)
    with pytest.raises(RevocationsUnknown, match="not been read yet"):
        known.check(SID)


@pytest.mark.parametrize(
    "learn",
    [
        lambda known: known.add([revoked()]),
        lambda known: known.extend(known.begin(), 1, [revoked()]),
        lambda known: known.replace(known.begin(), 1, [revoked()]),
    ],
)
def test_what_was_revoked_is_refused_however_it_was_learnt(
    known: Revocations, learn: Callable[[Revocations], None]
) -> None:
    known.check(SID)

    learn(known)

    with pytest.raises(RevokedToken):
        known.check(SID)
    known.check(OTHER)
    assert (known.includes(SID), known.includes(OTHER), len(known)) == (True, False, 1)


def test_knowledge_is_as_old_as_the_beginning_of_the_read(known: Revocations, stepped: SteppedClock) -> None:
    start = known.begin()
    stepped.advance(timedelta(seconds=5))

    known.extend(start, 7, [])

    assert (known.age, known.last_seq) == (5, 7)


def test_knowledge_that_is_too_old_lets_nobody_in(known: Revocations, stepped: SteppedClock) -> None:
    stepped.advance(MAX_AGE)
    known.check(SID)

    stepped.advance(timedelta(milliseconds=1))
    with pytest.raises(RevocationsUnknown, match="60 s ago"):
        known.check(SID)

    read_nothing_new(known)
    known.check(SID)


def test_being_told_of_one_makes_knowledge_no_younger(known: Revocations, stepped: SteppedClock) -> None:
    stepped.advance(MAX_AGE + MINUTE)

    known.add([revoked()])

    assert known.age == 120
    with pytest.raises(RevocationsUnknown):
        known.check(OTHER)


def test_an_entry_leaves_a_minute_after_its_end_and_not_before(known: Revocations, stepped: SteppedClock) -> None:
    known.add([revoked()])

    stepped.advance(11 * MINUTE - timedelta(milliseconds=1))
    known.expire()
    assert known.includes(SID)

    stepped.advance(MINUTE)
    known.expire()
    assert len(known) == 0


def test_one_that_is_learnt_again_leaves_at_the_later_time(known: Revocations, stepped: SteppedClock) -> None:
    known.add([revoked(lasts=MINUTE), revoked(lasts=10 * MINUTE), revoked(lasts=MINUTE)])

    stepped.advance(8 * MINUTE)
    known.expire()

    assert known.includes(SID)


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(seconds=11)])
def test_a_clock_that_is_set_lets_nobody_in_until_everything_is_read_again(
    known: Revocations, stepped: SteppedClock, step: timedelta
) -> None:
    stepped.wrong_by = step

    read_nothing_new(known)
    assert known.needs_whole_read
    with pytest.raises(RevocationsUnknown, match="clock was set"):
        known.check(OTHER)

    read_whole(known)
    known.check(OTHER)


def test_a_clock_that_is_set_a_little_changes_nothing(known: Revocations, stepped: SteppedClock) -> None:
    stepped.wrong_by = timedelta(seconds=9)

    known.check(OTHER)

    assert not known.needs_whole_read


def test_an_hour_forward_and_back_forgets_nobody(known: Revocations, stepped: SteppedClock) -> None:
    read_whole(known, revoked())
    stepped.wrong_by = HOUR
    read_whole(known)
    stepped.advance(MINUTE)
    known.expire()
    stepped.wrong_by = timedelta(0)

    with pytest.raises(RevocationsUnknown):
        known.check(SID)
    read_whole(known, revoked())
    known.expire()

    with pytest.raises(RevokedToken):
        known.check(SID)


def test_each_good_read_is_told(stepped: SteppedClock) -> None:
    told: list[tuple[float, int]] = []
    known = Revocations(stepped, MAX_AGE, on_read=lambda at, entries: told.append((at, entries)))

    read_whole(known, revoked())
    stepped.advance(MINUTE)
    read_nothing_new(known)

    assert told == [(0.0, 1), (60.0, 1)]


STEPS = st.one_of(
    st.tuples(st.just("revoke"), st.integers(0, 5), st.integers(1, 20)),
    st.tuples(st.just("wait"), st.integers(1, 300), st.just(0)),
    st.tuples(st.just("set"), st.sampled_from([-3600, 0, 5, 3600]), st.just(0)),
    st.tuples(st.just("read"), st.just(0), st.just(0)),
    st.tuples(st.just("whole"), st.just(0), st.just(0)),
)


class World:
    """A record that is right, a clock that may be wrong, and a worker that follows."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.known = Revocations(self.clock, MAX_AGE)
        self.record: dict[str, Revocation] = {}

    def revoke(self, number: int, minutes: int) -> None:
        sid = f"{number:022d}"
        self.record.setdefault(sid, Revocation(len(self.record) + 1, sid, self.clock.now() + minutes * MINUTE))

    def wait(self, seconds: int, _: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def set(self, seconds: int, _: int) -> None:
        self.clock.wrong_by = timedelta(seconds=seconds)

    def read(self, *_: int) -> None:
        new = [entry for entry in self.record.values() if entry.seq > self.known.last_seq]
        self.known.extend(self.known.begin(), len(self.record), new)
        self.known.expire()

    def whole(self, *_: int) -> None:
        still = [entry for entry in self.record.values() if entry.until >= self.clock.now() - 2 * MINUTE]
        self.known.replace(self.known.begin(), len(self.record), still)
        self.known.expire()

    def revoked_and_read(self) -> list[str]:
        """Those whose tokens have not expired, and that a read has had the time to bring."""
        now, last = self.clock.now(), self.known.last_seq
        return [entry.sid for entry in self.record.values() if entry.until > now and entry.seq <= last]


@hypothesis_settings(max_examples=400, deadline=None)
@given(steps=st.lists(STEPS, max_size=25))
def test_whatever_happens_nobody_is_let_in_who_was_revoked(steps: list[tuple[str, int, int]]) -> None:
    world = World()

    for verb, *numbers in steps:
        getattr(world, verb)(*numbers)
        for sid in world.revoked_and_read():
            with pytest.raises((RevokedToken, RevocationsUnknown)):
                world.known.check(sid)
