"""Sessions: signing in, refreshing, and ending what is open."""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

from apiflask import APIBlueprint
from flask import Response, make_response, request
from pydantic import Field

from api import device_cookie, pagination, refresh_cookie, text
from api.account.sessions import OpenedSession, SignIn
from api.authentication import client_address, public, signed_in
from api.errors import OriginRefused, PasswordNotConfirmed, RefreshTokenMissing, SessionNotFound, WrongCredentials
from api.pagination import PageQuery
from api.problems import raises
from api.routes.accounts import AccountView, PasswordConfirmation
from api.services import services
from api.shapes import Input, View
from auth.claims import ACCOUNT, Claims, written
from auth.errors import LIMITED, HashingBusy, RefreshRefused
from auth.sessions import EndedBy, Session

bp = APIBlueprint("sessions", __name__, url_prefix="/v1/sessions", tag="Sessions")

RefreshPlace = Literal["body", "cookie"]


class Credentials(Input):
    """Who signs in, with what kind of client, and where the refresh token is wanted."""

    username: text.Credential
    password: text.Password
    client: Literal["web", "cli"] = "web"
    refresh: RefreshPlace = "body"


class Refresh(Input):
    """The refresh token, unless it comes as a cookie; its successor then goes the same way."""

    refresh_token: str | None = Field(default=None, min_length=1)
    refresh: RefreshPlace | None = None


class OpenedSessionView(View):
    """An open session and its access token, to be sent as `Authorization: Bearer …`; `expires_in` is in seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str | None = None
    session_id: str
    scope: str
    user: AccountView

    @classmethod
    def of(cls, opened: OpenedSession) -> "OpenedSessionView":
        """Show a session just opened or refreshed."""
        claims = opened.tokens.access.claims
        return cls(
            access_token=opened.tokens.access.text,
            token_type="Bearer",  # noqa: S106 - a scheme, not a secret
            expires_in=int(claims.lifetime.total_seconds()),
            refresh_token=opened.tokens.refresh,
            session_id=claims.session_id,
            scope=written(claims.scope),
            user=AccountView.model_validate(opened.account),
        )


class SessionView(View):
    """A session that is open, as its user sees it."""

    session_id: str
    client: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    replayed_from: str | None
    is_current: bool

    @classmethod
    def of(cls, session: Session, caller: Claims) -> "SessionView":
        """Show a session."""
        return cls(
            session_id=session.sid,
            client=session.client,
            address=session.address,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.refresh_until,
            replayed_from=session.replayed_from,
            is_current=session.sid == caller.session_id,
        )


class SessionPage(View):
    """Sessions in a fixed order."""

    items: list[SessionView]
    next_cursor: str | None


class KeepQuery(Input):
    """Which session is to be kept, if any."""

    keep: Literal["current"] | None = None


@bp.post("")
@public
@bp.input(Credentials, arg_name="credentials")
@bp.output(OpenedSessionView, HTTPStatus.CREATED)
@raises(WrongCredentials, HashingBusy, *LIMITED)
def sign_in(credentials: Credentials) -> Response:
    """Sign in."""
    known = device_cookie.read(request)
    claimed = SignIn(credentials.username, credentials.password, credentials.client, client_address(), known)
    opened = services().sessions.sign_in(claimed)
    response = _handed_out(opened, HTTPStatus.CREATED, in_cookie=credentials.refresh == "cookie")
    device_cookie.put(response, opened.device, services().settings)
    return response


@bp.post("/refresh")
@public
@bp.input(Refresh, arg_name="asked")
@bp.output(OpenedSessionView)
@raises(RefreshRefused, RefreshTokenMissing, OriginRefused, *LIMITED)
def refresh(asked: Refresh) -> Response:
    """Refresh a session: a new access token and a new refresh token for the one you have."""
    is_cookie = asked.refresh_token is None
    token = asked.refresh_token or refresh_cookie.read(request, services().settings)
    opened = services().refreshing.refresh(token, client_address())
    response = _handed_out(opened, HTTPStatus.OK, in_cookie=is_cookie or asked.refresh == "cookie")
    if (device := device_cookie.read(request)) is not None:
        known = services().sessions.known_device(opened, device)
        device_cookie.put(response, known, services().settings)
    return response


@bp.get("")
@signed_in(ACCOUNT)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(SessionPage)
def list_sessions(query: PageQuery, caller: Claims) -> SessionPage:
    """List your open sessions."""
    found = services().sessions.live(caller.user_id, pagination.text_of(query.cursor), query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, lambda session: session.sid)
    return SessionPage(items=[SessionView.of(session, caller) for session in items], next_cursor=cursor)


@bp.delete("/current")
# Whoever has stolen the session could keep its owner from ending it; and a token is good for this once.
@signed_in(ACCOUNT, is_limited=False)
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(SessionNotFound)
def sign_out(caller: Claims) -> Response:
    """Sign out: end the session you are using."""
    services().sessions.end(caller.user_id, caller.session_id, EndedBy.SIGN_OUT)
    return _without_cookie()


@bp.delete("/<sid:session_id>")
@signed_in(ACCOUNT)
@bp.input(PasswordConfirmation, arg_name="confirmation")
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(SessionNotFound, PasswordNotConfirmed, HashingBusy, *LIMITED)
def end_session(session_id: str, confirmation: PasswordConfirmation, caller: Claims) -> tuple[str, HTTPStatus]:
    """End one of your sessions."""
    services().accounts.confirm_password(confirmation.by(caller))
    services().sessions.end(caller.user_id, session_id, EndedBy.ANOTHER_SESSION)
    return "", HTTPStatus.NO_CONTENT


@bp.delete("")
@signed_in(ACCOUNT)
@bp.input(KeepQuery, location="query", arg_name="query")
@bp.input(PasswordConfirmation, arg_name="confirmation")
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(PasswordNotConfirmed, HashingBusy, *LIMITED)
def end_sessions(query: KeepQuery, confirmation: PasswordConfirmation, caller: Claims) -> Response:
    """End all your sessions; with `keep=current`, all others."""
    services().accounts.confirm_password(confirmation.by(caller))
    services().sessions.end_all(caller.user_id, kept=caller.session_id if query.keep else "")
    return make_response("", HTTPStatus.NO_CONTENT) if query.keep else _without_cookie()


def _handed_out(opened: OpenedSession, status: HTTPStatus, *, in_cookie: bool) -> Response:
    view = OpenedSessionView.of(opened)
    if in_cookie:
        view.refresh_token = None
    response = make_response(view.model_dump(mode="json", exclude_none=True), status)
    if in_cookie:
        refresh_cookie.put(response, opened.tokens.refresh, opened.tokens.refresh_claims, services().settings)
    return response


def _without_cookie() -> Response:
    response = make_response("", HTTPStatus.NO_CONTENT)
    refresh_cookie.clear(response, services().settings)
    return response
