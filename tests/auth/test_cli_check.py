import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from auth.keystore import KeyStore
from tests.auth.operators import Operator
from tests.clocks import NOON


@contextmanager
def publishing(document: object) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/.well-known/jwks.json" else 404)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_check_tells_which_host_lacks_the_key_that_signs_next(operator: Operator) -> None:
    before = KeyStore(operator.folder).ring.jwks(NOON)
    operator.told("rotate")
    after = KeyStore(operator.folder).ring.jwks(NOON)

    with publishing(before) as stale, publishing(after) as fresh:
        told = operator.data("check", stale, fresh, f"{fresh}/.well-known/jwks.json", code=1)

    assert sorted(told["keys"]) == sorted([*operator.kids("next"), *operator.kids("next", "api")])
    assert told["hosts"][fresh] is told["hosts"][f"{fresh}/.well-known/jwks.json"] is None
    assert all(kid in told["hosts"][stale] for kid in told["keys"])


def test_check_passes_where_nothing_waits_and_the_signing_keys_are_published(operator: Operator) -> None:
    with publishing(KeyStore(operator.folder).ring.jwks(NOON)) as host:
        assert "has every key that signs next" in operator.told("check", host)


@pytest.mark.parametrize("document", [{"keys": [{"kty": "oct", "k": "AA"}]}, [], "text"])
def test_check_tells_what_is_wrong_with_a_host(operator: Operator, document: object) -> None:
    with publishing(document) as host:
        assert "cannot be asked" in operator.told("check", host, code=1)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "file:///etc/passwd", "nonsense"])
def test_check_tells_that_a_host_cannot_be_asked(operator: Operator, address: str) -> None:
    assert f"{address}: cannot be asked" in operator.told("check", address, code=1)
