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
class NoteTypeNotFound(JavumboError):
    """The caller has no such note type."""

    note_type_id: int


@dataclass
class NoteTypeNameTaken(JavumboError):
    """The caller has another note type of this name, or one that differs in case alone."""

    name: str


@dataclass
class NoteTypeBuiltIn(JavumboError):
    """The note type is one that every collection has: it stays as it is, but for its CSS."""

    name: str


@dataclass
class NoteTypeInUse(JavumboError):
    """There are notes of this type, some of which may be deleted and can still be brought back."""

    name: str
    notes: int


@dataclass
class NotesWithoutCards(JavumboError):
    """With these fields and templates there would be notes without a single card."""

    notes: int


@dataclass(frozen=True)
class Fault:
    """What is wrong with one part of a request: where, as a path such as `notes.3.fields.Front`, and what."""

    field: str
    message: str


@dataclass
class InputRefused(JavumboError):
    """The request is of the right form, but does not fit what the collection holds."""

    faults: tuple[Fault, ...]


@dataclass
class ChangedSince(JavumboError):
    """What the request would change is not any more what its If-Match names. Carries the change it is of now."""

    change: int


class NothingToUndo(JavumboError):
    """The card has no review that could be taken back."""


@dataclass
class DeletionNotFound(JavumboError):
    """The trash of the caller has no such deletion: it was taken back, or is older than a day."""

    deletion_id: int


@dataclass
class DeckIsDeleted(JavumboError):
    """What is to be brought back lay in a deck that is deleted, too."""

    deck_id: int


@dataclass
class RestoreMakesTooManyCards(JavumboError):
    """A note type was changed since the deletion: restoring would make more cards than one request may make."""

    note_type: str
    most: int


class IdempotencyKeyReused(JavumboError):
    """Another request had the same Idempotency-Key."""


@dataclass
class InvalidHeader(JavumboError):
    """A header of the request cannot be read."""

    name: str
    reason: str


@dataclass
class StaleReview(JavumboError):
    """The card has been reviewed since it was shown. Carries the card as it now is."""

    card: object


@dataclass
class BrokenTemplate(JavumboError):
    """A template of a note type cannot be used. Carries its name, which side of it, and what is wrong with that."""

    template: str
    side: str
    reason: str


@dataclass
class SearchNotUnderstood(JavumboError):
    """A search cannot be read. Carries where it went wrong, counted in characters from 0, and why."""

    position: int
    reason: str


class InvalidCursor(JavumboError):
    """The cursor is not one this list has handed out."""


@dataclass
class MetadataNeedsHttps(JavumboError):
    """RFC 8414 metadata is for issuers with https; this one has none."""

    issuer: str


@dataclass
class QuotaReached(JavumboError):
    """After the write the user's collection would take more room than it may.

    Carries how many bytes it takes now, may take, and may take beyond that for what this write was for.
    """

    used: int
    quota: int
    slack: int = 0


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
