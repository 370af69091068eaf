"""Turns every error into an `application/problem+json` answer (RFC 9457). Nowhere else does."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Literal

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from api import errors, oauth_errors
from api.oauth_errors import OAuthError
from api.services import services
from api.shapes import CardView, FieldError, OAuthProblemView, ProblemView
from auth import errors as auth_errors

CONTENT_TYPE = "application/problem+json"
OAUTH_CONTENT_TYPE = "application/json"
_TYPE = "urn:javumbo:problem:"
_RAISES = "_javumbo_raises"
_CHALLENGE = 'Bearer realm="javumbo"'
_RETRY = {"Retry-After": "2"}

log = logging.getLogger("javumbo.problems")


@dataclass(frozen=True)
class Problem:
    """How one kind of error is told to the client."""

    status: HTTPStatus
    code: str
    title: str
    detail: Callable[[Any], str]
    headers: Callable[[Any], dict[str, str]] = lambda _: {}
    members: Callable[[Any], dict[str, Any]] = lambda _: {}
    level: int = logging.INFO


def _says(text: str) -> Callable[[Any], str]:
    return lambda _: text


def _invalid(location: Literal["body", "query"], name: str, message: str) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-input",
        "The request does not have the form it must have",
        _says("See 'errors' for each part that is wrong."),
        members=lambda _: {"errors": [_field_error(location, name, message)]},
    )


_INVALID_TOKEN = Problem(
    HTTPStatus.UNAUTHORIZED,
    "invalid-token",
    "The access token is not valid",
    # One text for every reason: which check failed is nobody's business but the log's.
    _says("The access token is expired, revoked, malformed or not meant for this service. Sign in again."),
    lambda _: {
        "WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token", error_description="The access token is not valid"'
    },
)
_UNAVAILABLE = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "temporarily-unavailable",
    "The service cannot answer this at the moment",
    _says("Nothing was changed. Try again in a moment."),
    lambda _: _RETRY,
    level=logging.ERROR,
)

_PROBLEMS: dict[type[Exception], Problem] = {
    auth_errors.CredentialsMissing: Problem(
        HTTPStatus.UNAUTHORIZED,
        "credentials-missing",
        "An access token is needed",
        _says("Send the header 'Authorization: Bearer <access token>'."),
        lambda _: {"WWW-Authenticate": _CHALLENGE},
    ),
    auth_errors.AmbiguousCredentials: Problem(
        HTTPStatus.BAD_REQUEST,
        "ambiguous-credentials",
        "The access token is in the wrong place, or in several",
        _says("Send one access token, in one Authorization header, and none in the query string."),
        lambda _: {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_request"'},
    ),
    auth_errors.TokenRefused: _INVALID_TOKEN,
    errors.AccountGone: _INVALID_TOKEN,
    errors.AccountChanged: _INVALID_TOKEN,
    auth_errors.HashingBusy: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "temporarily-unavailable",
        "Too many passwords are being checked",
        _says("Nothing was changed. Try again in a moment."),
        lambda _: _RETRY,
        level=logging.WARNING,
    ),
    auth_errors.NoSigningKey: _UNAVAILABLE,
    auth_errors.KeyUnavailable: _UNAVAILABLE,
    auth_errors.BackgroundStalled: _UNAVAILABLE,
    # Closed, not open: who cannot know what was revoked lets nobody in.
    auth_errors.RevocationsUnknown: replace(_UNAVAILABLE, level=logging.WARNING),
    auth_errors.RefreshRefused: Problem(
        HTTPStatus.UNAUTHORIZED,
        "invalid-grant",
        "The refresh token is not valid",
        _says("The refresh token is expired, used, revoked or malformed. Sign in again."),
        lambda _: {"WWW-Authenticate": _CHALLENGE},
    ),
    auth_errors.InsufficientScope: Problem(
        HTTPStatus.FORBIDDEN,
        "insufficient-scope",
        "The access token is not good for this",
        lambda error: f"This needs the scope '{error.scope}', which the access token does not have.",
        lambda error: {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{error.scope}"'},
        members=lambda error: {"scope": error.scope},
    ),
    errors.WrongCredentials: Problem(
        HTTPStatus.UNAUTHORIZED,
        "wrong-credentials",
        "Username and password do not match",
        _says("There is no account with this username and this password."),
        lambda _: {"WWW-Authenticate": _CHALLENGE},
    ),
    errors.PasswordNotConfirmed: Problem(
        HTTPStatus.FORBIDDEN,
        "password-not-confirmed",
        "The password is wrong",
        _says("This needs the account's password once more, in the member 'password'. Nothing was changed."),
    ),
    errors.ResetRefused: Problem(
        HTTPStatus.FORBIDDEN,
        "reset-refused",
        "The code does not set a new password",
        # One text for every reason, as for tokens.
        _says("It is unknown, used or run out, or of another account. Ask the operator for a new code."),
    ),
    errors.NoSuchAccount: Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        "There is no such account",
        lambda error: f"No account is called {error.username!r}.",
    ),
    errors.NameTaken: Problem(
        HTTPStatus.CONFLICT,
        "username-taken",
        "The username is taken",
        lambda error: f"Another account is called {error.username!r}. Choose another username.",
    ),
    errors.DeletionUnfinished: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "deletion-unfinished",
        "The account is not deleted completely",
        _says("Its collection is closed and cannot be opened again. Repeat the request to delete the account itself."),
        lambda _: _RETRY,
        level=logging.ERROR,
    ),
    errors.OriginRefused: Problem(
        HTTPStatus.FORBIDDEN,
        "origin-refused",
        "The page that sent this is not one of ours",
        _says("A refresh token in a cookie is taken from this service's own pages and those of JAVUMBO_CORS_ORIGINS."),
        level=logging.WARNING,
    ),
    errors.SessionNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "session-not-found",
        "There is no such session",
        _says("You have no open session of this id. It may have ended."),
    ),
    errors.ApiTokenNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "api-token-not-found",
        "There is no such API token",
        lambda error: f"You have no API token {error.token_id}. It may have been deleted.",
    ),
    errors.TooManyApiTokens: Problem(
        HTTPStatus.CONFLICT,
        "too-many-api-tokens",
        "There are too many API tokens",
        lambda error: f"You have {error.limit} API tokens, and cannot have more. Delete those you do not use.",
    ),
    errors.MetadataNeedsHttps: Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        "There is no metadata document",
        _says("It is published where the issuer (JAVUMBO_ISSUER) is an https URL."),
    ),
    errors.DeckNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "deck-not-found",
        "There is no such deck",
        lambda error: f"You have no deck {error.deck_id}. It may have been deleted.",
    ),
    errors.DeckNameTaken: Problem(
        HTTPStatus.CONFLICT,
        "deck-name-taken",
        "A deck of this name exists",
        lambda error: f"You have a deck called {error.name!r} already; names that differ in case alone count as equal.",
    ),
    errors.CardNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "card-not-found",
        "There is no such card",
        lambda error: f"You have no card {error.card_id}. It may have been deleted.",
    ),
    errors.StaleReview: Problem(
        HTTPStatus.CONFLICT,
        "stale-review",
        "The card has been reviewed since it was shown",
        _says("Nothing was changed. The member 'card' is the card as it now is."),
        members=lambda error: {"card": CardView.of(error.card, services().scheduler).model_dump(mode="json")},
    ),
    errors.InvalidCursor: _invalid("query", "cursor", "is not a cursor that this list has given out"),
    errors.RefreshTokenMissing: _invalid("body", "refresh_token", "is missing, and there is no cookie with one"),
    errors.MalformedForm: Problem(
        HTTPStatus.BAD_REQUEST,
        "malformed-request",
        "The body is not a form",
        _says("Send 'Content-Type: application/x-www-form-urlencoded', in UTF-8, and each parameter once."),
    ),
    errors.UnsupportedGrantType: Problem(
        HTTPStatus.BAD_REQUEST,
        "unsupported-grant-type",
        "Tokens are not given out like that",
        _says("The only grant type is 'refresh_token'. Sign in with POST /v1/sessions."),
    ),
    errors.InvalidScope: Problem(
        HTTPStatus.BAD_REQUEST,
        "invalid-scope",
        "The scope is not the session's",
        _says("Leave 'scope' out, or send all of what the session is good for: it is not narrowed."),
    ),
    errors.StorageFull: Problem(
        HTTPStatus.INSUFFICIENT_STORAGE,
        "storage-full",
        "There is no room left to store this",
        _says("Nothing was changed. It works again once the operators have made room."),
        level=logging.CRITICAL,
    ),
    errors.StoreDamaged: replace(_UNAVAILABLE, level=logging.CRITICAL),
    errors.StoreMissing: replace(_UNAVAILABLE, level=logging.CRITICAL),
    errors.StoreError: _UNAVAILABLE,
}

_HTTP_CODES = {
    HTTPStatus.BAD_REQUEST: ("malformed-request", "The body is not valid JSON, or the request is malformed."),
    HTTPStatus.NOT_FOUND: ("not-found", "There is nothing at this path."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method-not-allowed", "See the header 'Allow' for the methods this path takes."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("body-too-large", "The body is larger than 1 MiB."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "unsupported-media-type",
        "Send the body as JSON: 'Content-Type: application/json'.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("invalid-input", "See 'errors' for each part that is wrong."),
}


def raises(*kinds: type[Exception]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare which errors a view can end in, for the OpenAPI document."""

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        setattr(view, _RAISES, kinds)
        return view

    return declare


def declared(view: Callable[..., Any]) -> list[Problem]:
    """Return the problems a view has declared."""
    return [_problem_of(kind) for kind in getattr(view, _RAISES, ())]


def register(app: APIFlask) -> None:
    """Answer every error of this application with a problem document."""
    for kind in _PROBLEMS:
        app.register_error_handler(kind, _answer_known)
    app.register_error_handler(Exception, _answer_unknown)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(HTTPError, _answer_validation)


def _problem_of(kind: type[Exception]) -> Problem:
    return next(_PROBLEMS[ancestor] for ancestor in kind.__mro__ if ancestor in _PROBLEMS)


def _answer_known(error: Exception) -> Response:
    problem = _problem_of(type(error))
    causes = [error] if error.__cause__ is None else [error, error.__cause__]
    reason = ", because of ".join(f"{type(cause).__name__}: {cause}" for cause in causes)
    log.log(problem.level, "refused", extra={"problem": problem.code, "reason": reason})
    return _response(
        problem.status,
        problem.code,
        problem.title,
        problem.detail(error),
        problem.headers(error),
        **problem.members(error),
    )


def _answer_unknown(error: Exception) -> Response:
    log.critical("unhandled error", exc_info=error)
    return _response(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal-error",
        "Something went wrong on our side",
        "The error has been logged under this request_id.",
    )


def _answer_http(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value] # a redirect
    status = HTTPStatus(error.code)
    code, detail = _HTTP_CODES.get(status, ("http-error", status.description))
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _response(status, code, status.phrase, detail, headers)


def _answer_validation(error: HTTPError) -> Response:
    status = HTTPStatus(error.status_code)
    code, detail = _HTTP_CODES.get(status, ("http-error", status.description))
    title = "The request does not have the form it must have"
    return _response(status, code, title, detail, errors=_field_errors(error.detail))


def _field_errors(detail: Any) -> list[dict[str, str]]:
    return [
        _field_error("query" if location == "query" else "body", name.replace("_schema", ""), message)
        for location, by_field in detail.items()
        for name, messages in by_field.items()
        for message in messages
    ]


def _field_error(location: Any, name: str, message: str) -> dict[str, str]:
    return FieldError(location=location, field=name, message=message).model_dump()


def _response(
    status: HTTPStatus, code: str, title: str, detail: str, headers: dict[str, str] | None = None, **members: Any
) -> Response:
    told = {"type": _TYPE + code, "title": title, "status": status, "detail": detail, "request_id": g.request_id}
    if request.endpoint and oauth_errors.is_for_oauth_clients(current_app.view_functions[request.endpoint]):
        return _oauth_response(oauth_errors.of_problem(code), told, headers or {}, members)
    body = {**ProblemView(**told).model_dump(exclude_none=True), **members}
    return Response(json.dumps(body), status, headers, content_type=CONTENT_TYPE)


def _oauth_response(
    error: OAuthError, told: dict[str, Any], headers: dict[str, str], members: dict[str, Any]
) -> Response:
    described = oauth_errors.description(told["detail"], members.get("errors", []))
    problem = OAuthProblemView(**{**told, "status": error.status}, error=error.code, error_description=described)
    if error.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers = headers | _RETRY
    elif error.status is not told["status"]:
        headers = {}  # a challenge belongs to the 401 that it is not any more
    body = {**problem.model_dump(exclude_none=True), **members}
    return Response(json.dumps(body), error.status, headers, content_type=OAUTH_CONTENT_TYPE)
