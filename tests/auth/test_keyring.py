from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from auth.claims import Claims
from auth.errors import KeyUnavailable, NoSigningKey, UnknownKey
from auth.keyring import KeyRing
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry
from auth.token_memory import VerifiedToken
from tests.clocks import NOON

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
CLAIMS = Claims("iss", "aud", 1, "web", frozenset({"account"}), NOON, NOON + HOUR, "j" * 22, "s" * 22)


@dataclass(frozen=True)
class Made:
    """A key and what the ring says of it."""

    key: SigningKey
    entry: RingEntry


def make(
    sign_from: datetime = NOON,
    verify_until: datetime | None = None,
    purpose: Purpose = Purpose.SESSION,
    algorithm: Algorithm = Algorithm.EDDSA,
) -> Made:
    key = SigningKey.generate(algorithm)
    return Made(key, RingEntry(key.kid, algorithm, purpose, NOON, sign_from, verify_until))


def ring(
    *made: Made,
    unreadable: Iterable[Made] = (),
    revoked: Iterable[Made] = (),
    is_known: bool = True,
    remembered: int = 9,
) -> KeyRing:
    document = RingDocument([one.entry for one in (*made, *unreadable)], [one.key.kid for one in revoked])
    keys = {one.key.kid: one.key for one in made}
    return KeyRing(document, keys, remembered=remembered, is_known=is_known)


def published(ring: KeyRing, at: datetime) -> set[str]:
    return {jwk["kid"] for jwk in ring.jwks(at)["keys"]}


def test_the_key_that_began_last_signs() -> None:
    old, new = make(), make(NOON + HOUR)
    both = ring(new, old)

    assert both.signing_key(Purpose.SESSION, NOON + HOUR - INSTANT) is old.key
    assert both.signing_key(Purpose.SESSION, NOON + HOUR) is new.key


def test_each_purpose_has_a_signing_key_of_its_own() -> None:
    session, api = make(), make(purpose=Purpose.API)
    both = ring(session, api)

    assert both.signing_key(Purpose.SESSION, NOON) is session.key
    assert both.signing_key(Purpose.API, NOON) is api.key


@pytest.mark.parametrize(
    "made",
    [make(purpose=Purpose.API), make(NOON + INSTANT), make(NOON - HOUR, verify_until=NOON)],
    ids=["of the other purpose", "waiting", "expired"],
)
def test_such_a_key_does_not_sign(made: Made) -> None:
    with pytest.raises(NoSigningKey, match="'session' at 2026-11-23T12:00:00"):
        ring(made).signing_key(Purpose.SESSION, NOON)


def test_where_the_signing_key_could_not_be_read_the_one_before_signs_on() -> None:
    oldest, old, new = make(NOON - HOUR), make(), make(NOON + HOUR)

    assert ring(oldest, old, unreadable=[new]).signing_key(Purpose.SESSION, NOON + HOUR) is old.key


def test_where_no_key_could_be_read_nobody_signs() -> None:
    with pytest.raises(NoSigningKey):
        ring(unreadable=[make()]).signing_key(Purpose.SESSION, NOON)


@pytest.mark.parametrize("at", [NOON - HOUR, NOON, NOON + HOUR, NOON + 2 * HOUR - INSTANT])
def test_a_key_verifies_before_while_and_after_it_signs(at: datetime) -> None:
    old, new = make(verify_until=NOON + 2 * HOUR), make(NOON + HOUR)

    assert ring(old, new).verifying_key(old.key.kid, at) == (old.key, old.entry)


def test_a_key_whose_time_is_over_is_unknown() -> None:
    made = make(verify_until=NOON + HOUR)

    with pytest.raises(UnknownKey, match=f"the time of key '{made.key.kid}' is over"):
        ring(made).verifying_key(made.key.kid, NOON + HOUR)


def test_a_key_that_the_ring_does_not_have_is_unknown() -> None:
    with pytest.raises(UnknownKey, match=f"no key '{'x' * 43}' verifies"):
        ring(make()).verifying_key("x" * 43, NOON)


def test_a_key_that_could_not_be_read_is_unavailable() -> None:
    made = make()

    with pytest.raises(KeyUnavailable, match=f"the key '{made.key.kid}' could not be read"):
        ring(unreadable=[made]).verifying_key(made.key.kid, NOON)


def test_a_key_that_could_not_be_read_and_whose_time_is_over_is_unknown() -> None:
    made = make(verify_until=NOON)

    with pytest.raises(UnknownKey, match="is over"):
        ring(unreadable=[made]).verifying_key(made.key.kid, NOON)


def test_a_ring_is_known_unless_said_otherwise() -> None:
    with pytest.raises(UnknownKey):
        KeyRing(RingDocument(()), {}).verifying_key("x" * 43, NOON)


def test_a_key_of_a_ring_that_is_not_known_is_unavailable() -> None:
    with pytest.raises(KeyUnavailable):
        ring(is_known=False).verifying_key("x" * 43, NOON)


def test_a_key_that_a_ring_has_verifies_although_the_ring_is_not_known() -> None:
    made = make()

    assert ring(made, is_known=False).verifying_key(made.key.kid, NOON) == (made.key, made.entry)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_revoked_key_is_unknown(is_known: bool) -> None:
    made = make()

    with pytest.raises(UnknownKey):
        ring(made, revoked=[made], is_known=is_known).verifying_key(made.key.kid, NOON)


def test_a_revoked_key_that_was_pruned_is_unknown_although_the_ring_is_not_known() -> None:
    made = make()

    with pytest.raises(UnknownKey):
        ring(revoked=[made], is_known=False).verifying_key(made.key.kid, NOON)


def test_a_revoked_key_neither_signs_nor_is_published_nor_kept() -> None:
    made = make()
    revoked = ring(made, revoked=[made])

    with pytest.raises(NoSigningKey):
        revoked.signing_key(Purpose.SESSION, NOON)
    assert revoked.jwks(NOON) == {"keys": []}
    assert revoked.keys == {}


def test_a_key_that_the_document_does_not_name_is_not_kept() -> None:
    stray = make()

    assert KeyRing(RingDocument(()), {stray.key.kid: stray.key}).keys == {}


def test_the_jwks_lists_what_verifies_now_or_will() -> None:
    past, now, later = make(verify_until=NOON), make(), make(NOON + HOUR)
    all_three = ring(past, now, later)

    assert published(all_three, NOON - INSTANT) == {past.key.kid, now.key.kid, later.key.kid}
    assert published(all_three, NOON) == {now.key.kid, later.key.kid}


def test_the_jwks_has_each_key_in_its_public_form() -> None:
    made = [make(algorithm=algorithm) for algorithm in Algorithm]

    assert ring(*made).jwks(NOON) == {"keys": [one.key.public_jwk() for one in made]}


def test_a_jwks_that_would_lack_a_key_is_not_given_out() -> None:
    readable, unreadable = make(), make()

    with pytest.raises(KeyUnavailable):
        ring(readable, unreadable=[unreadable]).jwks(NOON)
    with pytest.raises(KeyUnavailable):
        KeyRing(RingDocument(()), {}, is_known=False).jwks(NOON)


def test_a_ring_remembers_as_many_tokens_as_it_is_told() -> None:
    memory = ring(remembered=2).memory

    for text in "abc":
        memory.add(text, VerifiedToken.of(CLAIMS, None))

    assert len(memory) == 2


def test_each_ring_begins_with_a_memory_of_its_own() -> None:
    made = make()
    before = ring(made)
    before.memory.add("token", VerifiedToken.of(CLAIMS, None))

    assert ring(made).memory.get("token") is None
