"""What can go wrong in the service. Errors are facts; `api.problems` alone turns them into HTTP."""

from dataclasses import dataclass


class JavumboError(Exception):
    """Anything the service refuses or cannot do."""


class SignUpClosed(JavumboError):
    """Nobody can make an account for themselves here; operators can."""


@dataclass
class NameTaken(JavumboError):
    """Another account has this username."""

    username: str


class WrongCredentials(JavumboError):
    """The username and password do not belong together, whichever of them is wrong."""


class PasswordNotConfirmed(JavumboError):
    """The caller is signed in, but the password given to confirm the change is wrong."""


@dataclass
class AccountGone(JavumboError):
    """The account has been deleted or disabled, or is being deleted."""

    user_id: int


@dataclass
class AccountChanged(JavumboError):
    """The account is not what it was when it was read: its password has changed, or it is disabled or deleted."""

    user_id: int


class ResetRefused(JavumboError):
    """The code does not set a new password: unknown, used, run out, or of another account."""


@dataclass
class NoSuchAccount(JavumboError):
    """No account has this username."""

    username: str


@dataclass
class SessionNotFound(JavumboError):
    """The caller has no such session, or it has ended."""

    session_id: str


@dataclass
class ApiTokenNotFound(JavumboError):
    """The caller has no such API token."""

    token_id: int


@dataclass
class TooManyApiTokens(JavumboError):
    """The caller has as many API tokens as one account can have, or as many with those that were deleted."""

    live: int
    remembered: int


class RefreshTokenMissing(JavumboError):
    """A refresh was asked for without a refresh token, in the body or as a cookie."""


class MalformedForm(JavumboError):
    """The body is not a form, or names a parameter twice."""


class UnsupportedGrantType(JavumboError):
    """An OAuth client asks for tokens otherwise than with a refresh token."""


class InvalidScope(JavumboError):
    """An OAuth client asks for a scope that is not the session's."""


@dataclass
class OriginRefused(JavumboError):
    """A cookie came with a request that no page of ours has sent. Carries the Origin it names, for the log."""

    origin: str


@dataclass
class DeletionUnfinished(JavumboError):
    """The account's collection is closed for good, but the account could not be removed yet."""

    user_id: int


@dataclass
class DeckNotFound(JavumboError):
    """The caller has no such deck."""

    deck_id: int


@dataclass
class DeckNameTaken(JavumboError):
    """The caller has another deck of this name, or one that differs in case alone."""

    name: str


@dataclass
class CardNotFound(JavumboError):
    """The caller has no such card."""

    card_id: int


@dataclass
class StaleReview(JavumboError):
    """The card has been reviewed since it was shown. Carries the card as it now is."""

    card: object


class InvalidCursor(JavumboError):
    """The cursor is not one this list has handed out."""


@dataclass
class MetadataNeedsHttps(JavumboError):
    """RFC 8414 metadata is for issuers with https; this one has none."""

    issuer: str


@dataclass
class QuotaReached(JavumboError):
    """The write would make the user's collection take more room than it may. Carries how many bytes it takes now."""

    used: int
    quota: int


@dataclass
class StoreError(JavumboError):
    """A database file cannot serve. Carries the file's name and what the engine said, for the log."""

    file: str
    reason: str


class StoreMissing(StoreError):
    """A file that should be there is not; nothing is ever created in its place."""


class StoreDamaged(StoreError):
    """The file is not what it should be: damaged, foreign, or of another owner."""


class StoreBusy(StoreError):
    """The file's lock did not come free in time, or others changed the row again and again."""


class StoreTooNew(StoreError):
    """A later major version of this service has written the file."""


class StoreUnavailable(StoreError):
    """Reading or writing the file failed."""


class StorageFull(StoreError):
    """There is no room left for the write."""
