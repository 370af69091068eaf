"""Turns every error into an `application/problem+json` answer (RFC 9457). Nowhere else does."""

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from api import oauth_errors
from api.oauth_errors import OAuthError
from api.problem import REGISTERED, RETRY, Problem, field_error
from api.problem_catalogue import HTTP_CODES, PROBLEMS
from api.shapes import OAuthProblemView, ProblemView

CONTENT_TYPE = "application/problem+json"
OAUTH_CONTENT_TYPE = "application/json"
_TYPE = "urn:javumbo:problem:"
_REGISTERED = "https://iana.org/assignments/http-problem-types#"
_RAISES = "_javumbo_raises"

log = logging.getLogger("javumbo.problems")


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
    for kind in PROBLEMS:
        app.register_error_handler(kind, _answer_known)
    app.register_error_handler(Exception, _answer_unknown)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(HTTPError, _answer_validation)


def _problem_of(kind: type[Exception]) -> Problem:
    return next(PROBLEMS[ancestor] for ancestor in kind.__mro__ if ancestor in PROBLEMS)


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
    code, detail = HTTP_CODES.get(status, ("http-error", status.description))
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _response(status, code, status.phrase, detail, headers)


def _answer_validation(error: HTTPError) -> Response:
    status = HTTPStatus(error.status_code)
    code, detail = HTTP_CODES.get(status, ("http-error", status.description))
    title = "The request does not have the form it must have"
    return _response(status, code, title, detail, errors=_field_errors(error.detail))


def _field_errors(detail: Any) -> list[dict[str, str]]:
    return [
        field_error("query" if location == "query" else "body", name.replace("_schema", ""), _told(message))
        for location, by_field in detail.items()
        for name, messages in by_field.items()
        for message in messages
    ]


def _told(message: str) -> str:
    # So pydantic begins what a validator of ours says.
    return message.removeprefix("Value error, ")


def _response(
    status: HTTPStatus, code: str, title: str, detail: str, headers: dict[str, str] | None = None, **members: Any
) -> Response:
    told = {"type": type_of(code), "title": title, "status": status, "detail": detail, "request_id": g.request_id}
    if request.endpoint and oauth_errors.is_for_oauth_clients(current_app.view_functions[request.endpoint]):
        return _oauth_response(oauth_errors.of_problem(code), told, headers or {}, members)
    body = {**ProblemView(**told).model_dump(exclude_none=True), **members}
    return Response(json.dumps(body), status, headers, content_type=CONTENT_TYPE)


def type_of(code: str) -> str:
    """Return the URI of a kind of problem: one that others know it by, where there is one."""
    return (_REGISTERED if code in REGISTERED else _TYPE) + code


def _oauth_response(
    error: OAuthError, told: dict[str, Any], headers: dict[str, str], members: dict[str, Any]
) -> Response:
    described = oauth_errors.description(told["detail"], members.get("errors", []))
    problem = OAuthProblemView(**{**told, "status": error.status}, error=error.code, error_description=described)
    if error.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers = RETRY | headers
    elif error.status is not told["status"]:
        headers = {}  # a challenge belongs to the 401 that it is not any more
    body = {**problem.model_dump(exclude_none=True), **members}
    return Response(json.dumps(body), error.status, headers, content_type=OAUTH_CONTENT_TYPE)
