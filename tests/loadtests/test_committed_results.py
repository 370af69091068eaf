"""The committed results are those of a run that says something, and in which the promises were kept."""

import json
from typing import Any

from loadtests import promises
from loadtests.capacity import command as capacity
from loadtests.comparison import Comparison
from loadtests.report.documents import RESULTS, Documents
from loadtests.scenarios.plans import PLANS
from loadtests.work import KINDS
from tests.live import ROOT

FOLDER = ROOT / "docs" / "benchmarks"


def committed(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def test_each_is_there_and_says_on_which_machine_it_was_measured() -> None:
    documents = Documents.read(FOLDER)

    assert set(documents.found) >= set(RESULTS)
    assert set(documents.machines) == set(RESULTS)


def test_the_comparison_has_every_kind_and_keeps_its_promises() -> None:
    comparison = Comparison.of_json(committed("compare.json"))

    assert list(comparison.slices) == list(KINDS)
    assert (promises.why_unsaid(comparison), promises.broken(comparison)) == ([], [])


def test_writes_lost_nothing_and_keep_their_promises() -> None:
    assert Documents.read(FOLDER).writes.broken_promises() == []
    assert committed("writes.json")["faults"] == []


def test_capacity_keeps_its_promises() -> None:
    document = committed("capacity.json")

    assert capacity.is_steady(document)
    assert capacity.broken_promises(document["users"]) == []


def test_every_scenario_went_well() -> None:
    assert {one["scenario"]: one["broken"] for one in committed("scenarios.json")} == {name: [] for name in PLANS}


def test_nobody_was_taken_for_somebody_else() -> None:
    assert all(one["mixed_up"] == 0 < one["attempts"] for one in committed("mix_ups.json"))
