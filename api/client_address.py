"""The address of the client of a request, whichever proxies it came through."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Request, g

from auth.addresses import Network, client_of


@dataclass(frozen=True)
class ClientAddress:
    """Finds it, behind the proxies that are trusted. Worked out once for each request."""

    trusted: Sequence[Network]

    def __call__(self, request: Request) -> str:
        """Return the address of the client."""
        if "client_address" not in g:
            headers = (request.headers.get("X-Forwarded-For"), request.headers.get("Forwarded"))
            g.client_address = client_of(request.remote_addr or "", *headers, self.trusted)
        address: str = g.client_address
        return address
