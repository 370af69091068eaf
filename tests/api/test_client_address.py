import logging
from dataclasses import replace

import pytest
from flask import Flask, request

from api.app import create_app
from api.authentication import client_address
from api.client_address import ClientAddress
from api.services import Services
from auth.addresses import networks


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(replace(services, address_of=ClientAddress(networks("10.0.0.0/8"))))


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([("X-Forwarded-For", "6.6.6.6, 192.0.2.7")], "192.0.2.7"),
        ([("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "192.0.2.7")], "192.0.2.7"),
        ([("Forwarded", "for=192.0.2.7")], "192.0.2.7"),
        ([("Forwarded", "for=192.0.2.7"), ("X-Forwarded-For", "6.6.6.6")], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
)
def test_behind_a_trusted_proxy_the_client_is_whom_it_forwards(
    app: Flask, headers: list[tuple[str, str]], client: str
) -> None:
    with app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}):
        assert client_address() == client


def test_no_proxy_is_trusted_unless_told(services: Services) -> None:
    forwarding = {"X-Forwarded-For": "6.6.6.6", "Forwarded": "for=6.6.6.6"}

    with create_app(services).test_request_context(headers=forwarding, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        assert client_address() == "127.0.0.1"


def test_it_is_worked_out_once_for_each_request(app: Flask) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        first = client_address()
        request.remote_addr = "192.0.2.8"

        assert client_address() == first == "192.0.2.7"


def test_a_request_from_nowhere_has_an_empty_address(app: Flask) -> None:
    with app.test_request_context():
        request.remote_addr = None

        assert client_address() == ""


def test_the_log_names_the_client_of_each_request(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "javumbo")
    client = app.test_client()

    for address in ("192.0.2.7", "192.0.2.8"):
        client.get("/healthz", headers={"X-Forwarded-For": address}, environ_overrides={"REMOTE_ADDR": "10.0.0.1"})

    lines = [vars(record) for record in caplog.records if record.name == "javumbo.requests"]
    assert [line["address"] for line in lines] == ["192.0.2.7", "192.0.2.8"]
