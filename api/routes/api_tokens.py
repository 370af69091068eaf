"""API tokens, for programs of the account's owner."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import Field

from api import pagination, text
from api.account.api_tokens import NewApiToken
from api.authentication import signed_in
from api.errors import ApiTokenNotFound, PasswordNotConfirmed, TooManyApiTokens
from api.pagination import PageQuery
from api.problems import raises
from api.routes.accounts import PasswordConfirmation
from api.services import services
from api.shapes import View
from auth.claims import ACCOUNT, Claims
from auth.errors import LIMITED, HashingBusy
from auth.rotation import API_TOKEN_MAX

bp = APIBlueprint("api_tokens", __name__, url_prefix="/v1/api-tokens", tag="API tokens")

Scope = Literal["collection:read", "collection:write"]


class ApiTokenRequest(PasswordConfirmation):
    """What a program is to be let do, and for how many days."""

    name: text.DisplayName
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=2)]
    expires_in_days: int = Field(default=90, strict=True, ge=1, le=API_TOKEN_MAX.days)


class ApiTokenView(View):
    """An API token, as its owner sees it in the list; `last_used_on` is a day in UTC."""

    id: int
    name: str
    scopes: list[str]
    last_characters: str
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None


class CreatedApiTokenView(ApiTokenView):
    """An API token just made. `token` is shown this once: send it as `Authorization: Bearer …`."""

    token: str


class ApiTokenPage(View):
    """API tokens in the order they were made."""

    items: list[ApiTokenView]
    next_cursor: str | None


@bp.post("")
@signed_in(ACCOUNT)
@bp.input(ApiTokenRequest, arg_name="asked")
@bp.output(CreatedApiTokenView, HTTPStatus.CREATED)
@raises(PasswordNotConfirmed, TooManyApiTokens, HashingBusy, *LIMITED)
def create_api_token(asked: ApiTokenRequest, caller: Claims) -> CreatedApiTokenView:
    """Make an API token."""
    new = NewApiToken(asked.name, frozenset(asked.scopes), timedelta(days=asked.expires_in_days))
    kept, token = services().api_tokens.create(asked.by(caller), new)
    return CreatedApiTokenView(**ApiTokenView.model_validate(kept).model_dump(), token=token)


@bp.get("")
@signed_in(ACCOUNT)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(ApiTokenPage)
def list_api_tokens(query: PageQuery, caller: Claims) -> ApiTokenPage:
    """List your API tokens."""
    found = services().api_tokens.page(caller.user_id, pagination.id_of(query.cursor), query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, lambda token: token.id)
    return ApiTokenPage(items=[ApiTokenView.model_validate(token) for token in items], next_cursor=cursor)


@bp.delete("/<int:token_id>")
@signed_in(ACCOUNT)
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(ApiTokenNotFound)
def delete_api_token(token_id: int, caller: Claims) -> tuple[str, HTTPStatus]:
    """End one of your API tokens."""
    services().api_tokens.delete(caller.user_id, token_id)
    return "", HTTPStatus.NO_CONTENT
