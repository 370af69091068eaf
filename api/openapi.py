"""Completes the OpenAPI document: who may call, every refusal, and the bounds of ids."""

import json
import re
from http import HTTPStatus
from typing import Any

from apiflask import APIFlask
from werkzeug.routing import Rule

from api import problems
from api.authentication import SCHEME, access_of
from api.oauth_errors import is_for_oauth_clients
from api.openapi_links import links_of
from api.problem import Problem
from api.problems import CONTENT_TYPE, OAUTH_CONTENT_TYPE
from api.shapes import OAuthProblemView, ProblemView, StaleReviewView
from api.writing import KEY, writes_of
from auth.claim_rules import MAX_ID, RANDOM_ID

_ID = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
_SESSION_ID = {"type": "string", "pattern": f"^{RANDOM_ID}$"}
_WITH_BODY = {
    HTTPStatus.BAD_REQUEST: "The body is not valid JSON.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not application/json.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A member of the body is wrong: see `errors`.",
}
_WITH_QUERY = {HTTPStatus.UNPROCESSABLE_ENTITY: "A query parameter is wrong: see `errors`."}
_SIGNED_IN = {
    HTTPStatus.BAD_REQUEST: "The access token is in the query string, or in two places.",
    HTTPStatus.UNAUTHORIZED: "The access token is missing or not valid.",
    HTTPStatus.FORBIDDEN: "The access token does not have the scope that `security` names.",
    HTTPStatus.TOO_MANY_REQUESTS: "There were too many requests; see `Retry-After`.",
}
_WITH_STORE = {
    HTTPStatus.SERVICE_UNAVAILABLE: "The service cannot answer at the moment; see `Retry-After`.",
    # Opening a collection for reading takes a little room, too.
    HTTPStatus.INSUFFICIENT_STORAGE: "There is no room left; nothing was changed.",
}
_OF_OAUTH = {
    HTTPStatus.BAD_REQUEST: "The request is refused; `error` says why.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB.",
    HTTPStatus.TOO_MANY_REQUESTS: "There were too many requests; see `Retry-After`.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Nothing was changed, and nothing can be told at the moment; see `Retry-After`.",
}
_KEY = {
    "name": KEY,
    "in": "header",
    "required": False,
    "description": "Any text of your own, another for each request: repeated with it, the request is done once.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what you have read: if it has been changed since, the answer is a 412.",
    "schema": {"type": "string", "pattern": '^("[0-9]{1,16}"|\\*)$'},
}
_WITH_KEY = {HTTPStatus.UNPROCESSABLE_ENTITY: "A part of the request is wrong, or its `Idempotency-Key` is another's."}
_WITHOUT_STORE = {"health.get_health", "discovery.get_jwks", "discovery.get_metadata"}


def register(app: APIFlask) -> None:
    """Describe the application, and complete the document whenever it is made."""
    for name in ("AUTO_404_RESPONSE", "AUTO_VALIDATION_ERROR_RESPONSE", "AUTO_AUTH_ERROR_RESPONSE"):
        app.config[name] = False
    app.config["SECURITY_SCHEMES"] = {SCHEME: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}

    @app.spec_processor
    def complete(document: Any) -> Any:
        _add_schemas(document)
        document = _with_plain_names(document)
        for rule in app.url_map.iter_rules():
            operations = document["paths"].get(_path_of(rule), {})
            for method in (rule.methods or set()) & {name.upper() for name in operations}:
                _complete_operation(app, rule.endpoint, operations[method.lower()])
        return document


def _complete_operation(app: APIFlask, endpoint: str, operation: dict[str, Any]) -> None:
    view = app.view_functions[endpoint]
    access = access_of(view)
    is_signed_in = access is not None and access.scope is not None
    operation["operationId"] = endpoint.rpartition(".")[2]
    _add_links(operation)
    if access is not None and access.scope is not None:
        operation["security"] = [{SCHEME: [access.scope]}]
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            schema = _SESSION_ID if parameter["name"] == "session_id" else _ID
            parameter |= {"schema": schema, "required": True}
    written = writes_of(view)
    if written is not None:
        operation["parameters"] += [_KEY, _IF_MATCH] if written.takes_if_match else [_KEY]
    declared = problems.declared(view)
    if is_for_oauth_clients(view):
        _add_oauth_refusals(operation["responses"], is_signed_in=is_signed_in)
        return
    refusals = _refusals(endpoint, operation, is_signed_in=is_signed_in)
    for problem in declared:
        told = refusals.get(problem.status)
        refusals[problem.status] = f"{told} Or: {problem.title}." if told else f"{problem.title}."
    _add_refusals(operation["responses"], refusals, declared)


def _add_links(operation: dict[str, Any]) -> None:
    links = links_of(operation["operationId"])
    for status, response in operation["responses"].items():
        if links and status.startswith("2"):
            response["links"] = links


def _refusals(endpoint: str, operation: dict[str, Any], *, is_signed_in: bool) -> dict[HTTPStatus, str]:
    has_query = any(parameter["in"] == "query" for parameter in operation["parameters"])
    applicable = [
        (is_signed_in, _SIGNED_IN),
        ("requestBody" in operation, _WITH_BODY),
        (has_query, _WITH_QUERY),
        (any(parameter["name"] == KEY for parameter in operation["parameters"]), _WITH_KEY),
        (endpoint not in _WITHOUT_STORE, _WITH_STORE),
    ]
    return {status: text for applies, texts in applicable if applies for status, text in texts.items()}


def _add_refusals(responses: dict[str, Any], refusals: dict[HTTPStatus, str], declared: list[Problem]) -> None:
    responses.get("204", {}).pop("content", None)
    for status, description in sorted(refusals.items()):
        responses[str(int(status))] = _refusal(description, _schema_of(declared, status))


def _add_oauth_refusals(responses: dict[str, Any], *, is_signed_in: bool) -> None:
    if responses["200"].get("content", {}).get("application/json") == {"schema": {}}:
        del responses["200"]["content"]
    refusals = _OF_OAUTH | (_SIGNED_IN | _OF_OAUTH if is_signed_in else {})
    for status, description in sorted(refusals.items()):
        responses[str(int(status))] = _refusal(description, _reference(OAuthProblemView), OAUTH_CONTENT_TYPE)


def _schema_of(declared: list[Problem], status: HTTPStatus) -> dict[str, Any]:
    codes = {problem.code for problem in declared if problem.status is status}
    if codes == {"stale-review"}:
        return _reference(StaleReviewView)
    if "stale-review" in codes:
        return {"anyOf": [_reference(StaleReviewView), _reference(ProblemView)]}
    return _reference(ProblemView)


def _reference(model: type[ProblemView]) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _refusal(description: str, schema: dict[str, Any], content_type: str = CONTENT_TYPE) -> dict[str, Any]:
    return {"description": description, "content": {content_type: {"schema": schema}}}


def _add_schemas(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for model in (ProblemView, OAuthProblemView, StaleReviewView):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    # APIFlask names a nested model after each one it is nested in; generated clients want it once.
    schemas = document["components"]["schemas"]
    plain = {name.rpartition(".")[2]: schema for name, schema in schemas.items()}
    plain |= {name: schema for name, schema in schemas.items() if "." not in name}
    document["components"]["schemas"] = plain
    renamed: dict[str, Any] = json.loads(re.sub(r"(#/components/schemas/)\w+\.(\w+)", r"\1\2", json.dumps(document)))
    return renamed


def _path_of(rule: Rule) -> str:
    return "".join(f"{{{data}}}" if is_dynamic else data for is_dynamic, data in rule._trace).lstrip("|")
