from dataclasses import replace
from datetime import timedelta

from flask.testing import FlaskClient

from api.app import create_app
from api.services import Services
from auth.keyring import KeyRing
from auth.ring_document import RingDocument
from tests.clocks import ManualClock


def test_a_worker_that_lives_and_can_serve_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok", "warnings": [], "revocations_age_seconds": 0.0}


def test_it_tells_how_old_its_knowledge_of_revocations_is(client: FlaskClient, clock: ManualClock) -> None:
    clock.advance(timedelta(milliseconds=1500))

    assert client.get("/readyz").get_json()["revocations_age_seconds"] == 1.5


def test_a_worker_that_cannot_know_what_was_revoked_is_not_ready(client: FlaskClient, clock: ManualClock) -> None:
    clock.advance(timedelta(seconds=61))

    assert client.get("/readyz").status_code == 503


def test_a_worker_without_accounts_lives_and_is_not_ready(client: FlaskClient, services: Services) -> None:
    services.settings.accounts_file.unlink()

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert not services.settings.accounts_file.exists()


def test_a_worker_that_cannot_sign_is_not_ready(services: Services) -> None:
    services.keystore.ring = KeyRing(RingDocument(()), {})

    assert create_app(replace(services)).test_client().get("/readyz").status_code == 503
