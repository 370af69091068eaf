"""The process in which locust runs, for it changes how all of Python waits: `driver PLAN URL RUN FILE`.

When all people are signed in it prints when the first came, by the monotonic clock; the disturbance is over when its
standard input ends.
"""

from locust import events  # isort: skip # first of all: it patches

import json
import select
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from locust.env import Environment
from locust.stats import RequestStats

from loadtests.scenarios.outcome import Outcome, Result, Timing
from loadtests.scenarios.person import Person
from loadtests.scenarios.plans import PLANS, Plan
from loadtests.scenarios.timeline import timeline

_LONGEST = 120.0
"""How long people may take to come, and to end after the disturbance, in seconds."""


def drive(name: str, plan: Plan, url: str, outcome: Outcome) -> Result:
    """Let people come as planned, and wait until they are done."""

    class Planned(Person):
        host = url
        most = plan.people
        work = plan.work

    Planned.outcome = outcome
    environment = Environment(user_classes=[Planned], events=events)
    runner = environment.create_local_runner()
    for after, people in plan.steps:
        _wait_until(lambda: time.monotonic() >= outcome.began + after)  # noqa: B023 - within this round
        runner.start(people - outcome.ended, spawn_rate=plan.people)
    _wait_until(lambda: outcome.arrived >= plan.people)
    print(outcome.began, flush=True)
    _wait_until(_is_over)
    outcome.is_over = True
    _wait_until(lambda: outcome.ended >= plan.people)
    took = time.monotonic() - outcome.began
    runner.quit()
    return Result(
        name,
        plan.people,
        outcome.ended,
        took,
        _timings(environment.stats),
        dict(outcome.statuses),
        outcome.given_up,
        outcome.longest_accepted_s,
        timeline(outcome.began, outcome.answers),
    )


def _is_over() -> bool:
    readable, _, _ = select.select([sys.stdin], [], [], 0)
    return bool(readable)


def _timings(stats: RequestStats) -> dict[str, Timing]:
    return {
        entry.name: Timing(
            entry.num_requests,
            entry.num_failures,
            entry.avg_response_time,
            entry.get_response_time_percentile(0.5) or 0.0,
            entry.get_response_time_percentile(0.99) or 0.0,
        )
        for entry in stats.entries.values()
    }


def _wait_until(happens: Callable[[], bool], seconds: float = _LONGEST) -> None:
    deadline = time.monotonic() + seconds
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.05)


def main() -> None:
    """Run one scenario, and write what came of it."""
    name, url, run, file = sys.argv[1:]
    outcome = Outcome(run)
    result = drive(name, PLANS[name], url, outcome)
    document = {"result": asdict(result), "ledger": outcome.ledger.as_json()}
    Path(file).write_text(json.dumps(document))


if __name__ == "__main__":
    main()
