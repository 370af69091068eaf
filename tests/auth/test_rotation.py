from datetime import datetime, timedelta

import pytest

from auth.errors import RotationRefused
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry, State
from auth.rotation import (
    Change,
    is_young,
    kept_for,
    longest_life,
    prune,
    rotate,
    safe_to_drop,
    shortest_lead,
    text,
)
from auth.settings import AuthSettings
from tests.clocks import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
LEAD = timedelta(minutes=10)
LIFE = 30 * DAY
HANDOVER = NOON + LEAD
END = HANDOVER + LIFE
FIRST, API, OTHER = "A" * 43, "B" * 43, "C" * 43


def entry(
    kid: str = FIRST,
    sign_from: datetime = NOON - DAY,
    verify_until: datetime | None = None,
    purpose: Purpose = Purpose.SESSION,
) -> RingEntry:
    return RingEntry(kid, Algorithm.EDDSA, purpose, sign_from, sign_from, verify_until)


def beginning() -> RingDocument:
    return RingDocument([entry(), entry(API, purpose=Purpose.API)])


def rotated(document: RingDocument, now: datetime = NOON, key: SigningKey | None = None) -> Change:
    return rotate(document, Purpose.SESSION, key or SigningKey.generate(), now, LEAD, LIFE)


def states(document: RingDocument, at: datetime, purpose: Purpose = Purpose.SESSION) -> list[State]:
    return [document.state(entry, at) for entry in document.entries if entry.purpose is purpose]


def drop(document: RingDocument, at: datetime, position: int = 0) -> datetime | None:
    return safe_to_drop(document, document.entries[position], at, LIFE)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOON, [State.SIGNING, State.NEXT]),
        (HANDOVER - INSTANT, [State.SIGNING, State.NEXT]),
        (HANDOVER, [State.VERIFYING, State.SIGNING]),
        (END - INSTANT, [State.VERIFYING, State.SIGNING]),
        (END, [State.EXPIRED, State.SIGNING]),
    ],
)
def test_a_new_key_waits_signs_after_the_lead_and_the_old_one_verifies_as_long_as_its_tokens_live(
    at: datetime, expected: list[State]
) -> None:
    assert states(rotated(beginning()).document, at) == expected


def test_a_rotation_adds_the_key_and_says_when_it_will_sign() -> None:
    key = SigningKey.generate(Algorithm.ES256)

    change = rotated(beginning(), key=key)

    added = RingEntry(key.kid, Algorithm.ES256, Purpose.SESSION, NOON, HANDOVER)
    assert change.document.entries[-1] == added
    assert change.new_keys == (key,)
    assert change.sentences == (f"{key.kid} (ES256) will sign for session from 2026-11-23 12:10:00 UTC on.",)


def test_a_rotation_changes_nothing_of_the_other_purpose() -> None:
    document = rotated(beginning()).document

    assert states(document, END, Purpose.API) == [State.SIGNING]
    assert document.entries[1] == entry(API, purpose=Purpose.API)


def test_a_rotation_leaves_the_end_of_an_older_key_and_what_is_revoked_alone() -> None:
    old = entry(OTHER, NOON - 2 * DAY, verify_until=NOON + HOUR)
    document = RingDocument([old, entry()], ["revoked"])

    changed = rotated(document).document

    assert changed.entries[0] == old
    assert changed.revoked == {"revoked"}


def test_a_rotation_while_another_key_waits_is_refused() -> None:
    document = rotated(beginning()).document

    with pytest.raises(
        RotationRefused, match=r"will sign for session from 2026-11-23 12:10:00 UTC on already; nothing"
    ):
        rotated(document, HANDOVER - INSTANT)


def test_once_the_new_key_signs_the_next_rotation_can_begin() -> None:
    document = rotated(beginning()).document

    again = rotated(document, HANDOVER).document

    assert states(again, HANDOVER) == [State.VERIFYING, State.SIGNING, State.NEXT]


def test_a_key_that_waits_for_the_other_purpose_is_no_obstacle() -> None:
    document = RingDocument([*beginning().entries, entry(OTHER, NOON + HOUR, purpose=Purpose.API)])

    assert states(rotated(document).document, NOON) == [State.SIGNING, State.NEXT]


def test_a_key_signs_from_the_first_whole_second_after_its_lead() -> None:
    now = NOON + timedelta(milliseconds=300)

    (waiting,) = rotated(beginning(), now).document.waiting(Purpose.SESSION, now)

    assert waiting.sign_from == HANDOVER + timedelta(seconds=1)


def test_where_there_was_no_key_the_first_one_waits_like_any_other() -> None:
    document = rotated(RingDocument(())).document

    assert states(document, NOON) == [State.NEXT]
    assert states(document, HANDOVER) == [State.SIGNING]


@pytest.mark.parametrize(("age", "expected"), [(DAY, False), (DAY + INSTANT, True)])
def test_a_ring_is_young_until_its_newest_key_has_the_age(age: timedelta, expected: bool) -> None:
    document = RingDocument([entry(OTHER, NOON - 9 * DAY), entry()])

    assert is_young(document, Purpose.SESSION, NOON, age) is expected


def test_neither_a_revoked_key_nor_one_of_the_other_purpose_makes_a_ring_young() -> None:
    document = RingDocument([entry(OTHER), entry(purpose=Purpose.API)], [OTHER])

    assert not is_young(document, Purpose.SESSION, NOON, 9 * DAY)
    assert is_young(document, Purpose.API, NOON, 9 * DAY)


def test_pruning_takes_out_what_is_expired_or_revoked_and_says_so() -> None:
    expired, revoked = entry(API, NOON - 2 * DAY, verify_until=NOON), entry(OTHER)
    document = RingDocument([expired, revoked, entry()], [OTHER])

    change = prune(document, NOON)

    assert change.document.entries == (entry(),)
    assert change.sentences == (f"{API} is expired and goes.", f"{OTHER} is revoked and goes.")


def test_pruning_keeps_what_is_known_of_revocations() -> None:
    assert prune(RingDocument([entry()], [FIRST, "long gone"]), NOON).document.revoked == {FIRST, "long gone"}


def test_pruning_leaves_every_key_that_waits_signs_or_verifies() -> None:
    document = rotated(rotated(beginning()).document, HANDOVER).document

    change = prune(document, HANDOVER)

    assert change.document.entries == document.entries
    assert (change.new_keys, change.sentences) == ((), ())


def test_the_key_that_signs_cannot_be_dropped() -> None:
    assert drop(beginning(), NOON) is None


def test_the_key_that_will_sign_cannot_be_dropped() -> None:
    assert drop(rotated(beginning()).document, NOON, position=-1) is None


@pytest.mark.parametrize("at", [NOON, HANDOVER, END - INSTANT])
def test_a_key_that_is_followed_can_be_dropped_once_its_tokens_have_ended(at: datetime) -> None:
    assert drop(rotated(beginning()).document, at) == END


def test_an_expired_key_can_be_dropped_now() -> None:
    assert drop(rotated(beginning()).document, END) == END
    assert drop(rotated(beginning()).document, END + DAY) == END + DAY


def test_a_revoked_key_can_be_dropped_now() -> None:
    assert drop(RingDocument([entry()], [FIRST]), NOON) == NOON


def test_a_key_without_end_can_be_dropped_when_its_tokens_from_before_the_next_one_have_ended() -> None:
    third = entry(API, NOON - HOUR)
    foreign = entry("D" * 43, NOON - 3 * HOUR, purpose=Purpose.API)
    document = RingDocument([entry(), entry(OTHER, NOON - 2 * HOUR), third, foreign])

    assert drop(document, NOON) == NOON - 2 * HOUR + LIFE


@pytest.mark.parametrize(
    ("access_ttl", "refresh_idle", "expected"),
    [("10m", "30d", 30 * DAY), ("1d", "12h", DAY)],
)
def test_what_a_session_key_signs_lives_as_long_as_the_longer_of_its_two_tokens(
    access_ttl: str, refresh_idle: str, expected: timedelta
) -> None:
    environ = {"JAVUMBO_ACCESS_TTL": access_ttl, "JAVUMBO_REFRESH_IDLE": refresh_idle}

    assert longest_life(AuthSettings.from_environ(environ), Purpose.SESSION) == expected


def test_what_an_api_key_signs_may_live_a_year() -> None:
    assert longest_life(AuthSettings.from_environ({}), Purpose.API) == 365 * DAY


@pytest.mark.parametrize(("max_age", "seconds"), [("5m", 301), ("1s", 2)])
def test_the_lead_is_longer_than_the_jwks_may_be_kept_and_a_worker_needs_to_read_it(max_age: str, seconds: int) -> None:
    settings = AuthSettings.from_environ({"JAVUMBO_JWKS_MAX_AGE": max_age})

    assert shortest_lead(settings) == timedelta(seconds=seconds)


def test_an_instant_is_told_in_whole_seconds_of_utc() -> None:
    assert text(NOON + timedelta(milliseconds=999)) == "2026-11-23 12:00:00 UTC"


def test_two_keys_that_began_at_once_and_have_no_end_are_never_safe_to_drop() -> None:
    entries = [entry(FIRST), entry(OTHER)]

    assert [safe_to_drop(RingDocument(entries), each, NOON, LIFE) for each in entries] == [None, None]


def test_a_key_is_kept_for_the_longest_life_and_a_margin_for_clocks() -> None:
    settings = AuthSettings.from_environ({"JAVUMBO_CLOCK_MARGIN": "7m"})

    assert kept_for(settings, Purpose.SESSION) == 30 * DAY + timedelta(minutes=7)
    assert kept_for(settings, Purpose.API) == 365 * DAY + timedelta(minutes=7)
