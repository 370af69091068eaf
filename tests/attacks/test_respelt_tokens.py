"""Good tokens in a spelling that is not ours."""

import base64
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from auth import encoding
from tests.attacks.forge import Forge, assert_refused


def duplicate(document: dict[str, Any], name: str) -> bytes:
    extra = json.dumps({name: document[name]})[1:-1]
    return f"{json.dumps(document)[:-1]},{extra}}}".encode()


def test_duplicate_members(client: FlaskClient, forge: Forge) -> None:
    header, payload = encoding.dump_object(forge.header), encoding.dump_object(forge.payload)

    assert_refused(client, forge.sign(duplicate(forge.header, "alg"), payload))
    assert_refused(client, forge.sign(header, duplicate(forge.payload, "user_id")))


def spellings(token: str) -> dict[str, str]:
    header, payload, signature = token.split(".")
    standard = base64.b64encode(encoding.decode(signature)).decode()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare_bits = signature[:-1] + last[last.index(signature[-1]) | 1]
    return {
        "padding": f"{header}.{payload}.{signature}==",
        "padding in the middle": f"{header}=.{payload}.{signature}",
        "the standard alphabet": f"{header}.{payload}.{standard}",
        "spare bits of the last character": f"{header}.{payload}.{spare_bits}",
        "a space inside": f"{header}. {payload}.{signature}",
        "a tab inside": f"{header}.{payload[:5]}\t{payload[5:]}.{signature}",
        "four parts": f"{token}.",
        "five parts": f"{header}..{payload}.{signature}.{signature}",
        "empty parts": "..",
        "no signature": f"{header}.{payload}.",
        "no dots": header,
        "nothing": "",
        "too long": f"{header}.{payload}.{'A' * 4096}",
        "JSON serialization": json.dumps({"payload": payload, "protected": header, "signature": signature}).replace(
            ",", ";"
        ),
    }


@pytest.mark.parametrize("spelling", sorted(spellings("e30.e30.AA")))
def test_another_spelling_of_a_good_token(client: FlaskClient, forge: Forge, spelling: str) -> None:
    assert_refused(client, spellings(forge.token())[spelling])
