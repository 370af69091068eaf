import jwt
from flask.testing import FlaskClient

from tests.callers import Caller


def test_the_jwks_alone_verifies_our_tokens(client: FlaskClient, anna: Caller) -> None:
    answer = client.get("/.well-known/jwks.json")

    keys = jwt.PyJWKSet.from_dict(dict(answer.json or {}))
    key = keys[jwt.get_unverified_header(anna.token)["kid"]]
    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(anna.token, key, audience="javumbo", issuer="http://127.0.0.1:8000", options=options)  # type: ignore[arg-type]
    assert answer.content_type == "application/jwk-set+json"
    assert claims["user_id"] == anna.user_id


def test_no_private_member_is_published(client: FlaskClient) -> None:
    keys = dict(client.get("/.well-known/jwks.json").json or {})["keys"]

    assert len(keys) == 2
    assert all("d" not in key for key in keys)
