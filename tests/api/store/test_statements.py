"""The statements, read as text: those on collections say whose rows they touch, and none walks where it need not."""

import re
from pathlib import Path
from typing import Any

import pytest

from api.store import statements
from api.store.accounts_file import AccountsFile
from api.store.collections import SqliteCollections
from tests.api.store.conftest import OWNER

COLLECTION_FILES = {
    f"{name}.sql"
    for name in ("answers", "cards", "collection", "decks", "deletions", "expiry", "notes", "reviews", "statistics")
}


def parts(*, of_collections: bool) -> list[Any]:
    return [
        pytest.param(part, id=part.split("(")[0].strip())
        for path in sorted(statements.FOLDER.glob("*.sql"))
        if (path.name in COLLECTION_FILES) == of_collections
        for part in path.read_text("utf-8").split("-- name: ")[1:]
    ]


TABLE = r"(?:FROM|JOIN|UPDATE|INTO) (\w+)"
# The last row of an index, and no more.
WALKS = {"latest_review"}
# A table of one row; and what an operator asks for, who wants the latest.
WALKS_ON_ACCOUNTS = {"take_user_id", "revocations_listed", "open_sessions", "count_revocations"}


def body_of(part: str) -> str:
    return part.partition("\n")[2]


@pytest.mark.parametrize("part", parts(of_collections=True))
def test_every_statement_on_a_collection_names_its_user_for_each_table(part: str) -> None:
    body = body_of(part)

    confined = re.findall(r"WHERE (?:\w+\.)?user_id = :user_id\b", body)
    written = re.findall(r"^INSERT INTO \w+ \(\s*user_id,.*VALUES \(\s*:user_id,", body, re.DOTALL)

    assert len(confined) + len(written) == len(re.findall(TABLE, body)) - len(re.findall("JOIN", body)) > 0


@pytest.mark.parametrize("part", parts(of_collections=True))
def test_no_statement_walks_through_all_notes_cards_or_reviews(part: str, collections: SqliteCollections) -> None:
    body = body_of(part)
    with collections.reading(OWNER) as collection:
        plan = collection.connection.execute(
            "EXPLAIN QUERY PLAN " + body, dict.fromkeys(re.findall(r":(\w+)", body), 1)
        )
        walked = [
            step["detail"]
            for step in plan
            if re.search(
                r"SCAN (decks|notes|cards|reviews|answers)|(notes|cards|reviews).* \(user_id=\?\)", step["detail"]
            )
        ]

    assert bool(walked) == (part.split("(")[0] in WALKS), walked


@pytest.mark.parametrize("part", parts(of_collections=False))
def test_no_statement_walks_through_all_accounts_sessions_or_revocations(part: str, file: AccountsFile) -> None:
    body = body_of(part)
    with file.reading() as connection:
        values = dict.fromkeys(re.findall(r":(\w+)", body), 1)
        plan = [step["detail"] for step in connection.execute("EXPLAIN QUERY PLAN " + body, values)]

    walked = [detail for detail in plan if detail.startswith("SCAN") and "CONSTANT" not in detail]
    assert bool(walked) == (part.split("(")[0] in WALKS_ON_ACCOUNTS), plan


@pytest.mark.parametrize("path", sorted(statements.FOLDER.glob("*.sql")), ids=lambda path: path.name)
def test_the_statements_are_portable(path: Path) -> None:
    text = re.sub(r"--.*", "", path.read_text("utf-8"))

    assert "::" not in text
    assert "%" not in text
    assert "?" not in text


def test_every_statement_is_used() -> None:
    source = "\n".join(path.read_text("utf-8") for path in statements.FOLDER.parent.glob("*.py"))
    names = re.findall(r"-- name: (\w+)", "\n".join(p.read_text("utf-8") for p in statements.FOLDER.glob("*.sql")))

    assert [name for name in names if f'"{name}"' not in source] == []


def test_sql_is_written_nowhere_else() -> None:
    root = statements.FOLDER.parents[2]
    sql = re.compile(r'"\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA)\b')

    offenders = [
        str(path.relative_to(root))
        for folder in ("api", "auth")
        for path in (root / folder).rglob("*.py")
        if sql.search(path.read_text()) and path.parent.name != "store"
    ]

    assert offenders == []
