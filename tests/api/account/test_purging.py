"""What is removed, what never is, and that nobody waits for it."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from api.account import purging
from api.account.purging import Purging
from api.errors import StoreUnavailable
from api.services import Services
from api.store import accounts, purge
from api.store.accounts_file import AccountsFile
from auth.errors import RefreshRefused
from tests.api.store.rows import ANNA
from tests.callers import Caller
from tests.clocks import NOON, ManualClock
from tests.files import query

DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)
KEPT = -1 * DAY
"""The latest end, seen from noon, of what is removed at noon is just before this."""


@dataclass
class Purger:
    """One worker's purging, with what it tells and how it waits."""

    file: AccountsFile
    clock: ManualClock
    removed: dict[str, int] = field(default_factory=dict)
    steps: list[tuple[str, int]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def look(self) -> None:
        Purging(self.file, self.clock, self._count, self._pause).look()

    def _count(self, kind: str, count: int) -> None:
        self.removed[kind] = self.removed.get(kind, 0) + count
        self.steps.append((kind, count))

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def purger(file: AccountsFile, clock: ManualClock) -> Purger:
    return Purger(file, clock)


def ms(after_noon: timedelta) -> int:
    return int((NOON + after_noon).timestamp() * 1000)


def add_revocations(file: AccountsFile, *untils: timedelta) -> None:
    with file.writing() as connection:
        connection.executemany(
            "INSERT INTO revocations (sid, ended_at, until) VALUES ('a sid', 0, ?)", [(ms(until),) for until in untils]
        )


def count(file: AccountsFile, table: str) -> int:
    with file.reading() as connection:
        found: int = connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    return found


def test_of_two_workers_one_gets_the_turn(file: AccountsFile, clock: ManualClock) -> None:
    one, other = Purger(file, clock), Purger(file, clock)
    one.look()
    add_revocations(file, 2 * KEPT)

    other.look()
    clock.advance(purging.PURGE_EVERY - MS)
    other.look()
    assert other.removed == {}

    clock.advance(MS)
    other.look()
    one.look()
    assert (other.removed, one.removed) == ({"revocations": 1}, {})


def test_it_goes_in_small_steps_with_a_pause_after_each(file: AccountsFile, purger: Purger) -> None:
    add_revocations(file, *[2 * KEPT] * 450)

    purger.look()

    assert purger.steps == [("revocations", 200), ("revocations", 200), ("revocations", 50)]
    assert purger.pauses == [purging.PAUSE] * 3
    assert count(file, "revocations") == 0


def test_a_writer_gets_its_turn_between_two_steps(file: AccountsFile, clock: ManualClock) -> None:
    add_revocations(file, *[2 * KEPT] * 450)
    seen = []

    def write(_: float) -> None:
        with file.writing() as connection:
            accounts.raise_version(connection, ANNA.user_id)
        seen.append(count(file, "revocations"))

    Purging(file, clock, lambda _kind, _count: None, write).look()

    assert seen == [250, 50, 0]


def test_much_of_one_kind_keeps_no_other_waiting(file: AccountsFile, purger: Purger) -> None:
    add_revocations(file, *[2 * KEPT] * 401)
    with file.writing() as connection:
        connection.execute("INSERT INTO reset_codes VALUES (1, 'a digest', ?)", (ms(2 * KEPT),))

    purger.look()

    assert [kind for kind, _ in purger.steps] == ["revocations", "reset_codes", "revocations", "revocations"]


def test_a_turn_has_an_end_and_the_rest_is_for_the_next(file: AccountsFile, clock: ManualClock) -> None:
    add_revocations(file, *[2 * KEPT] * 1000)
    slow = Purging(file, clock, lambda _kind, _count: None, lambda _: clock.advance(purging.LONGEST / 2))

    slow.look()
    assert count(file, "revocations") == 600

    clock.advance(purging.PURGE_EVERY)
    slow.look()
    assert count(file, "revocations") == 200


def test_a_turn_that_fails_leaves_what_is_left_to_the_next(
    file: AccountsFile, purger: Purger, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_revocations(file, 2 * KEPT)

    def fail(*arguments: object) -> int:
        raise StoreUnavailable("accounts.db", "I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(purge, "remove", fail)
        with pytest.raises(StoreUnavailable):
            purger.look()

    clock.advance(purging.PURGE_EVERY)
    purger.look()
    assert purger.removed == {"revocations": 1}


def test_a_clock_that_is_hours_ahead_makes_the_record_forget_nothing_that_is_in_force(
    file: AccountsFile, purger: Purger, clock: ManualClock
) -> None:
    add_revocations(file, timedelta(minutes=10))

    clock.advance(timedelta(hours=24, minutes=10))
    purger.look()

    assert count(file, "revocations") == 1


def test_a_purged_session_is_refused_as_any_that_is_over(services: Services, anna: Caller, clock: ManualClock) -> None:
    services.accounts.disable(anna.user_id)
    services.accounts.enable(anna.user_id)
    clock.advance(timedelta(days=1, minutes=10) + MS)
    Purging(services.accounts.file, clock, lambda _kind, _count: None, lambda _: None).look()
    assert query(services.settings.accounts_file, "SELECT * FROM sessions") == []

    with pytest.raises(RefreshRefused):
        services.refreshing.refresh(anna.refresh_token, "192.0.2.1")


def test_every_worker_looks_once_a_minute(services: Services) -> None:
    (task,) = [task for task in services.background._tasks if task.name == "purge"]

    task.work()

    (row,) = query(services.settings.accounts_file, "SELECT next_at FROM purges")
    assert (task.every, row["next_at"]) == (timedelta(minutes=1), ms(timedelta(minutes=10)))


def test_a_turn_that_was_set_while_the_clock_was_far_ahead_is_taken_when_it_is_right_again(
    file: AccountsFile, clock: ManualClock
) -> None:
    ahead = NOON + 400 * DAY
    with file.writing() as connection:
        assert purge.claim(connection, ahead, ahead + DAY)

    with file.writing() as connection:
        assert purge.claim(connection, NOON, NOON + DAY)
        assert not purge.claim(connection, NOON, NOON + DAY)


def test_a_clock_that_leaps_ahead_must_stay_there_for_a_day_before_anything_is_removed(
    file: AccountsFile, purger: Purger, clock: ManualClock
) -> None:
    purger.look()
    with file.writing() as connection:
        connection.execute("INSERT INTO revocations VALUES (1, 'a', 0, 1)")
    clock.advance(40 * DAY)

    for _ in range(3):
        purger.look()
        clock.advance(timedelta(minutes=30))
    assert purger.removed == {}

    clock.advance(DAY)
    for _ in range(2):
        purger.look()
    assert purger.removed == {}, "nobody has looked for a day, as far as this one knows"


def test_while_somebody_looks_what_waited_for_a_day_is_removed(
    file: AccountsFile, purger: Purger, clock: ManualClock
) -> None:
    purger.look()
    with file.writing() as connection:
        connection.execute("INSERT INTO revocations VALUES (1, 'a', 0, 1)")
    clock.advance(40 * DAY)
    purger.look()

    for _ in range(24 * 6 + 1):
        clock.advance(timedelta(minutes=10))
        purger.look()

    assert purger.removed == {"revocations": 1}
