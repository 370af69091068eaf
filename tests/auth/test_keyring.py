from datetime import datetime, timedelta

import pytest

from auth.errors import KeyRingInvalid, NoSigningKey, UnknownKey
from auth.keyring import KeyRing, Purpose, RingKey
from auth.keys import SigningKey
from tests.clocks import NOON

HOUR = timedelta(hours=1)


def ring_key(
    sign_from: datetime = NOON, verify_until: datetime | None = None, purpose: Purpose = Purpose.SESSION
) -> RingKey:
    return RingKey(SigningKey.generate(), purpose, NOON, sign_from, verify_until)


def test_the_key_that_began_last_signs() -> None:
    old, new = ring_key(NOON - HOUR), ring_key(NOON)
    ring = KeyRing([new, old])

    assert ring.signing_key(Purpose.SESSION, NOON - HOUR) is old.key
    assert ring.signing_key(Purpose.SESSION, NOON) is new.key


def test_a_key_of_another_purpose_does_not_sign() -> None:
    ring = KeyRing([ring_key(purpose=Purpose.API)])

    with pytest.raises(NoSigningKey):
        ring.signing_key(Purpose.SESSION, NOON)


def test_a_key_that_no_longer_verifies_does_not_sign() -> None:
    ring = KeyRing([ring_key(NOON - HOUR, verify_until=NOON)])

    with pytest.raises(NoSigningKey):
        ring.signing_key(Purpose.SESSION, NOON)


def test_a_key_verifies_before_it_signs_and_until_its_time_is_over() -> None:
    entry = ring_key(sign_from=NOON + HOUR, verify_until=NOON + 2 * HOUR)
    ring = KeyRing([entry])

    assert ring.verifying_key(entry.key.kid, NOON) is entry.key
    with pytest.raises(UnknownKey):
        ring.verifying_key(entry.key.kid, NOON + 2 * HOUR)


def test_an_unknown_key_id_does_not_verify() -> None:
    with pytest.raises(UnknownKey):
        KeyRing([ring_key()]).verifying_key("x" * 43, NOON)


def test_a_revoked_key_neither_signs_nor_verifies_nor_is_published() -> None:
    entry = ring_key()
    ring = KeyRing([entry], revoked=[entry.key.kid])

    with pytest.raises(NoSigningKey):
        ring.signing_key(Purpose.SESSION, NOON)
    with pytest.raises(UnknownKey):
        ring.verifying_key(entry.key.kid, NOON)
    assert ring.jwks(NOON) == {"keys": []}


def test_the_jwks_lists_what_verifies_now_or_will() -> None:
    past, now, later = ring_key(verify_until=NOON), ring_key(), ring_key(sign_from=NOON + HOUR)

    listed = KeyRing([past, now, later]).jwks(NOON)["keys"]

    assert {jwk["kid"] for jwk in listed} == {now.key.kid, later.key.kid}


def test_two_keys_with_one_id_are_refused() -> None:
    entry = ring_key()

    with pytest.raises(KeyRingInvalid, match="same key id"):
        KeyRing([entry, entry])
