"""What operators see of everybody's sessions and of what was revoked, and how they end one thing of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.account.endings import Endings
from api.errors import SessionNotFound
from api.store import api_tokens, oversight, revocations, sessions
from api.store.accounts_file import AccountsFile
from api.store.oversight import EVERYBODY, OpenSession
from api.store.revocations import RecordedRevocation
from auth.clock import Clock
from auth.sessions import EndedBy


@dataclass(frozen=True)
class Oversight:
    """What is asked without being anybody in particular."""

    file: AccountsFile
    endings: Endings
    clock: Clock

    def sessions(self, user_id: int | None, limit: int) -> tuple[Sequence[OpenSession], int]:
        """Return open sessions, of one user or of everybody, those used last first, and how many there are."""
        with self.file.reading() as connection:
            return oversight.open_sessions(connection, user_id or EVERYBODY, self.clock.now(), limit)

    def revocations(self, limit: int) -> tuple[Sequence[RecordedRevocation], int]:
        """Return entries of the record, the newest first, and how many it has."""
        with self.file.reading() as connection:
            return revocations.listed(connection, limit), oversight.count_revocations(connection)

    def end(self, sid: str) -> int:
        """End the session or the API token behind a sid; return whose it was. SessionNotFound if there is none left."""
        now = self.clock.now()
        with self.file.writing() as connection:
            user_id = oversight.owner_of(connection, sid)
            if user_id is None:
                raise SessionNotFound(sid)
            ended = sessions.end(connection, user_id, sid, EndedBy.OPERATOR, now)
            ended += api_tokens.delete_by_sid(connection, user_id, sid, now)
        if not ended:
            raise SessionNotFound(sid)
        self.endings.tell(user_id, EndedBy.OPERATOR, ended)
        return user_id
