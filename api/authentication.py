"""Who may call a view: `signed_in` passes the caller's claims as an argument, `public` says that anybody may.

Every view has one of the two marks: `create_app` refuses to build an application with a view that has neither.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request

from api.services import services

View = Callable[..., Any]

_ACCESS = "_javumbo_access"
SCHEME = "bearer"


def signed_in(view: View) -> View:
    """Verify the caller's token before anything else of the request is looked at; pass its claims as `caller`."""

    @wraps(view)
    def authenticated(*args: Any, **kwargs: Any) -> Any:
        return view(*args, caller=services().authenticate(request), **kwargs)

    return _mark(authenticated, "signed_in")


def public(view: View) -> View:
    """Mark a view that anybody may call."""
    return _mark(view, "public")


def access_of(view: View) -> str | None:
    """Return the mark of a view, if it has one."""
    return getattr(view, _ACCESS, None)


def _mark(view: View, access: str) -> View:
    setattr(view, _ACCESS, access)
    return view
