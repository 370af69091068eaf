"""Whatever rows there are, what has been over for more than a day goes, and nothing else."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.account import purging
from api.account.purging import Purging
from api.store.accounts_file import AccountsFile
from tests.clocks import NOON, ManualClock

DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)
KEPT = -1 * DAY
"""The latest end, seen from noon, of what is removed at noon is just before this."""


def ms(after_noon: timedelta) -> int:
    return int((NOON + after_noon).timestamp() * 1000)


# Around what counts: the ends of the day for which everything is kept, and noon.
ENDS = st.one_of(
    st.sampled_from([KEPT - MS, KEPT, KEPT + MS, -MS, timedelta(0), MS]),
    st.timedeltas(-40 * DAY, 40 * DAY).map(lambda span: span - span % MS),
)


@dataclass(frozen=True)
class Rows:
    """When rows end, seen from noon: sessions with their access, their refresh and, if they were ended, their end."""

    sessions: list[tuple[timedelta, timedelta, timedelta | None]]
    revocations: list[timedelta]
    api_tokens: list[timedelta]
    code: timedelta | None

    def expected(self) -> dict[str, list[int]]:
        """Return the numbers of the rows that are still needed, or were within a day."""
        return {
            "sessions": [
                number
                for number, (access, refresh, ended) in enumerate(self.sessions)
                if access >= KEPT or (refresh if ended is None else ended) >= KEPT
            ],
            "revocations": [number for number, until in enumerate(self.revocations) if until >= KEPT],
            "api_tokens": [number for number, end in enumerate(self.api_tokens) if end >= KEPT],
            "reset_codes": [0] if self.code is not None and self.code >= KEPT else [],
        }


ROWS = st.builds(
    Rows,
    st.lists(st.tuples(ENDS, ENDS, st.one_of(st.none(), ENDS)), max_size=6),
    st.lists(ENDS, max_size=6),
    st.lists(ENDS, max_size=6),
    st.one_of(st.none(), ENDS),
)
KEYS = {"sessions": "sid", "revocations": "seq", "api_tokens": "id", "reset_codes": "user_id - 1"}


def fill(file: AccountsFile, rows: Rows) -> None:
    with file.writing() as connection:
        for table in KEYS:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("UPDATE purges SET next_at = 0")
        for number, (access, refresh, ended) in enumerate(rows.sessions):
            end = None if ended is None else ms(ended)
            connection.execute(
                "INSERT INTO sessions (sid, user_id, client, generation, rotated_at, rotations, access_until,"
                " refresh_until, created_at, last_used_at, address, expires_at, ended_at)"
                " VALUES (?, 1, 'web', 1, 0, '[]', ?, ?, 0, 0, '', 0, ?)",
                (str(number), ms(access), ms(refresh), end),
            )
        for number, until in enumerate(rows.revocations):
            connection.execute("INSERT INTO revocations VALUES (?, 'a sid', 0, ?)", (number, ms(until)))
        for number, end_of in enumerate(rows.api_tokens):
            connection.execute(
                "INSERT INTO api_tokens VALUES (?, ?, 1, '', '', '', 0, ?, NULL, NULL)",
                (number, str(number), ms(end_of)),
            )
        if rows.code is not None:
            connection.execute("INSERT INTO reset_codes VALUES (1, 'a digest', ?)", (ms(rows.code),))


def left(file: AccountsFile) -> dict[str, list[int]]:
    with file.reading() as connection:
        return {
            table: sorted(int(row[0]) for row in connection.execute(f"SELECT {key} FROM {table}"))
            for table, key in KEYS.items()
        }


@given(rows=ROWS)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_what_has_been_over_for_more_than_a_day_goes_and_nothing_else(
    rows: Rows, file: AccountsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "STEP", 2)
    fill(file, rows)

    Purging(file, ManualClock(), lambda _kind, _count: None, lambda _: None).look()

    assert left(file) == rows.expected()
