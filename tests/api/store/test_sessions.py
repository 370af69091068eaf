from dataclasses import replace
from datetime import timedelta

import pytest

from api.errors import AccountChanged
from api.store import accounts, sessions
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from api.store.revocations import SqliteRevocationRecord
from auth.sessions import EndedBy, Session
from tests.api.store.rows import SESSION
from tests.clocks import NOON

ROTATED = replace(
    SESSION,
    generation=2,
    rotated_at=NOON + timedelta(seconds=5),
    rotations=(NOON + timedelta(seconds=5),),
    access_until=NOON + timedelta(minutes=11),
    refresh_until=NOON + timedelta(days=31),
    last_used_at=NOON + timedelta(seconds=5),
    address="192.0.2.9",
)


@pytest.fixture
def session(file: AccountsFile, anna: Account) -> Session:
    with file.writing() as connection:
        sessions.insert(connection, anna, SESSION)
    return SESSION


def read(file: AccountsFile, sid: str = SESSION.sid) -> Session | None:
    with file.reading() as connection:
        return sessions.by_sid(connection, sid)


def rotate(file: AccountsFile, account: Account, before: Session, after: Session) -> bool:
    with file.writing() as connection:
        return sessions.rotate(connection, account, before, after)


def recorded(file: AccountsFile) -> list[str]:
    return [entry.sid for entry in SqliteRevocationRecord(file).after(0).revocations]


def test_a_session_is_read_as_it_was_written(file: AccountsFile, session: Session) -> None:
    assert read(file) == session
    assert read(file, "another") is None


def test_a_session_of_an_account_that_has_changed_is_not_recorded(file: AccountsFile, anna: Account) -> None:
    with pytest.raises(AccountChanged), file.writing() as connection:
        sessions.insert(connection, replace(anna, version=2), SESSION)

    assert read(file) is None


def test_a_rotation_happens_once(file: AccountsFile, anna: Account, session: Session) -> None:
    results = [rotate(file, anna, session, ROTATED) for _ in range(3)]

    assert results == [True, False, False]
    assert read(file) == ROTATED


def test_a_rotation_comes_to_nothing_once_the_account_has_changed(
    file: AccountsFile, anna: Account, session: Session
) -> None:
    assert not rotate(file, replace(anna, version=2), session, ROTATED)
    with file.writing() as connection:
        accounts.disable(connection, 1, NOON)

    assert not rotate(file, replace(anna, version=2), session, ROTATED)
    assert read(file) == session


def test_a_session_ends_once_and_is_recorded_until_its_last_token_expires(
    file: AccountsFile, anna: Account, session: Session
) -> None:
    rotate(file, anna, session, ROTATED)

    with file.writing() as connection:
        ended = [sessions.end(connection, 1, session.sid, EndedBy.SIGN_OUT, NOON) for _ in range(2)]

    assert [[(one.seq, one.sid, one.until) for one in entries] for entries in ended] == [
        [(1, session.sid, ROTATED.access_until)],
        [],
    ]
    assert read(file) == replace(ROTATED, ended_at=NOON, ended_why="sign-out")
    assert not rotate(file, anna, ROTATED, replace(ROTATED, generation=3))


def test_nobody_ends_the_session_of_another(file: AccountsFile, session: Session) -> None:
    with file.writing() as connection:
        assert sessions.end(connection, 2, session.sid, EndedBy.SIGN_OUT, NOON) == []

    assert recorded(file) == []


def test_all_sessions_but_one_end_together(file: AccountsFile, anna: Account) -> None:
    sids = [letter * 22 for letter in "ABC"]
    with file.writing() as connection:
        for sid in sids:
            sessions.insert(connection, anna, replace(SESSION, sid=sid))

    with file.writing() as connection:
        ended = sessions.end_all(connection, 1, EndedBy.PASSWORD_CHANGE, NOON, kept=sids[1])

    assert sorted(one.sid for one in ended) == sorted(recorded(file)) == [sids[0], sids[2]]
    assert [one.seq for one in ended] == [1, 2]


def test_an_end_that_is_not_committed_is_not_recorded(file: AccountsFile, session: Session) -> None:
    with pytest.raises(ZeroDivisionError), file.writing() as connection:
        sessions.end(connection, 1, session.sid, EndedBy.SIGN_OUT, NOON)
        raise ZeroDivisionError

    assert recorded(file) == []
    assert read(file) == session


def test_what_was_revoked_outlives_the_account(file: AccountsFile, session: Session) -> None:
    with file.writing() as connection:
        sessions.end(connection, 1, session.sid, EndedBy.ACCOUNT_DELETED, NOON)
        accounts.delete(connection, 1)

    assert read(file) is None
    assert recorded(file) == [session.sid]


def test_only_those_that_can_be_refreshed_are_listed(file: AccountsFile, anna: Account) -> None:
    with file.writing() as connection:
        for letter, until in (("A", NOON), ("B", NOON + timedelta(days=1)), ("C", NOON + timedelta(days=1))):
            sessions.insert(connection, anna, replace(SESSION, sid=letter * 22, refresh_until=until))
        sessions.end(connection, 1, "C" * 22, EndedBy.SIGN_OUT, NOON)

        live = sessions.live(connection, 1, NOON, after="", limit=10)

    assert [session.sid for session in live] == ["B" * 22]


def test_another_address_is_kept_to_be_shown(file: AccountsFile, session: Session) -> None:
    with file.writing() as connection:
        sessions.note_replay(connection, session.sid, "198.51.100.7")

    assert read(file) == replace(session, replayed_from="198.51.100.7")
