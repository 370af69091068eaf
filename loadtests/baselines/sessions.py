"""Sessions on the server, as the old one kept them: a cookie says which, and a store says whose."""

import warnings
from collections.abc import Callable

from apiflask import APIFlask
from flask import Request, Response, request, session
from flask.sessions import SessionInterface

from api.app import create_app
from api.services import Services
from auth.errors import CredentialsMissing
from loadtests.baselines.exchanged import with_caller

_KEY = "for measuring only"  # nobody but who measures ever reaches these servers


def serve(services: Services, interface: Callable[[APIFlask], SessionInterface]) -> APIFlask:
    """Build the application with sessions that are kept somewhere: signing in begins one, an added card is noted."""
    app = create_app(with_caller(services, _of_session))
    app.secret_key = _KEY
    with warnings.catch_warnings():
        # The old server signed its cookies; the library advises against it by now.
        warnings.simplefilter("ignore", DeprecationWarning)
        app.session_interface = interface(app)
    app.after_request(_remember)
    return app


def _of_session(_: Request) -> int:
    user_id = session.get("user_id")
    if user_id is None:
        raise CredentialsMissing
    return int(user_id)


def _remember(response: Response) -> Response:
    if response.status_code == 201 and request.endpoint == "sessions.sign_in":
        session["user_id"] = response.get_json()["user"]["user_id"]
    elif response.status_code == 201 and request.endpoint == "notes.add_card":
        session["last_card"] = response.get_json()["cards"][0]["id"]
    return response
