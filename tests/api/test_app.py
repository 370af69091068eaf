from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.services import Services

ORIGIN = "https://cards.example"
AN_ADDRESS = "http://[::1]:3000"


@pytest.fixture
def cors_client(services: Services) -> FlaskClient:
    settings = replace(services.settings, cors_origins=(ORIGIN, AN_ADDRESS))
    return create_app(replace(services, settings=settings)).test_client()


def preflight(client: FlaskClient, origin: str) -> dict[str, str]:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    return dict(client.options("/v1/accounts/me", headers=headers).headers)


@pytest.mark.parametrize("origin", [ORIGIN, AN_ADDRESS])
def test_a_configured_origin_may_call(cors_client: FlaskClient, origin: str) -> None:
    allowed = preflight(cors_client, origin)
    answer = cors_client.get("/healthz", headers={"Origin": origin})

    assert allowed["Access-Control-Allow-Origin"] == origin
    assert "PATCH" in allowed["Access-Control-Allow-Methods"]
    assert "authorization" in allowed["Access-Control-Allow-Headers"].lower()
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["http://:3000", "https://cards.example.evil", "http://cards.example", "null", "https://cardsxexample"]
)
def test_another_origin_may_not(cors_client: FlaskClient, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(cors_client, origin)
    assert "Access-Control-Allow-Origin" not in cors_client.get("/healthz", headers={"Origin": origin}).headers


def test_a_refusal_can_be_read_by_a_configured_origin(cors_client: FlaskClient) -> None:
    answer = cors_client.get("/v1/decks", headers={"Origin": ORIGIN})

    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_without_configured_origins_there_are_none(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, ORIGIN)


def test_answers_are_not_kept_by_anybody(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
