"""Fixtures: real services on real files in a temporary folder, with a clock of their own."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask import Request
from flask.testing import FlaskClient

from api.app import create_app
from api.server import prepare
from api.services import EXTENSION, Services, build_services
from api.settings import Settings
from auth.claims import Claims
from auth.passwords import Passwords
from tests import cheap
from tests.callers import Caller, sign_up
from tests.clocks import ManualClock
from tests.live import NO_LIMITS

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


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings and a data folder as they are at a first start, for every test to copy."""
    settings = settings_in(tmp_path_factory.mktemp("prepared"))
    prepare(settings, ManualClock().now())
    return settings


@pytest.fixture
def settings(tmp_path: Path, prepared: Settings) -> Settings:
    settings = settings_in(tmp_path)
    shutil.copytree(prepared.data, settings.data)
    return settings


def settings_in(folder: Path) -> Settings:
    return Settings.from_environ({"JAVUMBO_DATA": str(folder / "data"), "JAVUMBO_WRITE_TIMEOUT": "1s", **NO_LIMITS})


@pytest.fixture(scope="session")
def cheap_passwords() -> Passwords:
    return cheap.cheap_passwords()


@pytest.fixture
def services(settings: Settings, clock: ManualClock, cheap_passwords: Passwords) -> Iterator[Services]:
    services = build_services(settings, clock, cheap_passwords)

    def authenticate(request: Request) -> Claims:
        # In a worker the background has read the record a second ago; here a test may just have moved the clock.
        services.follower.read()
        return services.authenticate(request)

    services.follower.start()
    yield replace(services, authenticate=authenticate)
    services.close()


@pytest.fixture(scope="session")
def application(prepared: Settings) -> APIFlask:
    """The one application of all tests, for to build it takes longer than most of them; each brings its services."""
    return create_app(build_services(prepared))


@pytest.fixture
def client(application: APIFlask, services: Services) -> FlaskClient:
    application.extensions[EXTENSION] = services
    return application.test_client()


@pytest.fixture
def disk_log(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is synced, linked and renamed from now on, in order: the verb, and the path it was done to."""
    log: list[tuple[str, str]] = []
    fsync, link, rename = os.fsync, os.link, os.rename

    def fsync_and_tell(descriptor: int) -> None:
        fsync(descriptor)
        log.append(("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))

    def link_and_tell(source: Any, target: Any) -> None:
        link(source, target)
        log.append(("name", str(target)))

    def rename_and_tell(source: Any, target: Any) -> None:
        rename(source, target)
        log.append(("name", str(target)))

    monkeypatch.setattr(os, "fsync", fsync_and_tell)
    monkeypatch.setattr(os, "link", link_and_tell)
    monkeypatch.setattr(os, "rename", rename_and_tell)
    return log


@pytest.fixture
def anna(client: FlaskClient) -> Caller:
    return sign_up(client, "anna")


@pytest.fixture
def ben(client: FlaskClient) -> Caller:
    return sign_up(client, "ben")
