"""Looks into a database file, through the engine the service uses.

Never with another SQLite in the same process: closing it would drop the locks the first one holds.
"""

from contextlib import closing
from pathlib import Path
from typing import Any

from api.store import engine


def query(path: Path, sql: str, *parameters: object) -> list[dict[str, Any]]:
    """Run one statement, in a transaction of its own, and return its rows."""
    with closing(engine.connect(path)) as connection:
        return [dict(row) for row in connection.execute(sql, parameters).fetchall()]
