"""The statements on collections, read as text: each says whose rows it touches."""

import re
from pathlib import Path

import pytest

from api.store import statements

PARTS = [
    pytest.param(part, id=part.split("(")[0].strip())
    for path in sorted(statements.FOLDER.glob("*.sql"))
    if path.name != "accounts.sql"
    for part in path.read_text("utf-8").split("-- name: ")[1:]
]


@pytest.mark.parametrize("part", PARTS)
def test_every_statement_on_a_collection_names_its_user(part: str) -> None:
    assert re.search(r"user_id = :user_id|\(user_id|VALUES \(\s*:user_id", part)
    assert ":user_id" in part.partition("\n")[2]


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
