"""Every kind of error and how it is told to the client: what `api.problems` answers with (RFC 9457)."""

import logging
from dataclasses import replace
from http import HTTPStatus

from api import errors
from api.collection_problems import COLLECTION_PROBLEMS
from api.problem import CHALLENGE, INVALID_TOKEN, RETRY, UNAVAILABLE, Problem, field_error, invalid, limited, says
from auth import errors as auth_errors


def _beyond(slack: int) -> str:
    return f" (and {slack} beyond that to take something back)" if slack else ""


PROBLEMS: dict[type[Exception], Problem] = {
    **COLLECTION_PROBLEMS,
    auth_errors.CredentialsMissing: Problem(
        HTTPStatus.UNAUTHORIZED,
        "credentials-missing",
        "An access token is needed",
        says("Send the header 'Authorization: Bearer <access token>'."),
        lambda _: {"WWW-Authenticate": CHALLENGE},
    ),
    auth_errors.AmbiguousCredentials: Problem(
        HTTPStatus.BAD_REQUEST,
        "ambiguous-credentials",
        "The access token is in the wrong place, or in several",
        says("Send one access token, in one Authorization header, and none in the query string."),
        lambda _: {"WWW-Authenticate": f'{CHALLENGE}, error="invalid_request"'},
    ),
    auth_errors.TokenRefused: INVALID_TOKEN,
    errors.AccountGone: INVALID_TOKEN,
    errors.AccountChanged: INVALID_TOKEN,
    auth_errors.HashingBusy: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "temporarily-unavailable",
        "Too many passwords are being checked",
        says("Nothing was changed. Try again in a moment."),
        lambda _: RETRY,
        level=logging.WARNING,
    ),
    auth_errors.NoSigningKey: UNAVAILABLE,
    auth_errors.KeyUnavailable: UNAVAILABLE,
    auth_errors.BackgroundStalled: UNAVAILABLE,
    # Closed, not open: who cannot know what was revoked lets nobody in.
    auth_errors.RevocationsUnknown: replace(UNAVAILABLE, level=logging.WARNING),
    auth_errors.RefreshRefused: Problem(
        HTTPStatus.UNAUTHORIZED,
        "invalid-grant",
        "The refresh token is not valid",
        says("The refresh token is expired, used, revoked or malformed. Sign in again."),
        lambda _: {"WWW-Authenticate": CHALLENGE},
    ),
    auth_errors.InsufficientScope: Problem(
        HTTPStatus.FORBIDDEN,
        "insufficient-scope",
        "The access token is not good for this",
        lambda error: f"This needs the scope '{error.scope}', which the access token does not have.",
        lambda error: {"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{error.scope}"'},
        members=lambda error: {"scope": error.scope},
    ),
    auth_errors.QuotaExceeded: limited(
        HTTPStatus.TOO_MANY_REQUESTS,
        "quota-exceeded",
        "There were too many requests of this kind",
        "This is beyond the limit {policies}. Nothing was changed. Send the request again in {wait} s.",
        logging.INFO,
    ),
    auth_errors.CapacityReduced: limited(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "temporary-reduced-capacity",
        "The service cannot take as many requests of this kind as usual",
        "There is less than usual of {policies} for a while. Nothing was changed. Send the request again in {wait} s.",
        logging.WARNING,
    ),
    errors.WrongCredentials: Problem(
        HTTPStatus.UNAUTHORIZED,
        "wrong-credentials",
        "Username and password do not match",
        says("There is no account with this username and this password."),
        lambda _: {"WWW-Authenticate": CHALLENGE},
    ),
    errors.PasswordNotConfirmed: Problem(
        HTTPStatus.FORBIDDEN,
        "password-not-confirmed",
        "The password is wrong",
        says("This needs the account's password once more, in the member 'password'. Nothing was changed."),
    ),
    errors.ResetRefused: Problem(
        HTTPStatus.FORBIDDEN,
        "reset-refused",
        "The code does not set a new password",
        # One text for every reason, as for tokens.
        says("It is unknown, used or run out, or of another account. Ask the operator for a new code."),
    ),
    errors.NoSuchAccount: Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        "There is no such account",
        lambda error: f"No account is called {error.username!r}.",
    ),
    errors.SignUpClosed: Problem(
        HTTPStatus.FORBIDDEN,
        "sign-up-closed",
        "Nobody can sign up here",
        says("Accounts are made by the operators of this service. Ask whoever runs it for one."),
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
        says("Its collection is closed and cannot be opened again. Repeat the request to delete the account itself."),
        lambda _: RETRY,
        level=logging.ERROR,
    ),
    errors.OriginRefused: Problem(
        HTTPStatus.FORBIDDEN,
        "origin-refused",
        "The page that sent this is not one of ours",
        says("A refresh token in a cookie is taken from this service's own pages and those of JAVUMBO_CORS_ORIGINS."),
        level=logging.WARNING,
    ),
    errors.SessionNotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "session-not-found",
        "There is no such session",
        says("You have no open session of this id. It may have ended."),
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
        lambda error: (
            f"You have {error.live} API tokens, {error.remembered} with those that were deleted before they ran out. "
            "Delete those you do not use, or wait until some have run out."
        ),
    ),
    errors.MetadataNeedsHttps: Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        "There is no metadata document",
        says("It is published where the issuer (JAVUMBO_ISSUER) is an https URL."),
    ),
    errors.InputRefused: replace(
        invalid("body", "", ""),
        members=lambda error: {
            "errors": [field_error("body", fault.field, fault.message) for fault in error.faults],
        },
    ),
    errors.InvalidHeader: replace(
        invalid("header", "", ""),
        members=lambda error: {"errors": [field_error("header", error.name, error.reason)]},
    ),
    errors.InvalidCursor: invalid("query", "cursor", "is not a cursor that this list has given out"),
    errors.RefreshTokenMissing: invalid("body", "refresh_token", "is missing, and there is no cookie with one"),
    errors.MalformedForm: Problem(
        HTTPStatus.BAD_REQUEST,
        "malformed-request",
        "The body is not a form",
        says("Send 'Content-Type: application/x-www-form-urlencoded', in UTF-8, and each parameter once."),
    ),
    errors.UnsupportedGrantType: Problem(
        HTTPStatus.BAD_REQUEST,
        "unsupported-grant-type",
        "Tokens are not given out like that",
        says("The only grant type is 'refresh_token'. Sign in with POST /v1/sessions."),
    ),
    errors.InvalidScope: Problem(
        HTTPStatus.BAD_REQUEST,
        "invalid-scope",
        "The scope is not the session's",
        says("Leave 'scope' out, or send all of what the session is good for: it is not narrowed."),
    ),
    errors.QuotaReached: Problem(
        HTTPStatus.INSUFFICIENT_STORAGE,
        "quota-reached",
        "Your collection may not take more room",
        lambda error: (
            f"It takes {error.used} bytes, may take {error.quota}{_beyond(error.slack)}, and this needs more. Nothing "
            "was changed. Shorten long cards, or ask the operator for more room. What is deleted counts until it is "
            "removed, a day later."
        ),
        members=lambda error: {"used": error.used, "quota": error.quota, "slack": error.slack},
    ),
    errors.StorageFull: Problem(
        HTTPStatus.INSUFFICIENT_STORAGE,
        "storage-full",
        "There is no room left to store this",
        says("Nothing was changed. It works again once the operators have made room."),
        level=logging.CRITICAL,
    ),
    errors.StoreDamaged: replace(UNAVAILABLE, level=logging.CRITICAL),
    errors.StoreMissing: replace(UNAVAILABLE, level=logging.CRITICAL),
    errors.StoreError: UNAVAILABLE,
}

HTTP_CODES = {
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
