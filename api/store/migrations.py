"""Numbered schema files, applied once and in order.

A file's number is major x 1000 + minor, kept in `user_version`. Within a major version they only
add, so that a worker may meet a newer minor version, and refuses a newer major one.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from api.errors import StoreDamaged, StoreTooNew
from api.store.engine import Connection
from api.study.folding import folded
from api.study.sought import sought

_FOLDER = Path(__file__).parent / "schema"
_NUMBERED = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True)
class Schema:
    """What one kind of file contains. `owner` is the user whose rows alone a collection takes."""

    kind: str
    application_id: int
    owner: int = 0

    @property
    def steps(self) -> dict[int, str]:
        """The text of each migration by number, in order."""
        return {number: Template(text).substitute(owner=self.owner) for number, text in texts_of(self.kind).items()}

    @property
    def latest(self) -> int:
        """The number of the last migration."""
        return max(texts_of(self.kind))

    def is_current(self, connection: Connection, path: Path) -> bool:
        """Tell whether nothing is left to apply. StoreDamaged for a foreign file, StoreTooNew for a newer major."""
        found = _pragma(connection, "application_id")
        if found != self.application_id:
            raise StoreDamaged(path.name, f"application_id is {found}, not {self.application_id}")
        version = _pragma(connection, "user_version")
        if version // 1000 > self.latest // 1000:
            raise StoreTooNew(path.name, f"schema {version} is newer than {self.latest}")
        return version >= self.latest


ACCOUNTS = Schema("accounts", application_id=0x4A564D41)


@cache
def texts_of(kind: str) -> dict[int, str]:
    """Return the migrations of one kind of file by number, in order, with a place for the owner. Read once."""
    files = sorted((_FOLDER / kind).glob("*.sql"))
    numbers = {file: _NUMBERED.fullmatch(file.name) for file in files}
    return {int(found[1]): file.read_text("utf-8") for file, found in numbers.items() if found}


def collection_of(user_id: int) -> Schema:
    """Return the schema of one user's collection."""
    return Schema("collection", application_id=0x4A564D43, owner=user_id)


def apply(connection: Connection, path: Path, schema: Schema) -> None:
    """Apply what is missing, each step whole or not at all. The caller holds the write lock or the only name."""
    if schema.is_current(connection, path):
        return
    version = _pragma(connection, "user_version")
    connection.create_function("folded", 1, folded, deterministic=True)
    connection.create_function("sought", 1, lambda fields: sought(json.loads(fields)), deterministic=True)
    for number, text in schema.steps.items():
        if number > version:
            _apply_step(connection, number, text)


def stamp(connection: Connection, schema: Schema) -> None:
    """Mark a file being built as one of ours."""
    connection.execute(f"PRAGMA application_id = {schema.application_id}")


def _apply_step(connection: Connection, number: int, text: str) -> None:
    # executescript commits what is open before it starts; so the transaction is part of the script.
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version = {number};\nCOMMIT;")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _pragma(connection: Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
