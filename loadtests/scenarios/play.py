"""Runs scenarios, each against a service that was just started, and says which thresholds are broken."""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.progress import track

from loadtests import forensics
from loadtests.markers import Ledger
from loadtests.scenarios.outcome import Result
from loadtests.scenarios.plans import PLANS, Plan
from tests.live import ROOT, LiveServer, serving

_DRIVER = "loadtests.scenarios.driver"


def play(name: str, plan: Plan, app: str | None = None) -> tuple[Result, list[str]]:
    """Run one scenario; return what came of it, and which thresholds it has broken."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), app, **plan.settings) as server:
        result, ledger = _drive(name, server, Path(folder) / "result.json")
        return result, result.broken(forensics.examine(server.data, ledger))


def _drive(name: str, server: LiveServer, file: Path) -> tuple[Result, Ledger]:
    # A process of its own: locust changes how all of Python waits.
    command = [sys.executable, "-m", _DRIVER, name, server.url, secrets.token_hex(4), str(file)]
    driven = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if driven.returncode != 0 or not file.exists():
        raise RuntimeError(f"the scenario {name!r} could not be run: {driven.stderr[-2000:]}")
    document = json.loads(file.read_text())
    return Result.of_json(document["result"]), Ledger.of_json(document["ledger"])


def table(result: Result, broken: list[str]) -> list[str]:
    """Return what came of a scenario for people, a line each."""
    lines = [f"\n{result.scenario}: {result.ended} people in {result.seconds:.1f} s"]
    for name, timing in sorted(result.timings.items()):
        lines.append(
            f"  {name:28}{timing.requests:6} requests{timing.errors:5} errors"
            f"{timing.mean_ms:8.0f} ms mean{timing.p50_ms:8.0f} p50{timing.p99_ms:8.0f} p99"
        )
    return [*lines, *(f"  BROKEN: {fault}" for fault in broken[:10])]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--only", default=",".join(PLANS), help=f"scenarios, of {', '.join(PLANS)}")
    parser.add_argument("--json", type=Path, help="file to write the results to")
    parser.add_argument("--app", help="another application to serve, such as one with a fault that must be found")


def run(arguments: argparse.Namespace) -> int:
    """Run scenarios; 0 if every threshold holds, 1 if not, 2 if there is no such scenario."""
    names = [name for name in arguments.only.split(",") if name]
    if not names or set(names) - set(PLANS):
        print(f"--only takes some of {', '.join(PLANS)}")
        return 2
    played = {}
    for name in track(names, description="scenarios"):
        played[name] = play(name, PLANS[name], arguments.app)
    for result, broken in played.values():
        print("\n".join(table(result, broken)))
    if arguments.json is not None:
        results = [{**asdict(result), "broken": broken} for result, broken in played.values()]
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    are_kept = not any(broken for _, broken in played.values())
    print("\nkept" if are_kept else "\nNOT kept")
    return 0 if are_kept else 1
