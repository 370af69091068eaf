"""Tokens that are signed with our key and say what they must not."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from auth import encoding
from tests.attacks.forge import Forge, ask, assert_refused
from tests.callers import Caller
from tests.clocks import NOON


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "user_id", "client_id", "scope", "iat", "exp", "jti", "sid"])
def test_a_claim_is_missing(client: FlaskClient, forge: Forge, name: str) -> None:
    assert_refused(client, forge.token(payload={key: value for key, value in forge.payload.items() if key != name}))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://attacker.example"},
        {"iss": "HTTP://127.0.0.1:8000"},
        {"iss": "http://127.0.0.1:8000/"},
        {"aud": "another"},
        {"aud": "JAVUMBO"},
        {"aud": ["javumbo"]},
        {"aud": ["javumbo", "another"]},
        {"sub": "2"},
        {"sub": 1},
        {"user_id": "1"},
        {"user_id": 2},
        {"user_id": 1.0},
        {"user_id": True},
        {"user_id": 0},
        {"user_id": 2**53},
        {"client_id": "admin"},
        {"scope": ["account"]},
        {"sid": "short"},
        {"jti": 5},
    ],
)
def test_a_claim_that_is_not_ours_or_mistyped(client: FlaskClient, forge: Forge, claims: dict[str, Any]) -> None:
    assert_refused(client, forge.with_claims(**claims))


NOW = int(NOON.timestamp())


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": 0},
        {"exp": -1},
        {"exp": str(NOW + 600)},
        {"exp": NOW + 600.5},
        {"exp": float(NOW + 600)},
        {"exp": 1e300},
        {"exp": 10**30},
        {"exp": None},
        {"exp": True},
        {"iat": NOW + 61},
        {"iat": str(NOW)},
        {"iat": NOW + 0.5},
        {"nbf": NOW + 61},
        {"nbf": "now"},
        {"nbf": None},
    ],
)
def test_dates_out_of_bounds_or_mistyped(client: FlaskClient, forge: Forge, claims: dict[str, Any]) -> None:
    assert_refused(client, forge.with_claims(**claims))


def test_an_issue_date_within_a_minute_is_believed(client: FlaskClient, forge: Forge) -> None:
    assert ask(client, f"Bearer {forge.with_claims(iat=NOW + 60, nbf=NOW + 60)}").status_code == 200


def test_an_expired_token(client: FlaskClient, anna: Caller, clock: Any) -> None:
    clock.advance(timedelta(minutes=10))

    assert_refused(client, anna.token)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"null", b"1", b'"text"', b"{", b"{}", b"\xff\xfe", b'{"exp":NaN}', b"\xef\xbb\xbf{}", b"[" * 2000],
)
def test_a_payload_that_is_not_an_object(client: FlaskClient, forge: Forge, payload: bytes) -> None:
    assert_refused(client, forge.sign(encoding.dump_object(forge.header), payload))
    assert_refused(client, forge.sign(payload, encoding.dump_object(forge.payload)))
