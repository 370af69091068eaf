"""The page and its plots, of results that are made up."""

import argparse
import json
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loadtests import report
from loadtests.report import design_plots, page, timeline_plot
from loadtests.report.documents import Documents
from loadtests.report.sheet import png, style, svg
from tests.loadtests import made_up

COARSE = 30.0
"""Dots per inch: nobody looks at these plots."""


class Elements(HTMLParser):
    """The elements of a page, in order, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.found if tag in tags]


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    return report.run(parser.parse_args(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all results, and the report on them."""
    folder = tmp_path_factory.mktemp("benchmarks")
    made_up.write_all(folder, rounds=5)
    list(page.write(folder, Documents.read(folder), COARSE))
    return folder


@pytest.fixture(scope="module")
def elements(folder: Path) -> Elements:
    return Elements((folder / page.PAGE).read_text("utf-8"))


def test_the_page_needs_nothing_but_itself(elements: Elements) -> None:
    assert elements.named("script", "link", "iframe", "object") == []
    assert all(image["src"].startswith("data:image/svg+xml;base64,") for image in elements.named("img"))
    assert all(link["href"].startswith("#") for link in elements.named("a"))


def test_the_page_can_be_read_by_those_who_do_not_see_it(elements: Elements) -> None:
    levels = [int(tag[1]) for tag, _ in elements.found if tag in ("h1", "h2", "h3")]
    tags = Counter(tag for tag, _ in elements.found)

    assert elements.named("html") == [{"lang": "en"}]
    assert levels == [1] + [2] * (len(levels) - 1)
    assert all(len(image["alt"]) > 80 for image in elements.named("img"))
    assert tags["table"] == tags["caption"] == 5
    assert {link["href"][1:] for link in elements.named("a")} == {one["id"] for one in elements.named("h2")}


def test_every_plot_is_on_the_page_and_beside_it(folder: Path, elements: Elements) -> None:
    beside = {path.stem for path in folder.glob("*.png")}

    assert beside == {"cpu", "throughput", "latency", "writes", "timeline-outage", "timeline-kill", "users", "growth"}
    assert len(elements.named("img")) == len(beside)
    assert "Left out" not in elements.text


def test_the_page_names_the_machine_and_the_versions(elements: Elements) -> None:
    assert "Made-up CPU @ 2.60GHz, 2 cores" in elements.text
    assert "Python 3.11.7, flask 3.1.2" in elements.text


def test_the_page_tells_how_often_somebody_was_taken_for_another(elements: Elements) -> None:
    (broken,) = [attributes for attributes in elements.named("td") if attributes.get("class") == "broken"]

    assert broken
    assert "named somebody else" in elements.text
    assert "13\u202f000" in elements.text


def test_a_plot_says_what_was_found(folder: Path) -> None:
    with style():
        outage, kill = timeline_plot.timelines(Documents.read(folder))

    assert outage.title.startswith("outage: 1 of 16")
    assert outage.title.endswith("18 were accepted, none later than 0.6 s after the end of its session")
    assert kill.title.startswith("kill: 13 of 8")


def test_the_same_results_give_the_same_bytes(folder: Path) -> None:
    with style():
        once, again = (design_plots.cpu(Documents.read(folder)).figure for _ in range(2))

        assert svg(once) == svg(again)
        assert png(once, COARSE) == png(again, COARSE)


def test_what_was_not_measured_is_left_out_and_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "writes.json").write_text(json.dumps(made_up.writes(3)))

    written = [path.name for path in page.write(tmp_path, Documents.read(tmp_path), COARSE)]

    assert written == ["writes.png", page.PAGE]
    text = Elements((tmp_path / page.PAGE).read_text("utf-8")).text
    for told in ("compare.json is not there", "capacity.json is not there", "scenarios.json is not there"):
        assert f"Left out: {told}." in text


def test_what_results_say_is_text_on_the_page(tmp_path: Path) -> None:
    scenario = {**made_up.scenarios()[0], "broken": ["<b>nothing</b> was found"]}
    (tmp_path / "scenarios.json").write_text(json.dumps([scenario]))

    list(page.write(tmp_path, Documents.read(tmp_path), COARSE))

    assert "<b>nothing</b> was found" in Elements((tmp_path / page.PAGE).read_text("utf-8")).text


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path)) == 2
    assert "there are no results in" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("writes.json", "{", "writes.json cannot be read: Invalid JSON"),
        ("writes.json", '{"bare_per_second": []}', "writes.json cannot be read at service_per_second"),
        ("compare.json", '{"read": {}}', "compare.json is not what the comparison writes: 'sessions'"),
        ("capacity.json", '{"users": 3}', "capacity.json cannot be read at users"),
    ],
)
def test_results_that_cannot_be_read_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text)

    assert run(str(tmp_path)) == 2
    assert told in capsys.readouterr().out
