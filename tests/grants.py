"""What access tokens are issued for in tests, from noon on."""

from datetime import timedelta

from auth import encoding
from auth.claims import SESSION_SCOPE
from auth.tokens import Grant
from tests.clocks import NOON


def grant(
    user_id: int = 7, scope: frozenset[str] = SESSION_SCOPE, session_id: str = "S" * 22, client_id: str = "web"
) -> Grant:
    return Grant(user_id, client_id, scope, session_id, encoding.random_id(), NOON, NOON + timedelta(minutes=10))
