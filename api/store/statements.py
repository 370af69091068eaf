"""The SQL of this package, loaded from its `.sql` files by name (aiosql)."""

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


@cache
def _statements() -> Queries:
    queries: Queries = aiosql.from_path(FOLDER, "sqlite3")
    return queries
