"""Fixtures: real services on real files in a temporary folder, with a clock of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pwdlib.hashers.argon2 import Argon2Hasher

from api.app import create_app
from api.server import prepare
from api.services import Services, build_services
from api.settings import Settings
from auth.passwords import Passwords
from tests.callers import Caller, sign_up
from tests.clocks import ManualClock

OTHER_PROCESSES = {"journeys", "faults"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the slow and exhaustive tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "long" in item.keywords and not config.getoption("--long"):
            item.add_marker(pytest.mark.skip(reason="slow: script/test --long runs it"))
        if item.path.parent.name in OTHER_PROCESSES:
            # What they run is not in this process; measuring would only slow the clients down.
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock) -> Settings:
    settings = Settings.from_environ({"JAVUMBO_DATA": str(tmp_path / "data"), "JAVUMBO_WRITE_TIMEOUT": "1s"})
    prepare(settings, clock.now())
    return settings


@pytest.fixture(scope="session")
def cheap_passwords() -> Passwords:
    """Real argon2id, at a cost that tests can bear."""
    return Passwords(4, hasher=Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def services(settings: Settings, clock: ManualClock, cheap_passwords: Passwords) -> Iterator[Services]:
    services = build_services(settings, clock, cheap_passwords)
    yield services
    services.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


@pytest.fixture
def anna(client: FlaskClient) -> Caller:
    return sign_up(client, "anna")


@pytest.fixture
def ben(client: FlaskClient) -> Caller:
    return sign_up(client, "ben")
