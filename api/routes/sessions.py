"""Sessions: signing in."""

from http import HTTPStatus
from typing import Literal

from apiflask import APIBlueprint
from flask import request

from api import text
from api.account.sessions import OpenedSession, SignIn
from api.authentication import public
from api.errors import WrongCredentials
from api.problems import raises
from api.routes.accounts import AccountView
from api.services import services
from api.shapes import Input, View
from auth.errors import HashingBusy

bp = APIBlueprint("sessions", __name__, url_prefix="/v1/sessions", tag="Sessions")


class Credentials(Input):
    """Who signs in, and with what kind of client."""

    username: text.Credential
    password: text.Password
    client: Literal["web", "cli"] = "web"


class SessionView(View):
    """An open session and its access token, to be sent as `Authorization: Bearer …`."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    session_id: str
    scope: str
    user: AccountView

    @classmethod
    def of(cls, opened: OpenedSession) -> "SessionView":
        """Show a session just opened; `expires_in` is in seconds."""
        claims = opened.token.claims
        return cls(
            access_token=opened.token.text,
            token_type="Bearer",  # noqa: S106 - a scheme, not a secret
            expires_in=int((claims.expires_at - claims.issued_at).total_seconds()),
            session_id=claims.session_id,
            scope=" ".join(sorted(claims.scope)),
            user=AccountView.model_validate(opened.account),
        )


@bp.post("")
@public
@bp.input(Credentials, arg_name="credentials")
@bp.output(SessionView, HTTPStatus.CREATED)
@raises(WrongCredentials, HashingBusy)
def sign_in(credentials: Credentials) -> SessionView:
    """Sign in."""
    address = request.remote_addr or ""
    claimed = SignIn(credentials.username, credentials.password, credentials.client, address)
    return SessionView.of(services().sessions.sign_in(claimed))
