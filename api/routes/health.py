"""Whether the service lives, and whether it can serve."""

from typing import Literal

from apiflask import APIBlueprint
from pydantic import Field

from api.authentication import public
from api.errors import StoreUnavailable
from api.problems import raises
from api.services import services
from api.shapes import View

bp = APIBlueprint("health", __name__, tag="Health")


class HealthView(View):
    """That the service answers."""

    status: Literal["ok"] = "ok"


ReadinessWarning = Literal["key-ring", "redis"]


class ReadinessView(View):
    """That the service can serve; degraded if something needs an operator all the same."""

    status: Literal["ok", "degraded"]
    warnings: list[ReadinessWarning]
    revocations_age_seconds: float = Field(description="How old this worker's knowledge of what was revoked is.")


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
    """Tell that this worker can serve: it has a key to sign with, reads the accounts, and knows what was revoked."""
    found = services()
    age = found.check_ready()
    warnings = found.warnings()
    return ReadinessView(
        status="degraded" if warnings else "ok", warnings=warnings, revocations_age_seconds=round(age, 3)
    )
