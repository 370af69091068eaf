from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from auth.errors import RevocationsUnknown
from auth.revocation_feed import WHOLE_EVERY, RecordFollower, RecordPage
from auth.revocations import Revocation, Revocations
from tests.clocks import NOON, ManualClock

SECOND = timedelta(seconds=1)


@dataclass
class MemoryRecord:
    """A record in memory, and how it was asked."""

    entries: list[Revocation] = field(default_factory=list)
    last_seq: int = 0
    asked: list[object] = field(default_factory=list)
    is_gone: bool = False

    def revoke(self, sid: str, until: datetime = NOON + timedelta(minutes=10)) -> None:
        self.last_seq += 1
        self.entries.append(Revocation(self.last_seq, sid, until))

    def after(self, seq: int) -> RecordPage:
        return self._page(seq, [entry for entry in self.entries if entry.seq > seq])

    def whole(self, not_before: datetime) -> RecordPage:
        return self._page("whole", [entry for entry in self.entries if entry.until >= not_before])

    def _page(self, asked: object, entries: Sequence[Revocation]) -> RecordPage:
        self.asked.append(asked)
        if self.is_gone:
            raise OSError("the record is gone")
        return RecordPage(self.last_seq, entries)


@pytest.fixture
def record() -> MemoryRecord:
    return MemoryRecord()


@pytest.fixture
def known(clock: ManualClock) -> Revocations:
    return Revocations(clock, timedelta(minutes=1))


@pytest.fixture
def follower(known: Revocations, record: MemoryRecord) -> RecordFollower:
    return RecordFollower(known, record)


def test_it_begins_with_the_whole_and_goes_on_with_what_is_new(
    follower: RecordFollower, known: Revocations, record: MemoryRecord
) -> None:
    record.revoke("a")
    follower.start()
    record.revoke("b")
    follower.read()
    follower.read()

    assert record.asked == ["whole", 0, 1]
    assert known.includes("a")
    assert known.includes("b")


def test_once_a_minute_it_reads_the_whole(follower: RecordFollower, record: MemoryRecord, clock: ManualClock) -> None:
    follower.start()
    clock.advance(WHOLE_EVERY - SECOND)
    follower.read()
    clock.advance(SECOND)
    follower.read()

    assert record.asked == ["whole", 0, "whole"]


def test_a_start_without_a_record_lets_nobody_in_and_says_so(
    follower: RecordFollower, known: Revocations, record: MemoryRecord, caplog: pytest.LogCaptureFixture
) -> None:
    record.is_gone = True
    follower.start()
    with pytest.raises(RevocationsUnknown):
        known.check("a")
    assert "CRITICAL" in [line.levelname for line in caplog.records]

    record.is_gone = False
    follower.read()

    known.check("a")


def test_a_whole_read_that_failed_is_tried_again_as_a_whole(
    follower: RecordFollower, record: MemoryRecord, clock: ManualClock
) -> None:
    follower.start()
    clock.advance(WHOLE_EVERY)
    record.is_gone = True
    with pytest.raises(OSError):
        follower.read()
    record.is_gone = False

    follower.read()

    assert record.asked == ["whole", "whole", "whole"]


def test_a_record_that_was_rolled_back_is_read_as_a_whole_and_told(
    follower: RecordFollower, known: Revocations, record: MemoryRecord, caplog: pytest.LogCaptureFixture
) -> None:
    for sid in "abc":
        record.revoke(sid)
    follower.start()
    record.entries, record.last_seq = record.entries[:1], 1
    record.revoke("d")

    follower.read()

    assert record.asked == ["whole", 2, "whole"]
    assert known.includes("d")
    assert known.includes("c")
    assert "rolled back" in caplog.text


def test_a_record_that_was_rolled_back_and_has_grown_since_is_read_as_a_whole(
    follower: RecordFollower, known: Revocations, record: MemoryRecord
) -> None:
    record.revoke("a")
    record.revoke("lost")
    follower.start()
    record.entries, record.last_seq = record.entries[:1], 1
    record.revoke("b")
    record.revoke("c")

    follower.read()

    assert known.includes("b")
    assert known.includes("c")
    assert record.asked == ["whole", 1, "whole"]


def test_an_entry_that_is_over_may_be_purged_without_a_whole_read(
    follower: RecordFollower, record: MemoryRecord, clock: ManualClock
) -> None:
    record.revoke("a", until=NOON + SECOND)
    follower.start()
    clock.advance(2 * SECOND)
    record.entries.clear()

    follower.read()

    assert record.asked == ["whole", 1]


def test_what_is_long_over_is_not_read_again(
    follower: RecordFollower, known: Revocations, record: MemoryRecord, clock: ManualClock
) -> None:
    record.revoke("a")
    clock.advance(timedelta(minutes=13))

    follower.start()

    assert len(known) == 0
