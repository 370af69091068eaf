"""Who may call a view: `signed_in(scope)` passes the caller's claims as an argument, `public` says that anybody may.

Every view has one of the two marks: `create_app` refuses to build an application with a view that has neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask.globals import request_ctx

from api.services import services
from auth.errors import InsufficientScope

View = Callable[..., Any]

_ACCESS = "_javumbo_access"
SCHEME = "bearer"


@dataclass(frozen=True)
class Access:
    """Who may call a view: whoever has a token with this scope, or, without one, anybody."""

    scope: str | None


def signed_in(scope: str, *, is_limited: bool = True) -> Callable[[View], View]:
    """Verify the caller's token before anything else of the request is looked at; pass its claims as `caller`.

    InsufficientScope if the token is not good for this scope; QuotaExceeded, unless good ones are not limited here.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def authenticated(*args: Any, **kwargs: Any) -> Any:
            known = services()
            # The request itself, and not the proxy, which looks for it whenever it is asked for something.
            caller = known.authenticate(request_ctx.request)
            if is_limited or scope not in caller.scope:
                known.throttle(caller, scope)
            if scope not in caller.scope:
                raise InsufficientScope(scope)
            return view(*args, caller=caller, **kwargs)

        return _mark(authenticated, Access(scope))

    return declare


def client_address() -> str:
    """Return the address that the current request comes from."""
    return services().address_of(request_ctx.request)


def public(view: View) -> View:
    """Mark a view that anybody may call."""
    return _mark(view, Access(None))


def access_of(view: View) -> Access | None:
    """Return the mark of a view, if it has one."""
    return getattr(view, _ACCESS, None)


def _mark(view: View, access: Access) -> View:
    setattr(view, _ACCESS, access)
    return view
