"""The numbers that documents quote are those that were measured."""

import json
from pathlib import Path

import pytest

from loadtests.report import prose
from loadtests.report.prose import BEGIN, END, NoMarkers, NoSuchFigure, Results, rewritten, with_table
from loadtests.report.tables import markdown_table
from tests.live import ROOT
from tests.loadtests import made_up

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MEASURED = Results(ROOT / "docs" / "benchmarks")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A comparison in which ours adds 40 µs of CPU in the worker to the two floors, and 2 µs in Redis; and capacity."""
    folder = tmp_path_factory.mktemp("results")
    comparison = made_up.compared(3)
    for design, cpu, of_redis in (("floor", 399.0, 0.0), ("control", 401.0, 0.0), ("ours", 440.0, 2.0)):
        comparison["read"][design] |= {"cpu_us_per_request": [cpu] * 3, "redis_cpu_us_per_request": [of_redis] * 3}
    comparison["read"]["ours"]["p50_us"] = [7000.0, 1234.0, 1300.0]
    comparison["sign-in"]["floor"]["p50_us"] = [26000.0] * 3
    (folder / "compare.json").write_text(json.dumps(comparison))
    (folder / "capacity.json").write_text(json.dumps(made_up.capacity()))
    return Results(folder)


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("compare:read.ours.p50_us:,.0f", "1\u202f300"),
        ("compare:read.ours.p50_us/1000:.2f", "1.30"),
        ("compare: sign-in.floor.p50_us / read.ours.p50_us :.1f", "20.0"),
        ("compare:sign-in.floor.p50_us - read.ours.p50_us / 1000:.1f", "24.7"),
        ("compare:added(read, ours):.0f", "42"),
        ("compare:added(read, ours) / read.floor.cpu_us_per_request * 100:.1f", "10.5"),
        ("capacity:users.10000.authentication_us:.1f", "29.0"),
    ],
)
def test_a_number_is_what_its_comment_says(results: Results, comment: str, told: str) -> None:
    written = rewritten(f"A read takes 7.5 ms<!-- {comment} -->.", results)

    assert written == f"A read takes {told} ms<!-- {comment} -->."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("7", "42"),
        ("-0.7", "42"),
        ("7×", "42×"),
        ("1 234 µs", "42 µs"),
        ("12\u202f345\u202fµs", "42\u202fµs"),
        ("In 2026 700 %", "In 2026 42 %"),
        ("**7 µs", "**42 µs"),
        ("7 µs (7", "7 µs (42"),
    ],
)
def test_nothing_but_the_number_before_a_comment_changes(results: Results, before: str, after: str) -> None:
    comment = "<!-- compare:added(read, ours):.0f -->, and 7 more"

    assert rewritten(before + comment, results) == after + comment


def test_a_document_without_quoted_numbers_stays_as_it_is(results: Results) -> None:
    text = "In 2026 there were 3 designs. <!-- a remark: none of them mine -->"

    assert rewritten(text, results) == text


@pytest.mark.parametrize(
    "text",
    [
        "7<!-- compare:read.theirs.p50_us:.0f -->",
        "7<!-- compare:read.ours:.0f -->",
        "7<!-- compare:read.ours.p50_us.5:.0f -->",
        "7<!-- compare:added(read, theirs):.0f -->",
        "7<!-- compare:read.ours.p50_us/0:.0f -->",
        "7<!-- compare:__import__('os'):.0f -->",
        "7<!-- compare:read.ours.p50_us -->",
        "7<!-- compare:read.ours.p50_us:d -->",
        "7<!-- capacity:users.11.authentication_us:.0f -->",
        "7<!-- writes:fsync_us:.0f -->",
        "some<!-- compare:read.ours.p50_us:.0f -->",
    ],
)
def test_a_number_that_is_not_in_the_results_is_named(results: Results, text: str) -> None:
    with pytest.raises(NoSuchFigure, match=r"compare:|capacity:|writes\.json"):
        rewritten(text, results)


def test_the_table_has_medians_with_quartiles_for_each_design() -> None:
    heading, rule, *rows, _, about = markdown_table(made_up.compared(5))

    assert heading == "| | `floor` | `ours` | `files` | `redis` | `flask_stack` |"
    assert {row.count("|") for row in (heading, rule, *rows)} == {7}
    assert rows[-1] == "| a session takes in Redis | 0 B | 12 B | 0 B | 336 B | 120 B |".replace(" B", "\u202fB")
    assert about.startswith("Medians of 5 rounds")


def test_the_table_is_written_between_its_markers() -> None:
    once = with_table(f"before\n{BEGIN}\nold\n{END}\nafter\n", ["new"])

    assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert with_table(once, ["new"]) == once


def test_a_document_without_markers_has_no_place_for_the_table() -> None:
    with pytest.raises(NoMarkers):
        with_table(f"{END} {BEGIN}", ["new"])


def test_all_documents_are_written_anew_or_none(results: Results, tmp_path: Path) -> None:
    readme, docs = tmp_path / "README.md", tmp_path / "docs"
    docs.mkdir()
    readme.write_text(f"7 µs<!-- compare:added(read, ours):.0f -->\n{BEGIN}\n{END}\n")
    (docs / "why.md").write_text("some<!-- compare:read.ours.p50_us:.0f -->")

    with pytest.raises(NoSuchFigure):
        prose.write(results, readme, docs)
    assert readme.read_text().startswith("7 µs")

    (docs / "why.md").write_text("7 µs<!-- compare:read.ours.p50_us:.0f -->")
    prose.write(results, readme, docs)
    assert readme.read_text().startswith("42 µs")
    assert "| `ours` |" in readme.read_text()
    assert (docs / "why.md").read_text().startswith("1300 µs")


def test_the_table_of_the_readme_is_what_was_measured() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert readme == with_table(readme, markdown_table(MEASURED.document("compare")))


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_every_number_quoted_in_a_document_is_what_was_measured(path: Path) -> None:
    text = path.read_text("utf-8")

    assert text == rewritten(text, MEASURED)
