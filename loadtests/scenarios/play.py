"""Runs scenarios, each against a service that was just started, and says which thresholds are broken."""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from rich.progress import track

from loadtests import forensics, results
from loadtests.markers import Ledger
from loadtests.scenarios.outcome import Result
from loadtests.scenarios.plans import PLANS, Plan
from loadtests.scenarios.timeline import Event
from tests import redis_process
from tests.live import ROOT, serving

_DRIVER = "loadtests.scenarios.driver"


LEDGER = "ledger.json"
"""What the clients of a scenario know, in its folder: `loadtests check` takes it."""


def play(name: str, plan: Plan, app: str | None = None, keep: Path | None = None) -> tuple[Result, list[str]]:
    """Run one scenario; return what came of it, and which thresholds it has broken.

    Its data and ledger stay in a folder of its name below `keep`, if that is given.
    """
    with (
        _folder(name, keep) as folder,
        redis_process.running() as redis,
        serving(folder, app, redis_url=redis.url, **plan.settings) as server,
    ):
        result, ledger = _drive(name, server.url, folder, plan.disturbance(server, redis))
        (folder / LEDGER).write_text(json.dumps(ledger.as_json()))
        return result, plan.thresholds.broken(result, forensics.examine(server.data, ledger))


@contextmanager
def _folder(name: str, keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    else:
        (keep / name).mkdir(parents=True)
        yield keep / name


def disturb(disturbance: Iterator[str], began: float) -> tuple[list[Event], list[str]]:
    """Go through with it; return what was done when, and why it came to nothing where it did."""
    events: list[Event] = []
    try:
        for what in disturbance:
            events.append(Event(round(time.monotonic() - began, 2), what))
    except AssertionError as error:
        return events, [f"what was to be done to the service failed: {error}"]
    return events, []


def _drive(name: str, url: str, folder: Path, disturbance: Iterator[str]) -> tuple[Result, Ledger]:
    # A process of its own: locust changes how all of Python waits.
    file, log = folder / "result.json", folder / "driver.log"
    command = [sys.executable, "-m", _DRIVER, name, url, secrets.token_hex(4), str(file)]
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as driver,
    ):
        assert driver.stdout is not None
        began = driver.stdout.readline()
        events, failed = disturb(disturbance, float(began)) if began else ([], [])
        driver.communicate()
    if driver.returncode != 0 or not file.exists():
        raise RuntimeError(f"the scenario {name!r} could not be run: {log.read_text()[-2000:]}")
    document = json.loads(file.read_text())
    result = Result.of_json(document["result"])
    return replace(result, events=events, given_up=result.given_up + failed), Ledger.of_json(document["ledger"])


def table(result: Result, broken: list[str]) -> list[str]:
    """Return what came of a scenario for people, a line each."""
    lines = [f"\n{result.scenario}: {result.ended} people in {result.seconds:.1f} s"]
    for name, timing in sorted(result.timings.items()):
        lines.append(
            f"  {name:28}{timing.requests:6} requests{timing.errors:5} errors"
            f"{timing.mean_ms:8.0f} ms mean{timing.p50_ms:8.0f} p50{timing.p99_ms:8.0f} p99"
        )
    if result.refused:
        lines.append(
            f"  revoked tokens refused {result.refused} times, and none accepted later than "
            f"{result.longest_accepted_s:.2f} s after the end of its session"
        )
    return [*lines, *_told(result.events), *(f"  BROKEN: {fault}" for fault in broken[:10])]


def _told(events: Iterable[Event]) -> list[str]:
    seconds: dict[str, list[str]] = defaultdict(list)
    for event in events:
        seconds[event.what].append(f"{event.second:.1f}")
    return [f"  {what} after {', '.join(times)} s" for what, times in seconds.items()]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--only", default=",".join(PLANS), help=f"scenarios, of {', '.join(PLANS)}")
    parser.add_argument("--json", type=Path, help="file to write the results to")
    parser.add_argument("--keep", type=Path, help="new folder in which data and ledger of each scenario stay")
    parser.add_argument("--app", help="another application to serve, such as one with a fault that must be found")


def run(arguments: argparse.Namespace) -> int:
    """Run scenarios; 0 if every threshold holds, 1 if not, 2 if there is no such scenario or no such place to keep."""
    names = [name for name in arguments.only.split(",") if name]
    if not names or set(names) - set(PLANS):
        print(f"--only takes some of {', '.join(PLANS)}")
        return 2
    if arguments.keep is not None and arguments.keep.exists():
        print(f"{arguments.keep} is there already: --keep takes a folder to make")
        return 2
    played = {}
    for name in track(names, description="scenarios"):
        played[name] = play(name, PLANS[name], arguments.app, arguments.keep)
    for result, broken in played.values():
        print("\n".join(table(result, broken)))
    if arguments.json is not None:
        results.write(arguments.json, [{**asdict(result), "broken": broken} for result, broken in played.values()])
    are_kept = not any(broken for _, broken in played.values())
    print("\nkept" if are_kept else "\nNOT kept")
    return 0 if are_kept else 1
