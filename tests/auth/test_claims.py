from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.claim_rules import MAX_ID
from auth.claims import SESSION_SCOPE, Claims
from auth.errors import InvalidClaim

PAYLOAD: dict[str, Any] = {
    "iss": "https://cards.example",
    "aud": "javumbo",
    "sub": "7",
    "user_id": 7,
    "client_id": "web",
    "scope": "account collection:read collection:write",
    "iat": 1_800_000_000,
    "exp": 1_800_000_600,
    "jti": "A" * 22,
    "sid": "B" * 22,
}


def test_a_payload_is_read_whole() -> None:
    claims = Claims.parse(PAYLOAD)

    assert claims.user_id == 7
    assert claims.scope == SESSION_SCOPE
    assert claims.expires_at == datetime.fromtimestamp(1_800_000_600, UTC)
    assert claims.to_payload() == PAYLOAD


@given(st.integers(1, MAX_ID), st.sampled_from(["web", "cli", "compat", "api:1", "api:9007199254740991"]))
def test_claims_survive_the_round_trip(user_id: int, client_id: str) -> None:
    payload = {**PAYLOAD, "user_id": user_id, "sub": str(user_id), "client_id": client_id}

    assert Claims.parse(payload).to_payload() == payload


@pytest.mark.parametrize("name", sorted(PAYLOAD))
def test_a_missing_claim_is_refused(name: str) -> None:
    payload = {key: value for key, value in PAYLOAD.items() if key != name}

    with pytest.raises(InvalidClaim, match="is missing") as refused:
        Claims.parse(payload)
    assert refused.value.name == name


ODD_DATES: list[object] = ["1800000000", 1_800_000_000.5, 1.8e9, True, None, 0, -1, 10**12, 10**400, [1_800_000_000]]
ODD_TEXTS: list[object] = [None, 5, "", [], ["javumbo"], {}]
ODD_IDS: list[object] = ["7", 7.0, True, None, 0, -7, MAX_ID + 1]
ODD_RANDOM_IDS: list[object] = [
    None,
    5,
    "",
    "A" * 21,
    "A" * 23,
    "A" * 21 + "/",
    "A" * 21 + "\n",
    "../../etc/passwd" + "A" * 6,
]


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name in ("iat", "exp", "nbf") for value in ODD_DATES]
    + [(name, value) for name in ("iss", "aud", "sub") for value in ODD_TEXTS]
    + [("user_id", value) for value in ODD_IDS]
    + [(name, value) for name in ("jti", "sid") for value in ODD_RANDOM_IDS]
    + [("client_id", value) for value in [None, 5, "", "WEB", "web ", "api:", "api:0", "api:x", "web\n", "other"]]
    + [("scope", value) for value in [None, 5, "", " ", "account ", " account", "a  b", 'a"b', "a\\b", ["account"]]],
)
def test_an_odd_claim_is_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidClaim) as refused:
        Claims.parse({**PAYLOAD, name: value})
    assert refused.value.name == name


@pytest.mark.parametrize("sub", ["8", "07", " 7", "7.0", "+7", "٧"])
def test_a_subject_that_differs_from_the_user_id_is_refused(sub: str) -> None:
    with pytest.raises(InvalidClaim, match="differs"):
        Claims.parse({**PAYLOAD, "sub": sub})


def test_not_before_is_read_where_it_is_given() -> None:
    assert Claims.parse({**PAYLOAD, "nbf": 1_800_000_001}).not_before == datetime.fromtimestamp(1_800_000_001, UTC)
