"""Conventions of the repository, kept true."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from api.settings import Settings
from api.version import VERSION
from auth.settings import PREFIX

ROOT = Path(__file__).parents[1]
SETTINGS = {PREFIX + entry.name.upper(): entry.metadata for entry in fields(Settings)}
# Written so that this file does not find itself.
SECRETS = re.compile("BEGIN (RSA |EC |ENCRYPTED )?PRIVATE " + r"KEY-----\n[A-Za-z0-9+/]|eyJhbGciOi[A-Za-z0-9_-]{20}")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_example_lists_every_setting_with_its_default() -> None:
    listed = dict(re.findall(r"^#(JAVUMBO_\w+)=(.*)$", text(".env.example"), re.MULTILINE))

    assert listed == {name: metadata["default"] for name, metadata in SETTINGS.items()}


def test_the_documentation_lists_every_setting_with_its_default_and_meaning() -> None:
    rows = re.findall(r"^\| `(JAVUMBO_\w+)` \| (?:`(.*?)`)? ?\| (.*) \|$", text("docs/settings.md"), re.MULTILINE)

    assert rows == [(name, metadata["default"], metadata["meaning"]) for name, metadata in SETTINGS.items()]


@pytest.mark.parametrize(
    "path", sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("**/*.md") if ".venv" not in str(path))
)
def test_links_between_documents_lead_somewhere(path: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text(path))

    assert [link for link in links if not ((ROOT / path).parent / link).exists()] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_version_is_pinned_exactly(name: str) -> None:
    lines = [line for line in text(name).splitlines() if line and not line.lstrip().startswith("#")]

    assert all(re.match(r"[\w.-]+(\[\w+\])?==[\w.]+( |$)", line) for line in lines)


def test_no_secret_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name]

    assert [str(path) for path in files if path.is_file() and SECRETS.search(path.read_text("utf-8", "replace"))] == []


def test_the_changelog_begins_with_what_is_to_come() -> None:
    assert "## Unreleased" in text("CHANGELOG.md")
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


def test_routes_have_no_try_and_no_sql() -> None:
    for path in (ROOT / "api" / "routes").glob("*.py"):
        source = path.read_text("utf-8")
        assert not re.search(r"^\s*try:", source, re.MULTILINE), path
        assert "api.store" not in source, path


def test_the_compose_file_names_no_secret_and_runs_what_the_image_serves() -> None:
    compose, dockerfile = text("docker-compose.yml"), text("Dockerfile")

    assert "8000:8000" in compose
    assert "data:/data" in compose
    assert "USER 10001" in dockerfile
    assert "HEALTHCHECK" in dockerfile
    assert not re.search(r"(?i)password|secret|token", compose + dockerfile)


def test_only_where_everything_begins_is_the_system_asked_for_the_time() -> None:
    asking = re.compile(r"SystemClock\(\)|datetime\.now\(|date\.today\(|time\.time(_ns)?\(")
    files = [path for folder in ("api", "auth") for path in (ROOT / folder).rglob("*.py")]

    assert {str(path.relative_to(ROOT)) for path in files if asking.search(path.read_text())} == {
        "api/server.py",
        "api/services.py",
        "auth/cli.py",
        "auth/clock.py",
    }


def test_every_test_that_the_page_on_standards_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text("docs/standards.md"))

    assert [name for path, name in named if f"def {name}(" not in text(path)] == []
    assert len(named) > 30
