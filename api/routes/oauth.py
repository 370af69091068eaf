"""What OAuth clients know how to use: refreshing (RFC 6749 §6), revoking (RFC 7009) and introspection (RFC 7662)."""

from http import HTTPStatus
from typing import Literal

from apiflask import APIBlueprint
from flask import Response, make_response
from pydantic import BaseModel, ConfigDict, Field

from api.account.introspection import ActiveToken, TokenType
from api.authentication import client_address, public, signed_in
from api.errors import AccountGone, InvalidScope, MalformedForm, RefreshTokenMissing, UnsupportedGrantType
from api.oauth_errors import for_oauth_clients
from api.problems import raises
from api.services import services
from api.shapes import View
from auth.claims import COLLECTION_READ, SESSION_SCOPE, Claims, written
from auth.errors import LIMITED, RefreshRefused

bp = APIBlueprint("oauth", __name__, url_prefix="/oauth", tag="OAuth")

TOKEN = "/token"  # noqa: S105 - a path, not a secret
REVOKE = "/revoke"
INTROSPECT = "/introspect"
REFRESH_GRANT = "refresh_token"


class Form(BaseModel):
    """A form as OAuth clients send it: parameters that are not known are ignored (RFC 6749 §3.2)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class TokenRequest(Form):
    """A refresh token, and what it is to be used for: `grant_type` is always `refresh_token`."""

    grant_type: str
    refresh_token: str | None = Field(default=None, min_length=1)
    scope: str | None = Field(default=None, description="If given, all of the session's scope: it is not narrowed.")


class TokenForm(Form):
    """A token. The hint is not needed: the token itself says of which kind it is."""

    token: str = Field(min_length=1)
    token_type_hint: str | None = None


class TokenView(View):
    """The next tokens of a session (RFC 6749 §5.1); `expires_in` is in seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    scope: str


class IntrospectionView(View):
    """What a token is good for (RFC 7662 §2.2). `token_type` is `N_A` for a refresh token: it opens nothing here."""

    active: bool
    scope: str | None = None
    client_id: str | None = None
    username: str | None = None
    token_type: TokenType | None = None
    exp: int | None = None
    iat: int | None = None
    sub: str | None = None
    aud: str | None = None
    iss: str | None = None
    jti: str | None = None
    sid: str | None = None
    user_id: int | None = None

    @classmethod
    def of(cls, found: ActiveToken) -> "IntrospectionView":
        """Show a token that is good."""
        return cls(
            active=True,
            scope=written(found.scope),
            client_id=found.client_id,
            username=found.username,
            token_type=found.token_type,
            exp=int(found.expires_at.timestamp()),
            iat=int(found.issued_at.timestamp()),
            sub=str(found.user_id),
            aud=found.audience,
            iss=found.issuer,
            jti=found.token_id,
            sid=found.session_id,
            user_id=found.user_id,
        )


@bp.post(TOKEN)
@public
@bp.input(TokenRequest, location="form", arg_name="asked")
@bp.output(TokenView)
@raises(MalformedForm, UnsupportedGrantType, RefreshTokenMissing, InvalidScope, RefreshRefused, *LIMITED)
@for_oauth_clients
def refresh_token(asked: TokenRequest) -> Response:
    """Refresh a session as OAuth clients do. The tokens are always good for all that the session is."""
    if asked.grant_type != REFRESH_GRANT:
        raise UnsupportedGrantType
    if asked.refresh_token is None:
        raise RefreshTokenMissing
    if asked.scope is not None and set(asked.scope.split(" ")) != SESSION_SCOPE:
        raise InvalidScope
    opened = services().refreshing.refresh(asked.refresh_token, client_address())
    claims = opened.tokens.access.claims
    view = TokenView(
        access_token=opened.tokens.access.text,
        token_type="Bearer",  # noqa: S106 - a scheme, not a secret
        expires_in=int(claims.lifetime.total_seconds()),
        refresh_token=opened.tokens.refresh,
        scope=written(claims.scope),
    )
    return make_response(view.model_dump(), {"Pragma": "no-cache"})


@bp.post(REVOKE)
@public
@bp.input(TokenForm, location="form", arg_name="asked")
@bp.output({}, HTTPStatus.OK)
@raises(MalformedForm, *LIMITED)
@for_oauth_clients
def revoke_token(asked: TokenForm) -> Response:
    """End the session or the API token behind a token; 200 also if it is not one of ours, or not good any more."""
    services().revoking.revoke(asked.token, client_address())
    response = make_response("")
    del response.headers["Content-Type"]
    return response


@bp.post(INTROSPECT)
@signed_in(COLLECTION_READ)
@bp.input(TokenForm, location="form", arg_name="asked")
@bp.output(IntrospectionView)
@raises(MalformedForm, AccountGone)
@for_oauth_clients
def introspect_token(asked: TokenForm, caller: Claims) -> Response:
    """Ask what a token of yours is good for; with an operator's account, what any token is."""
    found = services().introspection.introspect(asked.token, caller.user_id)
    view = IntrospectionView(active=False) if found is None else IntrospectionView.of(found)
    return make_response(view.model_dump(exclude_none=True))
