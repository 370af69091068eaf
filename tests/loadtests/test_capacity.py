"""What follows from what was measured of growth; and short runs of the real thing."""

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from api.app import create_app
from loadtests.capacity import cards, checks, command, revoked, sessions
from loadtests.capacity.paper import on_paper
from loadtests.capacity.plan import Plan, Rows
from loadtests.capacity.population import settle, worker
from loadtests.capacity.reads import open_collections, uniform, zipf
from loadtests.capacity.servers import Reader
from loadtests.measuring import Restless
from tests.loadtests import made_up

TINY = Plan(users=(2, 4), sessions=(1, 20), revoked=(0, 50), cards=(3, 6), workers=(1, 2), slices=6, seconds=0.1)
REQUESTS = [b"first", b"second", b"third", b"fourth"]


def growing(authentication: float = 1.0, zipf: float = 1.0, uniform: float = 1.0) -> Rows:
    """Ten users, and ten thousand for whom everything is so many times as dear."""
    few: dict[str, float] = {"users": 10, "authentication_us": 20, "zipf_read_us": 400, "uniform_read_us": 400}
    many = {"authentication_us": 20 * authentication, "zipf_read_us": 400 * zipf, "uniform_read_us": 400 * uniform}
    return [few, {"users": 10_000, **many}]


def measured() -> dict[str, Rows]:
    """Figures with which one can reckon in one's head."""
    return {
        "users": [
            {"users": 10, "collection_bytes": 100_000, "open_collections": 10, "worker_bytes": 1_000_000},
            {"users": 20, "collection_bytes": 100_000, "open_collections": 20, "worker_bytes": 3_000_000},
        ],
        "sessions": [{"disk_bytes_per_session": 150, "worker_bytes_per_session": 1000, "sign_in_us": 50_000}],
        "revoked": [{"entries": 0, "bytes": 500}, {"entries": 100, "bytes": 10_500}],
        "cards": [
            {"cards": 100, "disk_bytes": 50_000, "read_us": 500, "next_us": 800, "review_us": 1200},
            {"cards": 200, "disk_bytes": 150_000, "read_us": 500, "next_us": 900, "review_us": 1300},
        ],
        "workers": [{"workers": 1, "cpu_us_per_request": 900}],
    }


def test_promises_that_are_kept_are_kept() -> None:
    assert command.broken_promises(growing(authentication=1.15, zipf=1.3, uniform=3)) == []


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        (growing(authentication=1.2), "authentication_us with 10,000 users is 1.20 times that with 10, more than 1.15"),
        (growing(zipf=1.4), "zipf_read_us with 10,000 users is 1.40 times that with 10, more than 1.3"),
    ],
)
def test_a_promise_that_is_not_kept_is_named(rows: Rows, broken: str) -> None:
    assert command.broken_promises(rows) == [broken]


@pytest.mark.parametrize(("control", "steady"), [(0.94, False), (0.95, True), (1.05, True), (1.06, False)])
def test_a_run_in_which_anything_is_not_itself_says_nothing(control: float, steady: bool) -> None:
    assert command.is_steady({"users": [{"zipf_read_control": 1}, {"authentication_control": control}]}) is steady


def test_the_table_has_a_line_for_each_figure_with_its_growth() -> None:
    heading, bytes_of, check = command.table(
        [{"entries": 0, "bytes": 0, "check_ns": 200}, {"entries": 1000, "bytes": 1e5, "check_ns": 250}]
    )

    assert heading.split() == ["entries", "0", "1,000"]
    assert bytes_of.split() == ["bytes", "0.00", "100,000"]
    assert check.split() == ["check_ns", "200.00", "1.00×", "250.00", "1.25×"]


def test_every_line_on_paper_shows_its_numbers_and_what_they_come_to() -> None:
    heading, *lines = on_paper(measured())

    assert heading.startswith("1,000,000 users")
    assert [line.partition(": ")[2] for line in lines] == [
        "1,000,000 × 100,000 B = 100.00 GB",
        "1,000,000 × 1,000 × 1,000 B = 1.00 TB",
        "1,000,000 × 2 × 150 B = 300.00 MB",
        "50,000 × 0.1 × 2,000,000 B / 10 = 1.00 GB",
        "50,000 × 1,000 B = 50.00 MB",
        "50,000 × 0.1 × 11 / 60 × 100 B = 91.67 kB",
        "1,000,000 × 2 × 100 B = 200.00 MB",
        "50,000 × 0.1 / 3600 s × 50.0 ms = 0.07 cores; one core has 1 / 50.0 ms = 20.0 a second",
        "50,000 × 200 × 0.1 / 3600 s × (2 × 900 + 300 + 700) µs = 0.78 cores",
    ]


@pytest.mark.parametrize("document", [{}, {"users": growing()}, {"cards": [], "workers": []}])
def test_what_was_not_measured_comes_to_nothing_on_paper(document: dict[str, Rows]) -> None:
    assert on_paper(document) == []


def test_on_paper_a_document_with_fewer_figures_has_fewer_lines() -> None:
    _, *lines = on_paper(made_up.capacity())

    assert len(lines) == 4


def test_by_zipfs_law_the_second_asks_half_as_often_as_the_first_once_all_have_asked() -> None:
    drawn = zipf(REQUESTS, random.Random(1))

    assert list(islice(drawn, 4)) == REQUESTS[::-1]
    asked = Counter(islice(drawn, 24_000))
    assert asked[b"first"] / asked[b"second"] == pytest.approx(2, rel=0.05)
    assert asked[b"first"] / asked[b"fourth"] == pytest.approx(4, rel=0.05)


def test_uniformly_everybody_asks_as_often_as_the_others() -> None:
    asked = Counter(islice(uniform(REQUESTS, random.Random(1)), 24_000))

    assert all(5_700 < times < 6_300 for times in asked.values())


def test_a_worker_has_no_more_collections_open_than_there_are() -> None:
    assert open_collections(10) == 10
    assert open_collections(10**9) < 10**9


def test_a_reader_takes_nothing_but_a_card() -> None:
    reader = Reader(iter(REQUESTS))

    reader.answered(b"HTTP/1.1 200 OK\r\n\r\n", 0.1)

    assert reader.asked == 1
    with pytest.raises(AssertionError, match="404"):
        reader.answered(b"HTTP/1.1 404 NOT FOUND\r\n\r\n", 0.1)


def test_everybody_who_settles_can_read_a_card_of_their_own(tmp_path: Path) -> None:
    with worker(tmp_path / "data") as services:
        people = settle(services, 3)
        client = create_app(services).test_client()
        headers = [{"Authorization": f"Bearer {person.token}"} for person in people]
        answers = [
            client.get(f"/v1/cards/{person.card_id}", headers=header)
            for person, header in zip(people, headers, strict=True)
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    # A card's number may be another's elsewhere, if both were made within one millisecond.
    assert len({person.token for person in people}) == 3


def test_a_worker_remembers_every_token_that_it_is_shown(tmp_path: Path) -> None:
    with worker(tmp_path / "data") as services:
        tokens = [person.token for person in settle(services, 3)]

        taken = checks.kept_of(services, tokens)

        assert len(services.keystore.ring.memory) == 3
        assert 3 * 500 < taken < 3 * 50_000


def test_sessions_take_room_on_the_disk_and_in_a_worker() -> None:
    few, many = sessions.measure(replace(TINY, sessions=(1, 60)))

    assert set(few) == set(many) >= {"sessions", "sign_in_us", "authentication_us", "authentication_control"}
    assert many["disk_bytes_per_session"] > 0 < many["worker_bytes_per_session"]


@pytest.mark.parametrize(
    ("measure", "figures"),
    [
        (revoked.measure, {"entries", "bytes", "check_ns"}),
        (cards.measure, {"cards", "disk_bytes", "read_us", "add_us", "next_us", "review_us"}),
    ],
)
def test_what_is_cheap_to_measure_is_measured(measure: Callable[[Plan], Rows], figures: set[str]) -> None:
    try:
        few, many = measure(TINY)
    except Restless:
        pytest.skip(Restless.ADVICE)

    assert set(few) == set(many) == figures
    assert all(value > 0 for value in many.values())


@pytest.mark.parametrize("arguments", [["--only", "user"], ["--only", ""], ["--slices", "1"]])
def test_who_asks_for_what_there_is_not_is_told_what_there_is(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert capsys.readouterr().out.startswith("--only takes some of users, sessions, revoked, cards, workers, and ")


@pytest.mark.parametrize("text", ["", "10", "10,ten", "0,10", "100,10", "10,10"])
def test_growth_takes_two_numbers_of_users_at_least(text: str) -> None:
    with pytest.raises((ValueError, argparse.ArgumentTypeError)):
        command.numbers(text)


@pytest.mark.long
def test_users_and_workers_are_measured_over_http(tmp_path: Path) -> None:
    file = tmp_path / "capacity.json"

    run("--only", "users,workers", "--users", "2,4", "--slices", "6", "--seconds", "0.1", "--json", str(file))

    document: dict[str, Rows] = json.loads(file.read_text())
    assert [row["users"] for row in document["users"]] == [2, 4]
    assert [row["workers"] for row in document["workers"]] == [1, 2, 3, 4]
    assert all(value > 0 for rows in document.values() for row in rows for value in row.values())


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))
