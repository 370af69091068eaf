"""What can go wrong while deciding who is calling; every class has a stable code."""


class AuthError(Exception):
    """Anything this library refuses."""

    code = "auth_error"


class CredentialsMissing(AuthError):
    """The request carries no bearer token."""

    code = "credentials_missing"


class AmbiguousCredentials(AuthError):
    """The token is in the query string, or in more than one place (RFC 6750 §2)."""

    code = "ambiguous_credentials"


class TokenRefused(AuthError):
    """The token is not believed. The text is the reason: for the log, never for the client."""

    code = "invalid_token"


class MalformedToken(TokenRefused):
    """The text is not one of our tokens: its size, characters, encoding, JSON or header."""

    code = "malformed_token"


class UnknownKey(TokenRefused):
    """No key of the ring verifies under this key id at this instant."""

    code = "unknown_key"


class WrongAlgorithm(TokenRefused):
    """The header names an algorithm other than the one bound to its key."""

    code = "wrong_algorithm"


class BadSignature(TokenRefused):
    """The signature does not match."""

    code = "bad_signature"


class InvalidClaim(TokenRefused):
    """A claim is missing, mistyped or not meant for this service."""

    code = "invalid_claim"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"claim {name!r} {problem}")
        self.name = name


class SpentToken(TokenRefused):
    """The token is ours and was good once. Carries its session id, where it has one: whom it was made for."""

    code = "spent_token"

    def __init__(self, reason: str, session_id: str = "") -> None:
        super().__init__(reason)
        self.session_id = session_id


class ExpiredToken(SpentToken):
    """The instant in `exp` has come."""

    code = "expired_token"


class RevokedToken(SpentToken):
    """What stands behind the token, a session or an API token, has been ended."""

    code = "revoked_token"


class RevocationsUnknown(AuthError):
    """What has been revoked was read too long ago, or never, to say that a token is good. The text says which."""

    code = "revocations_unknown"


class RefreshRefused(AuthError):
    """The refresh token opens nothing (RFC 6749 §5.2, invalid_grant). The text is for the log, never for the client."""

    code = "invalid_grant"


class SupersededRefreshToken(RefreshRefused):
    """Rotated out a moment ago, and its successor has been used already: a late request of the same client."""

    code = "superseded"


class ReusedRefreshToken(RefreshRefused):
    """Rotated out long ago, or of a generation never handed out: somebody has a copy. The session is ended."""

    code = "reused"


class RedisDown(AuthError):
    """Redis cannot be reached, did not answer in time, or is not one to rely on. The text says which."""

    code = "redis_down"


class RedisRefused(AuthError):
    """Redis answers, and refuses this command: no memory, read only, no permission. The text is its own."""

    code = "redis_refused"


class KeyInvalid(AuthError):
    """A key cannot be used: its kind, its strength, its form or what it says of itself. The text says which."""

    code = "key_invalid"


class KeyRingInvalid(AuthError):
    """The folder of keys is missing, damaged or contradicts itself."""

    code = "key_ring_invalid"


class KeyUnavailable(AuthError):
    """The ring on disk could not be read, so that nobody can say whether a token's key is one of ours."""

    code = "key_unavailable"


class RotationRefused(AuthError):
    """The ring cannot be changed like that; nothing was. The text says why."""

    code = "rotation_refused"


class NoSigningKey(AuthError):
    """No key of the ring signs for this purpose at this instant."""

    code = "no_signing_key"


class WrongPassword(AuthError):
    """The password is not the account's, or there is no account."""

    code = "wrong_password"


class HashingBusy(AuthError):
    """As many passwords are being hashed as this machine can bear."""

    code = "hashing_busy"


class InsufficientScope(AuthError):
    """The token is good, but not for this (RFC 6750 §3.1)."""

    code = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"the token has no scope {scope!r}")
        self.scope = scope


class BackgroundStalled(AuthError):
    """Work beside the requests has not been done for too long."""

    code = "background_stalled"


class LimitReached(AuthError):
    """A rate limit refuses this. Carries the names of the policies that do, and after how many seconds none will."""

    code = "limit_reached"

    def __init__(self, policies: tuple[str, ...], wait: int) -> None:
        super().__init__(f"refused by {', '.join(policies)} for {wait} s")
        self.policies = policies
        self.wait = wait


class QuotaExceeded(LimitReached):
    """Whoever asks has used up what they may."""

    code = "quota_exceeded"


class CapacityReduced(LimitReached):
    """Redis is away, and this worker's share of what everybody may is used up: the quota itself may not be."""

    code = "capacity_reduced"


LIMITED = (QuotaExceeded, CapacityReduced)
"""What anything that is limited strictly can end in."""
