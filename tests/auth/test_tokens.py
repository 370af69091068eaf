from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from auth.errors import ExpiredToken, MalformedToken, NoSigningKey, TokenRefused, UnknownKey
from auth.keyring import KeyRing
from auth.keystore import KeyStore
from auth.ring_document import Purpose, RingDocument
from auth.settings import AuthSettings
from auth.signed_tokens import SignedTokens
from auth.tokens import ACCESS_TYPE, AccessTokens, IssuedToken
from tests.clocks import NOON, ManualClock
from tests.grants import grant


def issue(tokens: AccessTokens, user_id: int = 7) -> IssuedToken:
    return tokens.issue(grant(user_id))


def test_an_issued_token_verifies_to_its_claims(tokens: AccessTokens) -> None:
    issued = issue(tokens)

    assert tokens.verify(issued.text) == issued.claims


def test_every_token_has_an_id_of_its_own(tokens: AccessTokens) -> None:
    assert issue(tokens).claims.token_id != issue(tokens).claims.token_id


def test_an_ordinary_library_verifies_our_tokens(tokens: AccessTokens, store: KeyStore) -> None:
    key = store.ring.signing_key(Purpose.SESSION, NOON).public

    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(
        issue(tokens).text,
        key,
        ["EdDSA"],
        audience="javumbo",
        issuer="https://cards.example",
        options=options,  # type: ignore[arg-type]
    )

    assert claims["user_id"] == 7
    assert claims["sub"] == "7"


def test_a_token_is_refused_from_the_instant_it_expires(tokens: AccessTokens, clock: ManualClock) -> None:
    issued = issue(tokens)

    clock.advance(timedelta(minutes=10) - timedelta(microseconds=1))
    assert tokens.verify(issued.text) == issued.claims

    clock.advance(timedelta(microseconds=1))
    with pytest.raises(ExpiredToken):
        tokens.verify(issued.text)


def test_a_clock_that_is_a_minute_behind_still_believes_a_new_token(tokens: AccessTokens, clock: ManualClock) -> None:
    issued = issue(tokens)

    clock.advance(timedelta(seconds=-60))

    assert tokens.verify(issued.text) == issued.claims


def test_a_remembered_token_dies_with_the_time_of_its_key(
    tokens: AccessTokens, store: KeyStore, clock: ManualClock
) -> None:
    document = store.folder.document()
    until = NOON + timedelta(minutes=5)
    store.folder.write(RingDocument(replace(entry, verify_until=until) for entry in document.entries))
    store.reload()
    issued = issue(tokens)
    assert tokens.verify(issued.text) == tokens.verify(issued.text) == issued.claims
    assert len(store.ring.memory) == 1

    clock.advance(timedelta(minutes=5))

    with pytest.raises(UnknownKey):
        tokens.verify(issued.text)
    assert len(store.ring.memory) == 0


def test_a_remembered_token_is_not_believed_after_its_key_is_revoked(tokens: AccessTokens, store: KeyStore) -> None:
    issued = issue(tokens)
    assert tokens.verify(issued.text) == issued.claims
    document = store.folder.document()
    store.folder.write(RingDocument(document.entries, [entry.kid for entry in document.entries]))

    store.reload()

    with pytest.raises(UnknownKey):
        tokens.verify(issued.text)


@pytest.mark.parametrize(("client_id", "purpose"), [("web", Purpose.SESSION), ("api:5", Purpose.API)])
def test_sessions_and_api_tokens_are_signed_by_keys_of_their_own(
    tokens: AccessTokens, store: KeyStore, client_id: str, purpose: Purpose
) -> None:
    issued = tokens.issue(grant(client_id=client_id))

    assert jwt.get_unverified_header(issued.text)["kid"] == store.ring.signing_key(purpose, NOON).kid
    assert tokens.verify(issued.text).is_of_api_token == (purpose is Purpose.API)


@pytest.mark.parametrize(("client_id", "purpose"), [("web", Purpose.API), ("api:5", Purpose.SESSION)])
def test_a_key_of_the_other_purpose_signs_for_nobody(
    tokens: AccessTokens, store: KeyStore, client_id: str, purpose: Purpose
) -> None:
    payload = tokens.issue(grant(client_id=client_id)).claims.to_payload()
    text = SignedTokens(store).sign(payload, ACCESS_TYPE, purpose, NOON, NOON)

    with pytest.raises(MalformedToken, match="its key is for"):
        tokens.verify(text)


def test_without_a_key_nothing_is_issued(store: KeyStore, auth_settings: AuthSettings, clock: ManualClock) -> None:
    store.ring = KeyRing(RingDocument(()), {})

    with pytest.raises(NoSigningKey):
        issue(AccessTokens(store, auth_settings, clock))


@hypothesis_settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_changed_byte_is_refused(data: st.DataObject, tokens: AccessTokens) -> None:
    text = issue(tokens).text
    position = data.draw(st.integers(0, len(text) - 1))
    other = chr(data.draw(st.integers(0, 255).filter(lambda byte: chr(byte) != text[position])))

    with pytest.raises(TokenRefused):
        tokens.verify(text[:position] + other + text[position + 1 :])


@pytest.mark.long
def test_each_changed_byte_is_refused_exhaustively(tokens: AccessTokens) -> None:
    text = issue(tokens).text

    for position, original in enumerate(text):
        for byte in range(256):
            if chr(byte) != original:
                with pytest.raises(TokenRefused):
                    tokens.verify(text[:position] + chr(byte) + text[position + 1 :])
