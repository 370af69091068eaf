"""A link to a Redis elsewhere: over TCP, with TLS, a password, and names that lead nowhere."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from auth.redis_link import find_fault
from tests import redis_process
from tests.tls_tunnel import ADDRESS, make_certificate, tunnel

PASSWORD = "p@ss/word"
IN_URL = "p%40ss%2Fword"


@dataclass(frozen=True)
class Server:
    port: int
    tls_port: int
    certificate: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = make_certificate(folder)
    with redis_process.running("--bind", ADDRESS, "--port", str(port := free_port())) as process:
        with process.client() as client:
            client.acl_setuser("cards", enabled=True, passwords=[f"+{PASSWORD}"], keys=["*"], commands=["+@all"])
            client.acl_setuser("guest", enabled=True, passwords=[f"+{PASSWORD}"], keys=["*"], commands=["+ping"])
        with tunnel(process.socket, certificate, key) as tls_port:
            yield Server(port, tls_port, certificate)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def test_it_is_reached_with_a_user_and_a_password(server: Server) -> None:
    assert find_fault(f"redis://cards:{IN_URL}@{ADDRESS}:{server.port}/1") is None


def test_a_wrong_password_is_told_and_not_shown(server: Server) -> None:
    fault = find_fault(f"redis://cards:secret@{ADDRESS}:{server.port}")

    assert fault is not None
    assert "username-password" in fault
    assert "secret" not in fault


def test_a_user_who_may_not_ask_is_told_what_is_missing(server: Server) -> None:
    assert "+info" in (find_fault(f"redis://guest:{IN_URL}@{ADDRESS}:{server.port}") or "")


def test_it_is_reached_by_tls_when_its_certificate_is_trusted(server: Server) -> None:
    url = f"rediss://cards:{IN_URL}@{ADDRESS}:{server.tls_port}"

    assert find_fault(f"{url}?ssl_ca_certs={server.certificate}") is None
    assert "CERTIFICATE_VERIFY_FAILED" in (find_fault(url) or "")


def test_by_another_name_than_its_certificate_says_it_is_not_trusted(server: Server) -> None:
    url = f"rediss://cards:{IN_URL}@localhost:{server.tls_port}?ssl_ca_certs={server.certificate}"

    assert "localhost" in (find_fault(url) or "")
    assert find_fault(f"{url}&ssl_check_hostname=no") is None


@pytest.mark.parametrize("place", ["127.0.0.1:1", "nowhere.invalid:6379", "a..b:6379"])
def test_a_place_where_there_is_none_is_a_fault_like_any_other(place: str) -> None:
    assert find_fault(f"redis://{place}") is not None


def test_certificates_that_are_not_there_are_a_fault_like_any_other(server: Server) -> None:
    assert find_fault(f"rediss://{ADDRESS}:{server.tls_port}?ssl_ca_certs=/nowhere/ca.pem") is not None
