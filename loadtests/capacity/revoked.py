"""Revoked entries: the memory that more and more of them take in a worker, and what the check of one session costs."""

import tempfile
from contextlib import closing
from pathlib import Path

from api.store import accounts_file
from api.store.accounts_file import AccountsFile
from api.store.revocations import SqliteRevocationRecord
from api.store.write_lock import Patience
from auth.revocation_feed import RecordFollower
from loadtests.capacity.checks import kept
from loadtests.capacity.plan import Plan, Rows
from loadtests.measuring import measure as measure_work
from loadtests.revocation_burst import CHECKS, check, end_sessions, knowing_nothing

_SLICES_EACH = 3
"""For each slice of a longer kind: these are over in a moment."""


def measure(plan: Plan) -> Rows:
    """Measure it with each number of entries. Restless."""
    kinds = {str(entries): check(entries) for entries in plan.revoked}
    taken = measure_work(kinds, str(min(plan.revoked)), plan.slices * _SLICES_EACH)
    return [
        {"entries": entries, "bytes": _memory(entries), "check_ns": taken.median(str(entries)) / CHECKS * 1e9}
        for entries in plan.revoked
    ]


def _memory(entries: int) -> int:
    """Return the bytes that a worker keeps once it has read so many entries from the record."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accounts.db"
        accounts_file.create(path)
        with closing(AccountsFile(path, Patience(5))) as file:
            follower = RecordFollower(knowing_nothing(), SqliteRevocationRecord(file))
            # Once with nothing in it, so that what belongs to no entry is there.
            follower.read()
            end_sessions(file, entries)
            return kept(follower.read)
