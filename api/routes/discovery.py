"""What integrators need to verify our tokens."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, json

from api.authentication import public
from api.services import services
from api.shapes import View

bp = APIBlueprint("discovery", __name__, url_prefix="/.well-known", tag="Discovery")


class KeySetView(View):
    """A JWKS document (RFC 7517 §5)."""

    keys: list[dict[str, Any]]


@bp.get("/jwks.json")
@public
@bp.output(KeySetView, content_type="application/jwk-set+json")
def get_jwks() -> Response:
    """Read the public keys that verify access tokens."""
    found = services()
    document = found.keystore.ring.jwks(found.clock.now())
    return Response(json.dumps(document), content_type="application/jwk-set+json")
