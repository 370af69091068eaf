from datetime import timedelta
from typing import Any

from api.store import revocations, sessions
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from api.store.revocations import SqliteRevocationRecord
from auth.revocations import Revocation
from auth.sessions import EndedBy
from tests.api.store.rows import SESSION
from tests.clocks import NOON

MINUTE = timedelta(minutes=1)


def sid(number: int) -> str:
    return f"{number:022d}"


def record(file: AccountsFile, *numbers: int) -> list[Revocation]:
    """Record sids that last as many minutes as their numbers say."""
    found = []
    with file.writing() as connection:
        for number in numbers:
            ended: list[Any] = [{"sid": sid(number), "until": int((NOON + number * MINUTE).timestamp() * 1000)}]
            found += revocations.insert(connection, ended, NOON)
    return found


def test_an_empty_record_has_no_entries_and_says_so(file: AccountsFile) -> None:
    page = SqliteRevocationRecord(file).after(0)

    assert (page.last_seq, list(page.revocations)) == (0, [])
    assert SqliteRevocationRecord(file).whole(NOON) == page


def test_entries_are_numbered_in_the_order_of_their_commits(file: AccountsFile) -> None:
    first, second = record(file, 5), record(file, 1, 2)

    page = SqliteRevocationRecord(file).after(0)

    assert [entry.seq for entry in first + second] == [1, 2, 3]
    assert list(page.revocations) == first + second
    assert page.last_seq == 3


def test_the_increment_is_what_came_after_a_number(file: AccountsFile) -> None:
    record(file, 1, 2)
    later = record(file, 3)

    page = SqliteRevocationRecord(file).after(2)

    assert list(page.revocations) == later
    assert SqliteRevocationRecord(file).after(3).revocations == []


def test_the_whole_is_what_still_lasts(file: AccountsFile) -> None:
    record(file, 1, 2, 3)

    page = SqliteRevocationRecord(file).whole(NOON + 2 * MINUTE)

    assert sorted(entry.sid for entry in page.revocations) == [sid(2), sid(3)]
    assert page.last_seq == 3


def test_no_number_is_given_twice_even_when_every_entry_is_gone(file: AccountsFile) -> None:
    record(file, 1)
    with file.writing() as connection:
        connection.execute("DELETE FROM revocations")

    assert record(file, 2)[0].seq == 2


def test_operators_see_the_newest_first(file: AccountsFile) -> None:
    record(file, 1, 2, 3)

    with file.reading() as connection:
        listed = revocations.listed(connection, limit=1)

    assert [(entry.seq, entry.sid, entry.ended_at) for entry in listed] == [(3, sid(3), NOON)]


def test_a_hundred_thousand_sessions_end_in_one_transaction_of_few_statements(
    file: AccountsFile, anna: Account
) -> None:
    with file.writing() as connection:
        sessions.insert(connection, anna, SESSION)
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) "
            "INSERT INTO sessions SELECT printf('%022d', i), user_id, client, generation, rotated_at, rotations, "
            "access_until, created_at, last_used_at, address, replayed_from, expires_at, ended_at, ended_why, "
            "refresh_until FROM n, sessions WHERE sid = ?",
            [SESSION.sid],
        )

    with file.writing() as connection:
        ended = sessions.end_all(connection, 1, EndedBy.OPERATOR, NOON)

    assert len(ended) == len({one.sid for one in ended}) == 100_000
    assert SqliteRevocationRecord(file).whole(NOON).last_seq == 100_000
