"""An OAuth client of another library uses the OAuth routes, knowing nothing of ours."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from flask.testing import FlaskClient
from requests.adapters import BaseAdapter

from tests.callers import Caller
from tests.oauth import is_signed_in


class InProcess(BaseAdapter):
    """Lets `requests` talk to the application without a network."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__()
        self.client = client

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        path = request.path_url
        told = self.client.open(path, method=request.method, data=request.body, headers=dict(request.headers.items()))
        response = requests.Response()
        response.status_code, response._content = told.status_code, told.data
        response.headers.update(dict(told.headers))
        return response

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def authlib(client: FlaskClient, anna: Caller) -> Iterator[OAuth2Session]:
    token = {"access_token": anna.token, "refresh_token": anna.refresh_token, "token_type": "Bearer"}
    with OAuth2Session("an-app", token_endpoint_auth_method="none", token=token) as session:
        session.mount("https://", InProcess(client))
        yield session


def test_the_client_of_another_library_refreshes_introspects_and_revokes(authlib: OAuth2Session, anna: Caller) -> None:
    refreshed = authlib.refresh_token("https://cards.example/oauth/token")
    found = authlib.introspect_token("https://cards.example/oauth/introspect", refreshed["access_token"])
    bearer = {"Authorization": f"Bearer {refreshed['access_token']}"}
    read = authlib.request("POST", "https://cards.example/oauth/introspect", data={"token": anna.token}, headers=bearer)
    revoked = authlib.revoke_token("https://cards.example/oauth/revoke", refreshed["refresh_token"])

    assert refreshed["expires_in"] == 600
    assert found.json()["error"] == "invalid_client"  # without a bearer token of its own
    assert read.json()["active"]
    assert revoked.status_code == 200
    assert not is_signed_in(anna)


def test_the_client_of_another_library_understands_a_refusal(authlib: OAuth2Session, anna: Caller) -> None:
    with pytest.raises(OAuthError) as refused:
        authlib.refresh_token("https://cards.example/oauth/token", refresh_token="not one")

    assert refused.value.error == "invalid_grant"
    assert refused.value.description.startswith("The refresh token is")
