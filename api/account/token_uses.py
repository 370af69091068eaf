"""On which day an API token was last used: noted in memory when it is, and written down in the background."""

from datetime import date
from threading import Lock

from api.store import api_tokens
from api.store.accounts_file import AccountsFile
from auth.claims import Claims
from auth.clock import Clock

MOST_NOTED = 10_000


class TokenUses:
    """What this worker has seen of API tokens since it last wrote that down."""

    def __init__(self, file: AccountsFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._lock = Lock()
        self._noted: dict[str, date] = {}
        self._written: dict[str, date] = {}

    @property
    def noted(self) -> int:
        """How many tokens there are whose use is not written down yet."""
        return len(self._noted)

    def note(self, claims: Claims) -> None:
        """Note that a token was used, if it is an API token's. On the path of a request: memory only."""
        if not claims.is_of_api_token:
            return
        today = self._clock.now().date()
        if self._written.get(claims.session_id) != today and len(self._noted) < MOST_NOTED:
            self._noted[claims.session_id] = today

    def write(self) -> None:
        """Write down what was noted. A StoreError leaves it noted, to be written the next time."""
        with self._lock:
            noted = dict(self._noted)
            if not noted:
                return
            with self._file.writing() as connection:
                for sid, day in noted.items():
                    api_tokens.note_use(connection, sid, day)
            today = self._clock.now().date()
            kept = {sid: day for sid, day in self._written.items() if day == today}
            self._written = kept | noted
            for sid in noted:
                self._noted.pop(sid, None)
