"""A session: one sign-in on one device, and what becomes of the refresh tokens it has handed out (RFC 9700 §4.14.2).

Pure functions of a session and the time. Its row, and how it changes under parallel requests, is the store's business.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from auth.refresh_tokens import RefreshClaims
from auth.settings import AuthSettings

MOST_ROTATIONS = 600
"""How many rotations are remembered within the window. More are not made by a client in its right mind."""


class EndedBy(StrEnum):
    """Why a session or an API token came to its end."""

    SIGN_OUT = "sign-out"
    ANOTHER_SESSION = "another-session"
    REVOCATION = "revocation-request"
    REUSE = "refresh-token-reused"
    PASSWORD_CHANGE = "password-changed"  # noqa: S105 - a reason, not a secret
    PASSWORD_RESET = "password-reset"  # noqa: S105 - likewise
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_DELETED = "account-deleted"
    OPERATOR = "operator"


class Verdict(StrEnum):
    """What a refresh token that was presented is good for."""

    ROTATE = "rotate"
    """It is the live one: its successor is made."""

    REPEAT = "repeat"
    """It was the live one a moment ago: its successor is handed out again."""

    SUPERSEDED = "superseded"
    """It was rotated out a moment ago, and its successor has been used: refused, and no harm done."""

    REUSED = "reused"
    """It was rotated out long ago, or was never handed out: somebody has a copy, and the session must end."""

    OVER = "over"
    """The session has ended, or its time is over."""


@dataclass(frozen=True)
class Session:
    """A session's row.

    `rotations` are the instants of the latest rotations, oldest first; `access_until` is the latest expiry of an access
    token handed out, and `refresh_until` that of the live refresh token; `replayed_from` is another address from which
    a refresh was repeated.
    """

    sid: str
    user_id: int
    client: str
    generation: int
    rotated_at: datetime
    rotations: tuple[datetime, ...]
    access_until: datetime
    refresh_until: datetime
    created_at: datetime
    last_used_at: datetime
    address: str
    expires_at: datetime
    replayed_from: str | None = None
    ended_at: datetime | None = None
    ended_why: str | None = None


class SessionRules:
    """What the settings make of sessions."""

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings

    def opened(self, sid: str, user_id: int, client: str, address: str, now: datetime) -> Session:
        """Return a new session, in its first generation."""
        blank = Session(
            sid=sid,
            user_id=user_id,
            client=client,
            generation=0,
            rotated_at=now,
            rotations=(),
            access_until=now,
            refresh_until=now,
            created_at=now,
            last_used_at=now,
            address=address,
            expires_at=now + self._settings.refresh_max,
        )
        return replace(self._advanced(blank, now), rotations=())

    def rotated(self, session: Session, address: str, now: datetime) -> Session:
        """Return the session in its next generation."""
        return replace(self._advanced(session, now), address=address, last_used_at=now)

    def judge(self, session: Session, presented: RefreshClaims, now: datetime) -> Verdict:
        """Tell what a refresh token is good for."""
        if session.ended_at is not None or now >= session.expires_at or session.user_id != presented.user_id:
            return Verdict.OVER
        if presented.generation == session.generation:
            return Verdict.ROTATE if now < session.refresh_until else Verdict.OVER
        return self._judge_old(session, session.generation - presented.generation, now)

    def access_expiry(self, session: Session) -> datetime:
        """Return when the access token of the present generation expires.

        Never later than the row says of all that were handed out: until then alone is it remembered as revoked, and
        a lifetime that was made longer since must not change a token that is handed out again.
        """
        return min(self._expiry(session), session.access_until)

    def _judge_old(self, session: Session, generations_ago: int, now: datetime) -> Verdict:
        if generations_ago < 0:
            return Verdict.REUSED
        if generations_ago <= len(session.rotations):
            rotated_out = session.rotations[-generations_ago]
        elif len(session.rotations) == MOST_ROTATIONS:
            rotated_out = session.rotations[0]  # or earlier: in doubt it is no theft
        else:
            return Verdict.REUSED
        if not self._within_window(rotated_out, now):
            return Verdict.REUSED
        return Verdict.REPEAT if generations_ago == 1 else Verdict.SUPERSEDED

    def _advanced(self, session: Session, now: datetime) -> Session:
        recent = [instant for instant in session.rotations if self._within_window(instant, now)]
        advanced = replace(
            session,
            generation=session.generation + 1,
            rotated_at=now,
            rotations=(*recent, now)[-MOST_ROTATIONS:],
            refresh_until=min(now + self._settings.refresh_idle, session.expires_at),
        )
        return replace(advanced, access_until=max(session.access_until, self._expiry(advanced)))

    def _expiry(self, session: Session) -> datetime:
        return min(session.rotated_at + self._settings.access_ttl, session.expires_at)

    def _within_window(self, rotated_out: datetime, now: datetime) -> bool:
        # A clock that was set back makes nobody a thief.
        return now - rotated_out <= self._settings.refresh_window
