"""Finds the bearer token of a request (RFC 6750 §2)."""

from auth.errors import AmbiguousCredentials, CredentialsMissing


def bearer_token(authorization: str | None, *, in_query: bool) -> str:
    """Return the token of an Authorization header's value.

    CredentialsMissing without one, or with another scheme's. AmbiguousCredentials if a token is in
    the query string, where logs and histories would keep it, or if there are several.
    """
    if in_query:
        raise AmbiguousCredentials("an access token does not belong in the query string")
    if authorization is None:
        raise CredentialsMissing("no Authorization header")
    # A server joins repeated headers with a comma, which no token contains.
    if "," in authorization:
        raise AmbiguousCredentials("more than one Authorization header")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise CredentialsMissing("the Authorization scheme is not Bearer")
    return token.strip(" ")
