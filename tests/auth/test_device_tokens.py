from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from auth import encoding
from auth.compact import MAX_LENGTH
from auth.device_tokens import DEVICE_TYPE, DeviceTokens
from auth.errors import MalformedToken, NoSigningKey
from auth.keyring import KeyRing
from auth.keystore import KeyStore
from auth.refresh_tokens import REFRESH_TYPE, RefreshClaims, RefreshTokens
from auth.ring_document import Purpose, RingDocument
from auth.rotation import longest_life
from auth.settings import AuthSettings
from auth.signed_tokens import SignedTokens
from auth.tokens import ACCESS_TYPE, AccessTokens
from tests.clocks import NOON, ManualClock
from tests.grants import grant

ISSUER = "https://cards.example"
MONTH = timedelta(days=30)
ODD: dict[str, list[object]] = {
    "iss": [None, 5, "", "https://other.example", [ISSUER]],
    "aud": [None, "", "javumbo", [ISSUER]],
    "sub": [None, 7, "", "anna", "A" * 43, "A" * 44],
    "iat": [None, "1", 0, -1, 1.5, True, 10**18],
    "exp": [None, "4000000000", 0, -1, 4e9, True, 10**18],
    "jti": [None, 5, "", "J" * 21, "J" * 23, "J" * 21 + "!", "J" * 22 + "\n"],
}


@pytest.fixture
def device_tokens(store: KeyStore, auth_settings: AuthSettings, clock: ManualClock) -> DeviceTokens:
    return DeviceTokens(store, auth_settings, clock)


@pytest.fixture
def payload(device_tokens: DeviceTokens) -> dict[str, Any]:
    return payload_of(device_tokens.issue("anna", "J" * 22).text)


def payload_of(text: str) -> dict[str, Any]:
    return encoding.parse_object(encoding.decode(text.split(".")[1]))


def signed(store: KeyStore, payload: dict[str, Any], typ: str = DEVICE_TYPE, purpose: Purpose = Purpose.SESSION) -> str:
    return SignedTokens(store).sign(payload, typ, purpose, NOON, NOON)


@given(username=st.text(max_size=20))
@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_device_is_known_to_the_name_it_has_signed_in_to(username: str, device_tokens: DeviceTokens) -> None:
    issued = device_tokens.issue(username)

    assert device_tokens.device_of(issued.text, username) == issued.device_id


@pytest.mark.parametrize("username", ["ben", "Anna", "anna ", "ann", ""])
def test_a_device_is_unknown_to_any_other_name(device_tokens: DeviceTokens, username: str) -> None:
    assert device_tokens.device_of(device_tokens.issue("anna").text, username) is None


def test_every_new_device_has_an_id_of_its_own(device_tokens: DeviceTokens) -> None:
    assert device_tokens.issue("anna").device_id != device_tokens.issue("anna").device_id


def test_a_device_that_is_renewed_keeps_its_id_and_lasts_from_then(
    device_tokens: DeviceTokens, clock: ManualClock
) -> None:
    first = device_tokens.issue("anna")
    clock.advance(timedelta(days=20))

    renewed = device_tokens.issue("anna", first.device_id)
    clock.advance(timedelta(days=20))

    assert device_tokens.device_of(first.text, "anna") is None
    assert device_tokens.device_of(renewed.text, "anna") == first.device_id


def test_it_is_for_the_issuer_and_does_not_tell_the_name(payload: dict[str, Any]) -> None:
    assert sorted(payload) == ["aud", "exp", "iat", "iss", "jti", "sub"]
    assert payload["aud"] == payload["iss"] == ISSUER
    assert "anna" not in str(payload)


def test_it_says_whole_seconds_and_as_long_as_its_lifetime(device_tokens: DeviceTokens, clock: ManualClock) -> None:
    clock.advance(timedelta(milliseconds=700))

    issued = device_tokens.issue("anna")
    payload = payload_of(issued.text)

    assert payload["iat"] == NOON.timestamp()
    assert issued.lifetime == timedelta(seconds=payload["exp"] - payload["iat"]) == MONTH


@pytest.mark.parametrize(("access", "idle"), [("10m", "30d"), ("1d", "60s"), ("30s", "400d")])
def test_it_lives_no_longer_than_its_key_is_sure_to_verify(
    store: KeyStore, clock: ManualClock, access: str, idle: str
) -> None:
    settings = AuthSettings.from_environ({"JAVUMBO_ACCESS_TTL": access, "JAVUMBO_REFRESH_IDLE": idle})

    issued = DeviceTokens(store, settings, clock).issue("anna")

    assert issued.lifetime <= longest_life(settings, Purpose.SESSION)


def test_it_is_unknown_from_the_instant_it_expires(device_tokens: DeviceTokens, clock: ManualClock) -> None:
    issued = device_tokens.issue("anna")
    clock.advance(MONTH - timedelta(microseconds=1))
    assert device_tokens.device_of(issued.text, "anna") == issued.device_id

    clock.advance(timedelta(microseconds=1))

    assert device_tokens.device_of(issued.text, "anna") is None


def test_what_the_tests_sign_themselves_is_a_token(
    store: KeyStore, device_tokens: DeviceTokens, payload: dict[str, Any]
) -> None:
    assert device_tokens.device_of(signed(store, payload), "anna") == "J" * 22


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ODD.items() for value in values])
def test_an_odd_claim_makes_it_no_token(
    store: KeyStore, device_tokens: DeviceTokens, payload: dict[str, Any], name: str, value: object
) -> None:
    assert device_tokens.device_of(signed(store, {**payload, name: value}), "anna") is None


@pytest.mark.parametrize("name", ODD)
def test_a_missing_claim_makes_it_no_token(
    store: KeyStore, device_tokens: DeviceTokens, payload: dict[str, Any], name: str
) -> None:
    del payload[name]

    assert device_tokens.device_of(signed(store, payload), "anna") is None


@pytest.mark.parametrize("typ", [ACCESS_TYPE, REFRESH_TYPE, "JWT", "Device+JWT", ""])
def test_the_same_claims_under_another_type_are_no_device_token(
    store: KeyStore, device_tokens: DeviceTokens, payload: dict[str, Any], typ: str
) -> None:
    assert device_tokens.device_of(signed(store, payload, typ), "anna") is None


def test_a_key_for_api_tokens_signs_no_device_token(
    store: KeyStore, device_tokens: DeviceTokens, payload: dict[str, Any]
) -> None:
    assert device_tokens.device_of(signed(store, payload, purpose=Purpose.API), "anna") is None


def test_neither_an_access_token_nor_a_refresh_token_passes_for_it(
    store: KeyStore, auth_settings: AuthSettings, clock: ManualClock, tokens: AccessTokens, device_tokens: DeviceTokens
) -> None:
    access = tokens.issue(grant()).text
    claims = RefreshClaims(7, "S" * 22, 3, "J" * 22, NOON, NOON + MONTH)
    refresh = RefreshTokens(store, auth_settings, clock).issue(claims, NOON)

    assert device_tokens.device_of(access, "anna") is None
    assert device_tokens.device_of(refresh, "anna") is None


def test_it_passes_for_neither_an_access_token_nor_a_refresh_token(
    store: KeyStore, auth_settings: AuthSettings, clock: ManualClock, tokens: AccessTokens, device_tokens: DeviceTokens
) -> None:
    text = device_tokens.issue("anna").text

    with pytest.raises(MalformedToken, match="typ"):
        tokens.verify(text)
    with pytest.raises(MalformedToken, match="typ"):
        RefreshTokens(store, auth_settings, clock).verify(text)


def test_the_device_of_a_revoked_key_is_unknown(store: KeyStore, device_tokens: DeviceTokens) -> None:
    issued = device_tokens.issue("anna")
    assert device_tokens.device_of(issued.text, "anna") == issued.device_id
    document = store.folder.document()
    store.folder.write(RingDocument(document.entries, [entry.kid for entry in document.entries]))

    store.reload()

    assert device_tokens.device_of(issued.text, "anna") is None


def test_while_the_ring_cannot_be_read_no_device_is_known(store: KeyStore, device_tokens: DeviceTokens) -> None:
    issued = device_tokens.issue("anna")

    store.ring = KeyRing(RingDocument(()), {}, is_known=False)

    assert device_tokens.device_of(issued.text, "anna") is None


def test_without_a_key_nothing_is_issued(store: KeyStore, device_tokens: DeviceTokens) -> None:
    store.ring = KeyRing(RingDocument(()), {})

    with pytest.raises(NoSigningKey):
        device_tokens.issue("anna")


def test_one_of_absurd_length_is_not_looked_at(
    store: KeyStore, device_tokens: DeviceTokens, payload: dict[str, Any]
) -> None:
    """However good its signature: so its length is all that is ever looked at."""
    short = signed(store, {**payload, "more": "x" * 100})
    long = signed(store, {**payload, "more": "x" * MAX_LENGTH})

    assert device_tokens.device_of(short, "anna") == "J" * 22
    assert device_tokens.device_of(long, "anna") is None


@pytest.mark.parametrize("text", [None, "", "x", "a.b.c", "é.é.é", "..", "\ud800", "\0", "e30.e30.e30"])
def test_what_is_no_token_is_of_no_device(device_tokens: DeviceTokens, text: str | None) -> None:
    assert device_tokens.device_of(text, "anna") is None


@hypothesis_settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_changed_byte_makes_it_no_token(data: st.DataObject, device_tokens: DeviceTokens) -> None:
    text = device_tokens.issue("anna").text
    position = data.draw(st.integers(0, len(text) - 1))
    other = chr(data.draw(st.integers(0, 255).filter(lambda byte: chr(byte) != text[position])))

    assert device_tokens.device_of(text[:position] + other + text[position + 1 :], "anna") is None
