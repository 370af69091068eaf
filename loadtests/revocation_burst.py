"""What a hundred thousand sessions ended at once cost a worker: memory, reading the record, and the check.

    python -m loadtests.revocation_burst

The check is measured by turns, with a control that voids the run, and must cost about the same however many have ended.
"""

import gc
import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from api.server import prepare
from api.settings import Settings
from api.store import revocations as record
from api.store.accounts_file import AccountsFile
from api.store.instants import to_ms
from api.store.revocations import SqliteRevocationRecord
from api.store.write_lock import Patience
from auth import encoding
from auth.clock import SystemClock
from auth.revocation_feed import RecordFollower
from auth.revocations import Revocation, Revocations
from loadtests.measuring import Restless, Work, measure

ENDED = 100_000
SIZES = (0, 1_000, ENDED)
SLICES = 100
CHECKS = 500
FLAT = 1.5
"""How much more a check may take with all of them known than with none."""

CLOCK = SystemClock()
TEN_MINUTES, DAY = timedelta(minutes=10), timedelta(days=1)


def knowing_nothing() -> Revocations:
    """Return what a worker begins with."""
    return Revocations(CLOCK, DAY)


def end_sessions(file: AccountsFile, count: int) -> None:
    """Record that many sessions of ten minutes as ended, in one transaction."""
    now = CLOCK.now()
    found = {"sids": json.dumps([encoding.random_id() for _ in range(count)]), "until": to_ms(now + TEN_MINUTES)}
    with file.writing() as connection:
        # Rows, as the statements that end sessions return them.
        ended = connection.execute("SELECT value AS sid, :until AS until FROM json_each(:sids)", found).fetchall()
        record.insert(connection, ended, now)


def reading(file: AccountsFile) -> None:
    """Print how long a worker takes to learn them: as an increment, at its start, and when there is nothing new."""
    known = knowing_nothing()
    follower = RecordFollower(known, SqliteRevocationRecord(file))
    follower.read()
    took = {"end and record them": seconds(lambda: end_sessions(file, ENDED))}
    took["read them as an increment"] = seconds(follower.read)
    took["read an increment of nothing"] = seconds(follower.read)
    end_sessions(file, 1)
    took["read an increment of one"] = seconds(follower.read)
    assert len(known) == ENDED + 1, len(known)
    started = RecordFollower(knowing_nothing(), SqliteRevocationRecord(file))
    took["read the whole record at a start"] = seconds(started.read)
    for what, time_taken in took.items():
        print(f"{what:36}{time_taken * 1e3:10.2f} ms")


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes, once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def memory(file: AccountsFile) -> None:
    """Print what a worker keeps for each entry."""
    known = knowing_nothing()
    follower = RecordFollower(known, SqliteRevocationRecord(file))
    gc.collect()
    tracemalloc.start()
    follower.read()
    gc.collect()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{'memory for each':36}{kept / len(known):10.0f} bytes ({peak / len(known):.0f} while it is read)")


def checking() -> bool:
    """Print what a check costs with more and more known, and tell whether that stays about the same."""
    taken = measure({str(size): check(size) for size in SIZES}, "0", SLICES)
    for size in SIZES:
        name = str(size)
        cost = taken.median(name) / CHECKS * 1e9
        print(f"{f'a check with {size} known':36}{cost:10.0f} ns {taken.ratio(name, '0'):6.2f}x")
    return taken.ratio(str(ENDED), "0") <= FLAT


def check(size: int) -> Work:
    """Return work that checks sessions that are open, where that many others have ended."""
    known, until = knowing_nothing(), CLOCK.now() + TEN_MINUTES
    ended = [Revocation(seq, encoding.random_id(), until) for seq in range(1, size + 1)]
    known.replace(known.begin(), size, ended)
    opened = [encoding.random_id() for _ in range(CHECKS)]

    def check_all() -> None:
        for sid in opened:
            known.check(sid)

    return check_all


def main() -> int:
    """Run all three; 0 if the check stays flat, 2 if nothing could be measured."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environ({"JAVUMBO_DATA": str(Path(folder) / "data")})
        prepare(settings, CLOCK.now())
        with closing(AccountsFile(settings.accounts_file, Patience(5))) as file:
            print(f"{ENDED} sessions ended")
            reading(file)
            memory(file)
    try:
        kept = checking()
    except Restless:
        print(Restless.ADVICE)
        return 2
    print("\nkept" if kept else "\nNOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
