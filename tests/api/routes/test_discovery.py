from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.services import Services
from auth import rotation
from auth.keys import Algorithm, SigningKey
from auth.ring_document import Purpose, RingDocument, RingEntry
from tests.callers import Caller
from tests.clocks import NOON


def test_the_jwks_alone_verifies_our_tokens(client: FlaskClient, anna: Caller) -> None:
    answer = client.get("/.well-known/jwks.json")

    keys = jwt.PyJWKSet.from_dict(dict(answer.json or {}))
    key = keys[jwt.get_unverified_header(anna.token)["kid"]]
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(anna.token, key, audience="javumbo", issuer="http://127.0.0.1:8000", options=options)  # type: ignore[arg-type]
    assert answer.content_type == "application/jwk-set+json"
    assert claims["user_id"] == anna.user_id


def test_no_private_member_is_published(client: FlaskClient) -> None:
    keys = dict(client.get("/.well-known/jwks.json").json or {})["keys"]

    assert len(keys) == 2
    assert all("d" not in key for key in keys)


def test_the_jwks_can_be_kept_and_asked_for_again(client: FlaskClient) -> None:
    answer = client.get("/.well-known/jwks.json")
    again = client.get("/.well-known/jwks.json", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.content_type == "application/jwk-set+json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_a_key_that_is_added_changes_the_jwks_and_its_tag(client: FlaskClient, services: Services) -> None:
    before = client.get("/.well-known/jwks.json")
    folder, key = services.keystore.folder, SigningKey.generate(Algorithm.ES256)
    entry = RingEntry(key.kid, key.algorithm, Purpose.SESSION, NOON, NOON + timedelta(hours=1))
    folder.write(RingDocument([*folder.document().entries, entry]), [key])
    services.keystore.reload()

    after = client.get("/.well-known/jwks.json", headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert key.public_jwk() in dict(after.json or {})["keys"]


def test_others_keep_the_jwks_for_less_than_a_rotation_waits(services: Services) -> None:
    assert services.settings.jwks_max_age < rotation.shortest_lead(services.settings) < timedelta(minutes=10)


def https_client(services: Services, **changes: Any) -> FlaskClient:
    settings = replace(services.settings, issuer="https://cards.example/", **changes)
    return create_app(replace(services, settings=settings)).test_client()


def test_the_metadata_says_who_issues_and_where_the_keys_are(services: Services) -> None:
    answer = https_client(services).get("/.well-known/oauth-authorization-server")

    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.json == {
        "issuer": "https://cards.example/",
        "jwks_uri": "https://cards.example/.well-known/jwks.json",
        "token_endpoint": "https://cards.example/oauth/token",
        "revocation_endpoint": "https://cards.example/oauth/revoke",
        "introspection_endpoint": "https://cards.example/oauth/introspect",
        "scopes_supported": ["account", "collection:read", "collection:write"],
        "grant_types_supported": ["refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "introspection_endpoint_auth_methods_supported": ["Bearer"],
    }


def test_every_address_in_the_metadata_leads_somewhere(services: Services) -> None:
    client = https_client(services)
    metadata = client.get("/.well-known/oauth-authorization-server").get_json()

    statuses = {
        name: client.open(urlsplit(address).path, method="GET" if name == "jwks_uri" else "POST").status_code
        for name, address in metadata.items()
        if name.endswith(("_uri", "_endpoint"))
    }

    assert statuses == {
        "jwks_uri": 200,
        "token_endpoint": 400,
        "revocation_endpoint": 400,
        "introspection_endpoint": 401,
    }


def test_what_the_metadata_has_nothing_to_say_of_is_left_out(services: Services) -> None:
    metadata = https_client(services).get("/.well-known/oauth-authorization-server").get_json()

    assert [name for name, value in metadata.items() if not value] == []
    assert "authorization_endpoint" not in metadata


def test_without_https_there_is_no_metadata(client: FlaskClient) -> None:
    answer = client.get("/.well-known/oauth-authorization-server")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server"])
@pytest.mark.parametrize("origin", ["https://anybody.example", "https://configured.example"])
def test_pages_of_every_origin_may_read_what_is_published(services: Services, path: str, origin: str) -> None:
    client = https_client(services, cors_origins=("https://configured.example",))

    answer = client.get(path, headers={"Origin": origin})

    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]


def test_nothing_else_is_for_pages_of_every_origin(services: Services) -> None:
    answer = https_client(services).get("/healthz", headers={"Origin": "https://anybody.example"})

    assert "Access-Control-Allow-Origin" not in answer.headers
