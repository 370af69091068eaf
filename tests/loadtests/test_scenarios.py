"""The scenarios go well, and a fault that was planted makes them fail and is named."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests.scenarios.plans import PLANS
from loadtests.scenarios.play import LEDGER
from tests.live import ROOT


def play(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "loadtests", "scenarios", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_who_asks_for_a_scenario_there_is_not_is_told_which_there_are() -> None:
    played = play("--only", "writer")

    assert (played.returncode, played.stdout) == (2, f"--only takes some of {', '.join(PLANS)}\n")


def test_the_plans_can_be_read_without_locust() -> None:
    command = [sys.executable, "-c", "import sys, loadtests.scenarios.plans; sys.exit('locust' in sys.modules)"]

    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_what_is_to_be_kept_is_not_mixed_with_what_is_there(tmp_path: Path) -> None:
    played = play("--only", "writers", "--keep", tmp_path)

    assert (played.returncode, played.stdout) == (2, f"{tmp_path} is there already: --keep takes a folder to make\n")


@pytest.mark.long
def test_data_and_ledger_of_a_scenario_can_be_kept_and_checked_later(tmp_path: Path) -> None:
    play("--only", "writers", "--keep", tmp_path / "kept")
    folder = tmp_path / "kept" / "writers"

    command = [sys.executable, "-m", "loadtests", "check", str(folder / "data"), "--ledger", str(folder / LEDGER)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "clean")


@pytest.mark.long
def test_every_scenario_goes_well(tmp_path: Path) -> None:
    file = tmp_path / "scenarios.json"

    played = play("--json", file)

    assert played.returncode == 0, played.stdout + played.stderr
    results = {result["scenario"]: result for result in json.loads(file.read_text())}
    assert list(results) == list(PLANS)
    assert [event["what"] for event in results["outage"]["events"]] == [
        "Redis frozen",
        "Redis goes on",
        "Redis killed",
        "Redis started again",
    ]
    assert len(results["kill"]["events"]) > 10
    assert results["rotation"]["timings"]["add"]["requests"] >= 2000
    assert results["reviewers"]["timings"]["review"]["requests"] >= 20 * 24


@pytest.mark.parametrize(
    ("scenario", "fault", "told"),
    [
        ("writers", "refusing", "could not go on: no 200 for GET /v1/decks"),
        pytest.param("writers", "forgetting", "answers of 401: sessions and tokens must not", marks=pytest.mark.long),
        pytest.param("writers", "mute", "BROKEN: unacknowledged: mark ", marks=pytest.mark.long),
        pytest.param("registrations", "mixing", ", and was taken for user 1", marks=pytest.mark.long),
        pytest.param("rotation", "misfiling", "BROKEN: foreign: mark ", marks=pytest.mark.long),
        pytest.param("rotation", "stale", "answers of 401: sessions and tokens must not fail", marks=pytest.mark.long),
        pytest.param("outage", "relying", "BROKEN: a revoked token was accepted ", marks=pytest.mark.long),
        pytest.param("kill", "losing", "BROKEN: missing: mark ", marks=pytest.mark.long),
        pytest.param("kill", "forgetting", "answers of 401: sessions and tokens must not fail", marks=pytest.mark.long),
    ],
)
def test_a_planted_fault_is_found_and_named(scenario: str, fault: str, told: str) -> None:
    played = play("--only", scenario, "--app", f"tests.loadtests.faulty:{fault}()")

    assert played.returncode == 1, played.stdout + played.stderr
    assert told in played.stdout
    assert played.stdout.endswith("NOT kept\n")
