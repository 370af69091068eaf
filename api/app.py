"""The Flask application, made of services and nothing else."""

import re
from typing import Any
from urllib.parse import parse_qsl

from apiflask import APIFlask
from flask import Request, Response
from flask.json.provider import DefaultJSONProvider
from flask_cors import CORS
from flask_swagger_ui import get_swaggerui_blueprint
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.routing import BaseConverter
from werkzeug.utils import cached_property

from api import authentication, openapi, problems, rate_limit_fields, request_log
from api.errors import MalformedForm
from api.routes import BLUEPRINTS
from api.services import EXTENSION, Services
from api.version import VERSION
from auth.claim_rules import RANDOM_ID

MAX_BODY = 1024 * 1024
_DOCS = "/docs"
_FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 50


class IdConverter(BaseConverter):
    """Ids in paths, as they are written: what cannot be one is a path that does not exist."""

    regex = r"[1-9][0-9]{0,15}"

    def to_python(self, value: str) -> int:
        """Return the id."""
        return int(value)


class SessionIdConverter(BaseConverter):
    """Ids of sessions in paths."""

    regex = RANDOM_ID


class CheckedRequest(Request):
    """A request whose body, once a view asks for it, is of a size we take: JSON, or a form where the view takes one."""

    def get_data(self, *arguments: Any, **named: Any) -> Any:
        """Return the body of a view that takes JSON. BadRequest if it does not arrive whole."""
        data = self._whole(*arguments, **named)
        if data and not self.is_json:
            raise UnsupportedMediaType
        return data

    @cached_property
    def form(self) -> ImmutableMultiDict[str, str]:
        """The body of a view that takes a form. MalformedForm."""
        data = self._whole()
        if data and self.mimetype != _FORM:
            raise MalformedForm
        try:
            # A parameter without a value counts as absent (RFC 6749 §3.2).
            pairs = parse_qsl(data.decode(), errors="strict", max_num_fields=_MOST_PARAMETERS)
        except ValueError as error:
            raise MalformedForm from error
        form = ImmutableMultiDict(pairs)
        if len(form) != len(pairs):
            raise MalformedForm
        return form

    def _whole(self, *arguments: Any, **named: Any) -> Any:
        try:
            data = super().get_data(*arguments, **named)
        except OSError as error:  # gunicorn's word for chunks that are none
            raise BadRequest from error
        # Without a length to look at, Flask reads as much as it may and takes that for the whole.
        if self.content_length is None and len(data) >= MAX_BODY:
            raise RequestEntityTooLarge
        return data


class JsonProvider(DefaultJSONProvider):
    """JSON with members in our order; a body nested too deeply is malformed, not our fault."""

    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Parse a document. ValueError if it is not JSON that we take."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def create_app(services: Services) -> APIFlask:
    """Build the application."""
    app = APIFlask(
        "api",
        title="JAVUMBO",
        version=VERSION,
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type] # Flask takes None for "no such folder"
        json_errors=False,
    )
    app.servers = [{"url": "/"}]  # else the Host header of the first request would be remembered
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.request_class = CheckedRequest
    app.json = JsonProvider(app)
    app.url_map.converters["int"] = IdConverter
    app.url_map.converters["sid"] = SessionIdConverter
    app.extensions[EXTENSION] = services
    request_log.register(app)
    rate_limit_fields.register(app)
    problems.register(app)
    app.after_request(_set_headers)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    openapi.register(app)
    _serve_docs(app)
    _allow_origins(app, services.settings.cors_origins)
    _refuse_unmarked(app)
    return app


def _set_headers(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _serve_docs(app: APIFlask) -> None:
    # The package carries Swagger UI itself, so that the page works without the internet.
    app.register_blueprint(
        get_swaggerui_blueprint(_DOCS, "/openapi.json", {"app_name": "JAVUMBO API", "validatorUrl": None})
    )
    for endpoint in ("swagger_ui.show", "openapi.spec"):
        authentication.public(app.view_functions[endpoint])


def _allow_origins(app: APIFlask, origins: tuple[str, ...]) -> None:
    if origins:
        headers = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match"]
        exposed = ["X-Request-ID", "ETag", "Retry-After", "WWW-Authenticate", *rate_limit_fields.FIELDS]
        # The extension would take the brackets of an IPv6 address for a regular expression.
        exactly = [re.compile(re.escape(origin) + r"\Z") for origin in origins]
        common = {"origins": exactly, "allow_headers": headers, "expose_headers": exposed, "max_age": 600}
        # Only here is there a cookie, which browsers neither keep nor send across origins unless told to.
        CORS(app, resources={r"/v1/sessions.*": {**common, "supports_credentials": True}, r"/.*": common})


def _refuse_unmarked(app: APIFlask) -> None:
    for endpoint, view in app.view_functions.items():
        if authentication.access_of(view) is None:
            raise RuntimeError(f"the view {endpoint!r} does not say who may call it")
