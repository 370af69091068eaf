"""What integrators need to verify our tokens (RFC 7517 §5, RFC 8414)."""

from typing import Any
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import Response, json, request

from api.authentication import public
from api.errors import MetadataNeedsHttps
from api.problems import raises
from api.routes import oauth
from api.services import services
from api.shapes import View
from auth.claims import SESSION_SCOPE
from auth.errors import KeyUnavailable

bp = APIBlueprint("discovery", __name__, url_prefix="/.well-known", tag="Discovery")

JWKS = "/jwks.json"


class KeySetView(View):
    """A JWKS document (RFC 7517 §5)."""

    keys: list[dict[str, Any]]


class MetadataView(View):
    """What this service is as an authorization server (RFC 8414 §2)."""

    issuer: str
    jwks_uri: str
    token_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    scopes_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]


@bp.get(JWKS)
@public
@bp.output(KeySetView, content_type="application/jwk-set+json")
@raises(KeyUnavailable)
def get_jwks() -> Response:
    """Read the public keys that verify access tokens."""
    found = services()
    document = found.keystore.ring.jwks(found.clock.now())
    return _published(json.dumps(document), "application/jwk-set+json")


@bp.get("/oauth-authorization-server")
@public
@bp.output(MetadataView)
@raises(MetadataNeedsHttps)
def get_metadata() -> Response:
    """Read where everything is and what is supported. Only where the issuer is https."""
    issuer = services().settings.issuer
    if urlsplit(issuer).scheme != "https":
        raise MetadataNeedsHttps(issuer)
    return _published(_metadata(issuer).model_dump_json(), "application/json")


def _metadata(issuer: str) -> MetadataView:
    # `response_types_supported` would be required; but there is no authorization endpoint to respond to, and RFC 8414
    # §3.2 forbids an empty list.
    base = issuer.rstrip("/")
    return MetadataView(
        issuer=issuer,
        jwks_uri=f"{base}{bp.url_prefix}{JWKS}",
        token_endpoint=f"{base}{oauth.bp.url_prefix}{oauth.TOKEN}",
        revocation_endpoint=f"{base}{oauth.bp.url_prefix}{oauth.REVOKE}",
        introspection_endpoint=f"{base}{oauth.bp.url_prefix}{oauth.INTROSPECT}",
        scopes_supported=sorted(SESSION_SCOPE),
        grant_types_supported=[oauth.REFRESH_GRANT],
        token_endpoint_auth_methods_supported=["none"],
        revocation_endpoint_auth_methods_supported=["none"],
        # A bearer token: RFC 8414 §2 allows access token types here, too.
        introspection_endpoint_auth_methods_supported=["Bearer"],
    )


def _published(body: str, content_type: str) -> Response:
    # For everybody, pages of other origins included: there is nothing here that is anybody's own.
    response = Response(body, content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.cache_control.public = True
    response.cache_control.max_age = int(services().settings.jwks_max_age.total_seconds())
    response.add_etag()
    response.make_conditional(request)
    return response
