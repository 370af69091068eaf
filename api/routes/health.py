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


class ReadinessView(View):
    """That the service can serve; degraded if something needs an operator all the same."""

    status: Literal["ok", "degraded"]
    warnings: list[Literal["key-ring"]]


@bp.get("/healthz")
@public
@bp.output(HealthView)
def get_health() -> HealthView:
    """Tell that this worker lives."""
    return HealthView()


@bp.get("/readyz")
@public
@bp.output(ReadinessView)
@raises(StoreUnavailable)
def get_readiness() -> ReadinessView:
    """Tell that this worker can serve: it has a key to sign with, and reads the accounts."""
    found = services()
    found.check_ready()
    # A ring that cannot be read again is no reason to take every worker out of service: the one before is in force.
    warnings: list[Literal["key-ring"]] = [] if found.keystore.fault is None else ["key-ring"]
    return ReadinessView(status="degraded" if warnings else "ok", warnings=warnings)
