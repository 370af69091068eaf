"""What follows from what was measured; and a short run of the real thing."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from loadtests import compare, promises
from loadtests.comparison import Comparison, Kept, Slice, sessions_table, table, within_table
from loadtests.measuring import Measured, percentile
from loadtests.within import SERVE, signed_in
from tests.live import ROOT

DESIGNS = ("ours", "floor", "files", "redis", "flask_stack", "control")


def slices(cpu: float, redis: float = 0) -> list[Slice]:
    return [Slice(1000, 900, 950, 1200, 1500, 4000, cpu + drift, redis, 0) for drift in (0, 5, 10) * 10]


def one_process(ours: float = 220, files: float = 400, redis: float = 400, stack: float = 500) -> Measured:
    """A floor of 200 µs, and what the others take of their thread."""
    taken = {"ours": ours, "floor": 200, "files": files, "redis": redis, "flask_stack": stack, "control": 200}
    return Measured({name: [one / 1e6, one / 1e6] for name, one in taken.items()})


def comparison(ours: float = 410, files: float = 500, redis: float = 450, stack: float = 520) -> Comparison:
    """A floor of 400 µs, and what the others cost."""
    of_redis = {"redis": 20.0, "flask_stack": 20.0}
    cpu = {"ours": ours, "floor": 400, "files": files, "redis": redis, "flask_stack": stack, "control": 400}
    read = {name: slices(cpu[name], of_redis.get(name, 0)) for name in DESIGNS}
    return Comparison({"read": read}, {"files": Kept(4096, 0), "redis": Kept(0, 240)}, one_process())


def test_a_comparison_survives_its_file() -> None:
    document = json.loads(json.dumps(comparison().as_json()))

    assert Comparison.of_json(document) == comparison()
    assert document["read"]["files"]["cpu_us_per_request"] == [500, 505, 510] * 10
    assert document["within"]["ours"]["thread_us_per_request"] == pytest.approx([220, 220])


def test_what_a_design_adds_is_told_with_what_its_redis_does() -> None:
    assert comparison().added("read", "ours") == 10
    assert comparison().added("read", "redis") == 70


def test_what_is_added_is_told_from_the_mean_of_both_floors() -> None:
    read = {**comparison(ours=440).slices["read"], "control": slices(404)}

    measured = Comparison({"read": read})

    assert measured.added("read", "ours") == 38
    assert measured.added_by_round("read", "ours") == [38] * 30


def test_each_design_comes_after_each_other_equally_often() -> None:
    rounds = [compare.turns(DESIGNS, number) for number in range(len(DESIGNS))]

    pairs = Counter(pair for one in rounds for pair in pairwise(one))
    assert set(pairs.values()) == {1}
    assert pairs.keys() == set(permutations(DESIGNS, 2))


def test_promises_that_are_kept_are_kept() -> None:
    assert (promises.why_unsaid(comparison()), promises.broken(comparison())) == ([], [])


@pytest.mark.parametrize(
    ("measured", "broken"),
    [
        (comparison(ours=450, files=1000, redis=1000, stack=1000), "ours adds 12."),
        (comparison(files=470), "files adds 7.0 times"),
        (comparison(redis=415), "redis adds 3.5 times"),
        (comparison(stack=479), "flask_stack adds 9.9 times"),
        (
            replace(comparison(), within=one_process(ours=245, files=2e3, redis=2e3, stack=2e3)),
            "within one process ours",
        ),
        (replace(comparison(), within=one_process(files=350)), "within one process files adds 7.5 times"),
    ],
)
def test_a_promise_that_is_not_kept_is_named(measured: Comparison, broken: str) -> None:
    (told,) = promises.broken(measured)

    assert told.startswith(broken)


@pytest.mark.parametrize(
    ("measured", "why"),
    [
        (
            replace(comparison(), slices={"add": {**comparison().slices["read"], "control": slices(450)}}),
            "add: the floor",
        ),
        (
            replace(comparison(), slices={"read": {name: slices(9)[:29] for name in DESIGNS}}),
            "read: 29 rounds are too few",
        ),
        (comparison(ours=395), "read: ours came out below the floor"),
        (replace(comparison(), within=Measured({})), "read: within one process, the floor"),
    ],
)
def test_a_run_that_says_nothing_is_no_proof(measured: Comparison, why: str) -> None:
    assert promises.why_unsaid(measured)[0].startswith(why)


def test_within_one_process_every_design_answers_who_is_signed_in_and_nobody_else() -> None:
    with signed_in(SERVE) as designs:
        statuses = {
            name: [
                one.app.test_client(use_cookies=False).get(one.path, headers=dict(headers)).status_code
                for headers in (one.headers, {})
            ]
            for name, one in designs.items()
        }

    assert statuses == {name: [200, 401] for name in SERVE}


def test_what_was_measured_within_one_process_has_a_line_for_each_design() -> None:
    assert within_table(comparison())[1:3] == [
        "  ours           220 µs    20 µs     1.0",
        "  floor          200 µs     0 µs     0.0",
    ]


def test_the_table_has_a_line_for_each_design() -> None:
    heading, *lines = table(comparison(), "read")

    assert heading.startswith("read")
    assert [line.split()[0] for line in lines] == list(DESIGNS)


def test_what_sessions_take_is_told_for_each_design() -> None:
    assert sessions_table(comparison())[1:] == [
        "  files             4096 B         0 B",
        "  redis                0 B       240 B",
    ]


def test_a_percentile_is_a_time_that_was_taken() -> None:
    times = [4.0, 1.0, 3.0, 2.0]

    assert [percentile(times, share) for share in (0.25, 0.5, 0.75, 0.99)] == [1.0, 2.0, 3.0, 4.0]
    assert percentile([1.0], 0.999) == 1.0


def test_who_asks_for_what_there_is_not_is_told_what_there_is() -> None:
    command = [sys.executable, "-m", "loadtests", "compare", "--only", "raed"]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (asked.returncode, asked.stdout) == (
        2,
        "--only takes some of read, add, review, sign-in, refresh, and there must be two rounds at least\n",
    )


@pytest.mark.long
def test_every_design_answers_every_kind_of_request(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    command = [
        sys.executable,
        "-m",
        "loadtests",
        "compare",
        "--rounds",
        "2",
        "--seconds",
        "0.2",
        "--json",
        str(results),
    ]

    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    document = json.loads(results.read_text())
    assert set(document) == {"read", "add", "review", "sign-in", "refresh", "sessions", "within"}, told.stderr
    kept, _ = document.pop("sessions"), document.pop("within")
    assert kept["files"]["disk_bytes"][0] > 0 < kept["redis"]["redis_bytes"][0]
    assert all(set(designs) == set(DESIGNS) for designs in document.values())
    assert all(len(one["cpu_us_per_request"]) == 2 for designs in document.values() for one in designs.values())
