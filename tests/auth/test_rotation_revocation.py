from datetime import datetime, timedelta

import pytest

from auth.errors import RotationRefused
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry, State
from auth.rotation import Change, revoke, rotate
from tests.clocks import NOON

DAY = timedelta(days=1)
LEAD = timedelta(minutes=10)
HANDOVER = NOON + LEAD
LATER = NOON + timedelta(minutes=5)
LIFE = 30 * DAY
OLD, SIGNING, API = "A" * 43, "B" * 43, "C" * 43
EVERY_SESSION = f"Every session signed with {SIGNING}, from 2026-11-22 12:00:00 UTC until now, ends."


def entry(
    kid: str = SIGNING,
    sign_from: datetime = NOON - DAY,
    verify_until: datetime | None = None,
    purpose: Purpose = Purpose.SESSION,
    algorithm: Algorithm = Algorithm.EDDSA,
) -> RingEntry:
    return RingEntry(kid, algorithm, purpose, sign_from, sign_from, verify_until)


def old() -> RingEntry:
    return entry(OLD, NOON - 2 * DAY, verify_until=NOON + LIFE)


@pytest.fixture
def settled() -> RingDocument:
    """A key that verifies, one that signs, and one for the other purpose."""
    return RingDocument([old(), entry(), entry(API, NOON - timedelta(hours=36), purpose=Purpose.API)])


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.generate()


@pytest.fixture
def waiting(settled: RingDocument, key: SigningKey) -> RingDocument:
    """The same, with a key that waits to sign sessions."""
    return rotate(settled, Purpose.SESSION, key, NOON, LEAD, LIFE).document


def revoked(document: RingDocument, *kids: str, unusable: str = "", now: datetime = LATER) -> Change:
    usable = frozenset(entry.kid for entry in document.entries) - {unusable}
    return revoke(document, kids, now, usable)


def signs(change: Change, at: datetime = LATER, purpose: Purpose = Purpose.SESSION) -> str:
    return change.document.candidates(purpose, at)[0].kid


def found(change: Change, kid: str) -> RingEntry:
    return next(entry for entry in change.document.entries if entry.kid == kid)


def test_revoking_the_signing_key_makes_a_new_one_that_signs_at_once(settled: RingDocument) -> None:
    change = revoked(settled, SIGNING)

    (new,) = change.new_keys
    assert change.document.entries[-1] == RingEntry(new.kid, Algorithm.EDDSA, Purpose.SESSION, LATER, LATER)
    assert signs(change) == new.kid
    assert change.document.revoked == {SIGNING}


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_new_key_is_of_the_algorithm_of_the_revoked_one(algorithm: Algorithm) -> None:
    change = revoked(RingDocument([entry(algorithm=algorithm)]), SIGNING)

    assert [key.algorithm for key in change.new_keys] == [algorithm]
    assert change.document.entries[-1].algorithm is algorithm


def test_the_new_key_signs_even_within_the_second_of_the_revocation(settled: RingDocument) -> None:
    now = LATER + timedelta(milliseconds=999)

    change = revoked(settled, SIGNING, now=now)

    assert signs(change, now) == change.new_keys[0].kid


def test_revoking_the_signing_key_lets_the_waiting_one_sign_at_once(waiting: RingDocument, key: SigningKey) -> None:
    change = revoked(waiting, SIGNING)

    assert signs(change) == key.kid
    assert change.new_keys == ()
    assert found(change, key.kid) == RingEntry(key.kid, key.algorithm, Purpose.SESSION, NOON, LATER)
    assert change.sentences == (EVERY_SESSION, f"{key.kid} (EdDSA) signs for session from now on.")


def test_a_waiting_key_that_cannot_be_read_does_not_step_in(waiting: RingDocument, key: SigningKey) -> None:
    change = revoked(waiting, SIGNING, unusable=key.kid)

    assert signs(change) == change.new_keys[0].kid
    assert found(change, key.kid).sign_from == HANDOVER


def test_a_waiting_key_of_the_other_purpose_does_not_step_in(settled: RingDocument) -> None:
    document = RingDocument([*settled.entries, entry("D" * 43, NOON + DAY, purpose=Purpose.API)])

    change = revoked(document, SIGNING)

    assert signs(change) == change.new_keys[0].kid
    assert found(change, "D" * 43).sign_from == NOON + DAY


def test_revoking_the_waiting_key_lets_the_signing_one_sign_on_without_end(
    waiting: RingDocument, key: SigningKey
) -> None:
    assert found(Change(waiting), SIGNING).verify_until is not None

    change = revoked(waiting, key.kid)

    assert signs(change, NOON + 10 * 365 * DAY) == SIGNING
    assert found(change, SIGNING).verify_until is None
    assert change.sentences == (f"{key.kid} has not signed anything yet: nobody is signed out.",)


def test_revoking_the_waiting_key_leaves_the_end_of_an_older_one(waiting: RingDocument, key: SigningKey) -> None:
    assert found(revoked(waiting, key.kid), OLD) == old()


def test_revoking_the_waiting_and_the_signing_key_makes_a_new_one(waiting: RingDocument, key: SigningKey) -> None:
    change = revoked(waiting, SIGNING, key.kid)

    assert signs(change) == change.new_keys[0].kid
    assert change.document.state(change.document.entries[-2], LATER) is State.REVOKED


def test_revoking_a_verifying_key_leaves_the_signing_one_alone(settled: RingDocument) -> None:
    change = revoked(settled, OLD)

    assert change.document.entries == settled.entries
    assert change.new_keys == ()
    assert signs(change) == SIGNING


def test_revoking_a_verifying_key_leaves_a_rotation_under_way(waiting: RingDocument) -> None:
    assert revoked(waiting, OLD).document.entries == waiting.entries


def test_revoking_everything_gives_each_purpose_a_new_key(settled: RingDocument) -> None:
    change = revoked(settled, OLD, SIGNING, API)

    assert [signs(change, purpose=purpose) for purpose in Purpose] == [key.kid for key in change.new_keys]
    assert change.document.revoked == {OLD, SIGNING, API}


def test_revoking_a_key_of_one_purpose_changes_nothing_of_the_other(waiting: RingDocument) -> None:
    change = revoked(waiting, API)

    assert [found(change, one.kid) for one in waiting.entries] == list(waiting.entries)
    assert [key.kid for key in change.new_keys] == [signs(change, purpose=Purpose.API)]


def test_what_was_revoked_before_stays_revoked(settled: RingDocument) -> None:
    document = RingDocument(settled.entries, ["long gone"])

    assert revoked(document, OLD).document.revoked == {"long gone", OLD}


def test_an_unknown_key_cannot_be_revoked(settled: RingDocument) -> None:
    with pytest.raises(RotationRefused, match=f"^the ring has no key {'x' * 43}$"):
        revoked(settled, SIGNING, "x" * 43)


def test_a_key_that_was_pruned_cannot_be_revoked_again(settled: RingDocument) -> None:
    with pytest.raises(RotationRefused, match="^the ring has no key gone$"):
        revoked(RingDocument(settled.entries, ["gone"]), "gone")


def test_a_purpose_without_any_key_stays_without() -> None:
    change = revoked(RingDocument([entry()]), SIGNING)

    assert change.document.candidates(Purpose.API, LATER) == []
    assert len(change.new_keys) == 1


def test_it_is_told_that_the_sessions_of_the_signing_key_end(settled: RingDocument) -> None:
    change = revoked(settled, SIGNING)

    assert change.sentences == (EVERY_SESSION, f"{change.new_keys[0].kid} (EdDSA) signs for session from now on.")


def test_it_is_told_that_the_api_tokens_of_a_key_end(settled: RingDocument) -> None:
    told = revoked(settled, API).sentences[0]

    assert told == f"Every API token signed with {API}, from 2026-11-22 00:00:00 UTC until now, ends."


def test_it_is_told_when_an_older_key_has_stopped_signing(waiting: RingDocument) -> None:
    assert revoked(waiting, OLD, now=HANDOVER).sentences == (
        f"Every session signed with {OLD}, from 2026-11-21 12:00:00 UTC until 2026-11-22 12:00:00 UTC, ends.",
    )


def test_a_key_stops_signing_in_the_instant_in_which_the_next_one_begins(waiting: RingDocument) -> None:
    told = revoked(waiting, SIGNING, now=HANDOVER).sentences[0]

    assert told == EVERY_SESSION.replace("until now", "until 2026-11-23 12:10:00 UTC")


def test_revoking_an_expired_key_signs_nobody_out(settled: RingDocument) -> None:
    change = revoked(settled, OLD, now=NOON + LIFE)

    assert change.sentences == (f"{OLD} is expired already: nobody is signed out.",)


def test_revoking_a_key_again_signs_nobody_out(settled: RingDocument) -> None:
    once = revoked(settled, OLD).document

    again = revoked(once, OLD)

    assert again.sentences == (f"{OLD} is revoked already: nobody is signed out.",)
    assert (again.document.entries, again.document.revoked) == (once.entries, once.revoked)
