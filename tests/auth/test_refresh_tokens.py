from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import encoding
from auth.claim_rules import MAX_ID
from auth.errors import ExpiredToken, InvalidClaim, MalformedToken, TokenRefused
from auth.keystore import KeyStore
from auth.refresh_tokens import REFRESH_TYPE, RefreshClaims, RefreshTokens
from auth.ring_document import Purpose
from auth.settings import AuthSettings
from auth.signed_tokens import SignedTokens
from auth.tokens import AccessTokens
from tests.clocks import NOON, ManualClock
from tests.grants import grant

ISSUER = "https://cards.example"
CLAIMS = RefreshClaims(7, "S" * 22, 3, "J" * 22, NOON, NOON + timedelta(days=30))
ODD: dict[str, list[object]] = {
    "iss": [None, 5, "", "https://other.example"],
    "aud": [None, "javumbo", [ISSUER]],
    "sub": [None, 7, "", "0", "07", "7 ", "x", "-7", str(10**17)],
    "sid": [None, 5, "", "S" * 21, "S" * 21 + "!", "S" * 22 + "\n"],
    "gen": [None, "3", 0, -1, 3.0, True, MAX_ID + 1],
    "iat": [None, "1", 0, 1.5],
    "exp": [None, "1", 0, 1.5, 10**18],
    "jti": [None, "", "J" * 23],
}


@pytest.fixture
def refresh_tokens(store: KeyStore, auth_settings: AuthSettings, clock: ManualClock) -> RefreshTokens:
    return RefreshTokens(store, auth_settings, clock)


def signed(store: KeyStore, payload: dict[str, Any], purpose: Purpose = Purpose.SESSION) -> str:
    return SignedTokens(store).sign(payload, REFRESH_TYPE, purpose, NOON, NOON)


@given(st.integers(1, MAX_ID), st.integers(1, MAX_ID))
def test_claims_survive_the_round_trip(user_id: int, generation: int) -> None:
    claims = RefreshClaims(user_id, "S" * 22, generation, "J" * 22, NOON, NOON + timedelta(days=1))

    assert RefreshClaims.parse(claims.to_payload(ISSUER), ISSUER) == claims


def test_an_issued_token_verifies_to_its_claims(refresh_tokens: RefreshTokens) -> None:
    assert refresh_tokens.verify(refresh_tokens.issue(CLAIMS, NOON)) == CLAIMS


def test_it_is_for_the_issuer_and_names_no_scope(refresh_tokens: RefreshTokens) -> None:
    payload = encoding.parse_object(encoding.decode(refresh_tokens.issue(CLAIMS, NOON).split(".")[1]))

    assert sorted(payload) == ["aud", "exp", "gen", "iat", "iss", "jti", "sid", "sub"]
    assert payload["aud"] == payload["iss"] == ISSUER


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ODD.items() for value in values])
def test_an_odd_claim_is_refused(store: KeyStore, refresh_tokens: RefreshTokens, name: str, value: object) -> None:
    with pytest.raises(InvalidClaim):
        refresh_tokens.verify(signed(store, {**CLAIMS.to_payload(ISSUER), name: value}))


@pytest.mark.parametrize("name", ODD)
def test_a_missing_claim_is_refused(store: KeyStore, refresh_tokens: RefreshTokens, name: str) -> None:
    payload = {other: value for other, value in CLAIMS.to_payload(ISSUER).items() if other != name}

    with pytest.raises(InvalidClaim, match="is missing"):
        refresh_tokens.verify(signed(store, payload))


def test_it_is_refused_from_the_instant_it_expires(refresh_tokens: RefreshTokens, clock: ManualClock) -> None:
    text = refresh_tokens.issue(CLAIMS, NOON)
    clock.advance(timedelta(days=30) - timedelta(microseconds=1))
    assert refresh_tokens.verify(text) == CLAIMS

    clock.advance(timedelta(microseconds=1))

    with pytest.raises(ExpiredToken):
        refresh_tokens.verify(text)


def test_a_key_for_api_tokens_signs_no_refresh_token(store: KeyStore, refresh_tokens: RefreshTokens) -> None:
    with pytest.raises(MalformedToken, match="its key is for"):
        refresh_tokens.verify(signed(store, CLAIMS.to_payload(ISSUER), Purpose.API))


def test_neither_kind_of_token_passes_for_the_other(tokens: AccessTokens, refresh_tokens: RefreshTokens) -> None:
    with pytest.raises(MalformedToken, match="typ"):
        refresh_tokens.verify(tokens.issue(grant()).text)
    with pytest.raises(MalformedToken, match="typ"):
        tokens.verify(refresh_tokens.issue(CLAIMS, NOON))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é"])
def test_what_is_no_token_is_refused(refresh_tokens: RefreshTokens, text: str) -> None:
    with pytest.raises(TokenRefused):
        refresh_tokens.verify(text)
