"""The SQL of this package, loaded from its `.sql` files by name (aiosql)."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import aiosql
from aiosql.queries import Queries

from api.store.engine import Connection

FOLDER = Path(__file__).parent / "sql"


def run(connection: Connection, statement: str, /, **parameters: Any) -> Any:
    """Run a statement. The mark after its name says what comes back: `^` a row or None, `!` a row count, else rows."""
    return getattr(_statements(), statement)(connection, **parameters)


def run_many(connection: Connection, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement (marked `*!`) once for each row of parameters."""
    getattr(_statements(), statement)(connection, rows)


@cache
def _statements() -> Queries:
    queries: Queries = aiosql.from_path(FOLDER, "sqlite3")
    return queries
