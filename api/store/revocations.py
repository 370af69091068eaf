"""The record of what was revoked: rows that outlive the sessions and accounts they came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.store import statements
from api.store.accounts_file import AccountsFile
from api.store.engine import Connection, Row
from api.store.instants import from_ms, to_ms
from auth.revocation_feed import RecordPage
from auth.revocations import Revocation


@dataclass(frozen=True)
class RecordedRevocation:
    """An entry as operators see it."""

    seq: int
    sid: str
    ended_at: datetime
    until: datetime


def insert(connection: Connection, ended: Sequence[Row], now: datetime) -> list[Revocation]:
    """Record ids that were ended in this transaction, each a row of `sid` and `until`. It holds when that commits."""
    if not ended:
        return []
    # The counter is a row that stays locked until the commit: numbers are in the order in which they can be read.
    last = statements.run(connection, "advance_counter", name="revocations", by=len(ended))["last"]
    found = [
        Revocation(seq, row["sid"], from_ms(row["until"])) for seq, row in enumerate(ended, start=last - len(ended) + 1)
    ]
    rows = [{"seq": one.seq, "sid": one.sid, "ended_at": to_ms(now), "until": to_ms(one.until)} for one in found]
    statements.run_many(connection, "insert_revocations", rows)
    return found


def is_live(connection: Connection, sid: str) -> bool:
    """Whether there is a session or an API token of this sid that has not been ended."""
    return bool(statements.run(connection, "is_live_sid", sid=sid)["is_live"])


def listed(connection: Connection, limit: int) -> list[RecordedRevocation]:
    """Return entries of the record, the newest first."""
    rows = statements.run(connection, "revocations_listed", page=limit)
    return [RecordedRevocation(row["seq"], row["sid"], from_ms(row["ended_at"]), from_ms(row["until"])) for row in rows]


class SqliteRevocationRecord:
    """What a worker reads to know what was revoked, through a connection that nobody else keeps waiting."""

    def __init__(self, file: AccountsFile) -> None:
        self._file = file

    def after(self, seq: int) -> RecordPage:
        """Return the entries after a number. A StoreError."""
        with self._file.reading() as connection:
            return _page(statements.run(connection, "revocations_after", seq=seq))

    def whole(self, not_before: datetime) -> RecordPage:
        """Return every entry that lasts at least until an instant. A StoreError."""
        with self._file.reading() as connection:
            return _page(statements.run(connection, "revocations_not_before", until=to_ms(not_before)))


def _page(rows: Iterable[Row]) -> RecordPage:
    # There is always a row: without entries it has the counter alone.
    found = list(rows)
    entries = [Revocation(row["seq"], row["sid"], from_ms(row["until"])) for row in found if row["seq"] is not None]
    return RecordPage(found[0]["last"], entries)
