"""A link to a Redis elsewhere: over TCP, with TLS, a password, and names that lead nowhere."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from auth.redis_link import find_fault
from tests import redis_process
from tests.clocks import NOON

ADDRESS = "127.0.0.1"
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
    server = Server(free_port(), free_port(), certificate)
    options = {
        "bind": ADDRESS,
        "port": str(server.port),
        "tls-port": str(server.tls_port),
        "tls-cert-file": str(certificate),
        "tls-key-file": str(key),
        "tls-ca-cert-file": str(certificate),
        "tls-auth-clients": "no",
    }
    with redis_process.running(*(part for name, value in options.items() for part in (f"--{name}", value))) as process:
        with process.client() as client:
            client.acl_setuser("cards", enabled=True, passwords=[f"+{PASSWORD}"], keys=["*"], commands=["+@all"])
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make one that is its own authority, for our address and for no name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a Redis of the tests")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOON - timedelta(days=3650))
        .not_valid_after(NOON + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(ADDRESS))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    no_passphrase = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_passphrase)
    paths = folder / "certificate.pem", folder / "key.pem"
    for path, content in zip(paths, (made.public_bytes(serialization.Encoding.PEM), secret), strict=True):
        path.write_bytes(content)
    return paths


def test_it_is_reached_with_a_user_and_a_password(server: Server) -> None:
    assert find_fault(f"redis://cards:{IN_URL}@{ADDRESS}:{server.port}/1") is None


def test_a_wrong_password_is_told_and_not_shown(server: Server) -> None:
    fault = find_fault(f"redis://cards:secret@{ADDRESS}:{server.port}")

    assert fault is not None
    assert "username-password" in fault
    assert "secret" not in fault


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
