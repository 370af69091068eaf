"""Fixtures: an empty collection of user 7, and the pool that opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.collection import note_types
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.write_lock import Patience
from tests.clocks import ManualClock

OWNER = 7


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(3, Patience(0.2))
    yield pool
    pool.close()


@pytest.fixture
def collections(tmp_path: Path, pool: Pool, clock: ManualClock) -> SqliteCollections:
    collections = SqliteCollections(tmp_path, pool, clock, lambda user_id: user_id == OWNER, 1024**3)
    collections.create(OWNER, note_types.add_built_in)
    return collections
