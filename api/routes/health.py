"""Whether the service lives, and whether it can serve."""

from typing import Literal

from apiflask import APIBlueprint

from api.authentication import public
from api.errors import StoreUnavailable
from api.problems import raises
from api.services import services
from api.shapes import View

bp = APIBlueprint("health", __name__, tag="Health")


class HealthView(View):
    """That the service answers."""

    status: Literal["ok"] = "ok"


@bp.get("/healthz")
@public
@bp.output(HealthView)
def get_health() -> HealthView:
    """Tell that this worker lives."""
    return HealthView()


@bp.get("/readyz")
@public
@bp.output(HealthView)
@raises(StoreUnavailable)
def get_readiness() -> HealthView:
    """Tell that this worker can serve: it has a key to sign with, and reads the accounts."""
    services().check_ready()
    return HealthView()
