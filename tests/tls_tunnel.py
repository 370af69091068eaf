"""TLS in front of a server that speaks none, with a certificate made on the spot."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.clocks import NOON

ADDRESS = "127.0.0.1"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make one that is its own authority, for our address and for no name. Return its file and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made for a test")])
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


@contextmanager
def tunnel(target: Path, certificate: Path, key: Path) -> Iterator[int]:
    """Lead a port of ours, which speaks TLS, to a Unix socket, until the block ends; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server((ADDRESS, 0)) as listener:
        accepting = threading.Thread(target=_accept, args=(listener, context, target))
        accepting.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(10)


def _accept(listener: socket.socket, context: ssl.SSLContext, target: Path) -> None:
    serving = []
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            serving.append(threading.Thread(target=_serve, args=(client, context, target)))
            serving[-1].start()
    for thread in serving:
        thread.join(10)


def _serve(plain: socket.socket, context: ssl.SSLContext, target: Path) -> None:
    """Pass on one question and its answer at a time: more is not wanted here."""
    # A client that does not trust us hangs up in the middle of it.
    with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(str(target))
            while asked := client.recv(65536):
                server.sendall(asked)
                client.sendall(server.recv(65536))
