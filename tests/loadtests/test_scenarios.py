"""A load test can fail: each threshold that is broken is named, and so is each fault that was planted."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from loadtests.forensics import Findings
from loadtests.scenarios.outcome import Result, Timing
from loadtests.scenarios.plans import PLANS
from tests.live import ROOT

CLEAN = Findings(files=6, marks=100)
GOOD = Result(
    scenario="writers",
    people=6,
    ended=6,
    seconds=10,
    timings={"add": Timing(100, 0, 20, 15, 60), "review": Timing(100, 0, 20, 15, 60)},
    statuses={},
    given_up=[],
)


def test_a_run_in_which_all_went_well_breaks_nothing() -> None:
    assert GOOD.broken(CLEAN) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ended": 5}, "only 5 of 6 people were done in time"),
        ({"given_up": ["anna could not go on"]}, "anna could not go on"),
        ({"statuses": {"401": 1}}, "1 answers of 401: sessions and tokens must not fail"),
        (
            {"timings": {"add": Timing(100, 2, 20, 15, 60)}, "statuses": {"503": 2}},
            "2 of 100 requests failed (503 2 times)",
        ),
        ({"timings": {}}, "0 of 0 requests failed ()"),
        ({"timings": {"add": Timing(9, 0, 500, 400, 900)}}, "add took 500 ms in the mean, and may take 500 ms"),
        ({"timings": {"review": Timing(9, 0, 301, 250, 900)}}, "review took 301 ms in the mean, and may take 300 ms"),
    ],
)
def test_a_threshold_that_is_broken_is_named(changes: Mapping[str, Any], told: str) -> None:
    assert replace(GOOD, **changes).broken(CLEAN) == [told]


def test_what_lies_wrong_on_disk_breaks_a_run_that_looked_well() -> None:
    assert GOOD.broken(replace(CLEAN, foreign=["a mark"])) == ["foreign: a mark"]


def test_a_few_errors_among_many_requests_are_borne() -> None:
    timings = {"add": Timing(1000, 10, 20, 15, 60)}

    assert replace(GOOD, timings=timings, statuses={"503": 10}).broken(CLEAN) == []


def test_a_result_survives_its_file() -> None:
    assert Result.of_json(json.loads(json.dumps(asdict(GOOD)))) == GOOD


def play(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "loadtests", "scenarios", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_who_asks_for_a_scenario_there_is_not_is_told_which_there_are() -> None:
    played = play("--only", "writer")

    assert (played.returncode, played.stdout) == (2, f"--only takes some of {', '.join(PLANS)}\n")


@pytest.mark.long
def test_every_scenario_goes_well(tmp_path: Path) -> None:
    results = tmp_path / "results.json"

    played = play("--json", results)

    assert played.returncode == 0, played.stdout + played.stderr
    assert [result["scenario"] for result in json.loads(results.read_text())] == list(PLANS)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        pytest.param("misfiling", "BROKEN: foreign: mark ", marks=pytest.mark.long),
        pytest.param("forgetting", "answers of 401: sessions and tokens must not fail", marks=pytest.mark.long),
        ("refusing", "could not go on: no 200 for GET /v1/decks"),
    ],
)
def test_a_planted_fault_is_found_and_named(fault: str, told: str) -> None:
    played = play("--only", "writers", "--app", f"tests.loadtests.faulty:{fault}()")

    assert played.returncode == 1, played.stdout + played.stderr
    assert told in played.stdout
    assert played.stdout.endswith("NOT kept\n")
