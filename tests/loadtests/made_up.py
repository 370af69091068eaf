"""Results as the benchmarks write them, made up: nothing was measured."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CPU = {"floor": 420.0, "ours": 447.0, "files": 720.0, "redis": 585.0, "flask_stack": 770.0, "control": 421.0}
IN_REDIS = {"redis": 44.0, "flask_stack": 68.0}
COMMANDS = {"redis": 2.0, "flask_stack": 3.0}
TIMES = {"read": 1.0, "add": 2.3, "review": 2.6, "sign-in": 70.0, "refresh": 3.0}
DISK = {"ours": 412.0, "files": 4096.0}
REDIS = {"ours": 12.0, "redis": 336.0, "flask_stack": 120.0}
QUANTILES = {"p50_us": 1.7, "p75_us": 1.8, "p90_us": 2.0, "p99_us": 3.1, "p999_us": 7.5}


def write_all(folder: Path, rounds: int = 30) -> None:
    """Write every file that a report is made of."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"compare.json": compared(rounds), "writes.json": writes(rounds), "scenarios.json": scenarios()}
    made["capacity.json"] = capacity()
    made["mix_ups.json"] = mix_ups()
    made["state.json"] = [
        {"design": "files", "read_p50_us": 90, "read_p99_us": 140, "write_p50_us": 200, "write_p99_us": 400}
    ]
    made["machines.json"] = {name: machine() for name in made}
    for name, document in made.items():
        (folder / name).write_text(json.dumps(document, indent=1) + "\n")


def mix_ups() -> list[dict[str, Any]]:
    counted = {"ours": (23_000, 0), "files": (13_000, 2)}
    return [
        {"design": design, "attempts": attempts, "mixed_up": mixed_up, "refused": 0}
        for design, (attempts, mixed_up) in counted.items()
    ]


def compared(rounds: int) -> dict[str, Any]:
    drawn = random.Random(7)
    kinds = {kind: {design: _design(drawn, kind, design, rounds) for design in CPU} for kind in TIMES}
    kept = {name: {"disk_bytes": [DISK.get(name, 0)], "redis_bytes": [REDIS.get(name, 0)]} for name in CPU}
    within = {name: {"thread_us_per_request": [cpu / 2] * rounds} for name, cpu in CPU.items()}
    return {**kinds, "sessions": kept, "within": within}


def _design(drawn: random.Random, kind: str, design: str, rounds: int) -> dict[str, list[float]]:
    added = CPU[design] - CPU["floor"]
    cpu = [(CPU["floor"] * TIMES[kind] + added) * drawn.gauss(1, 0.012) for _ in range(rounds)]
    redis = [IN_REDIS.get(design, 0.4) * drawn.gauss(1, 0.04) for _ in range(rounds)]
    waits = [(one + 2 * other) * drawn.gauss(1, 0.01) for one, other in zip(cpu, redis, strict=True)]
    times = {name: [one * factor * drawn.gauss(1, 0.03) for one in waits] for name, factor in QUANTILES.items()}
    return {
        "requests_per_second": [1e6 / (one * 1.8) for one in waits],
        **times,
        "cpu_us_per_request": cpu,
        "redis_cpu_us_per_request": redis,
        "redis_commands_per_request": [COMMANDS.get(design, 0.0) + 0.01 for _ in redis],
    }


def writes(rounds: int) -> dict[str, Any]:
    drawn = random.Random(8)

    def about(value: float) -> list[float]:
        return [value * drawn.gauss(1, 0.06) for _ in range(rounds)]

    return {
        "bare_per_second": about(7100),
        "service_per_second": about(1890),
        "one_user_per_second": about(1240),
        "one_user_p50_ms": about(14.2),
        "one_user_p99_ms": about(31.0),
        "fsync_us": 96.4,
        "file_system": "ext2/ext3",
    }


def scenarios() -> list[dict[str, Any]]:
    quiet = [_scenario(name, people) for name, people in (("writers", 6), ("reviewers", 24), ("sign-ins", 30))]
    outage = {
        **_scenario("outage", 6),
        "longest_accepted_s": 0.64,
        "timeline": _timeline(72, accepted=(17, 18), refused_from=18),
        "events": _events((3.0, "Redis frozen"), (8.1, "Redis goes on"), (10.1, "Redis killed"), (16.9, "Redis back")),
    }
    kill = {
        **_scenario("kill", 6),
        "timeline": _timeline(38, failed_each=3),
        "events": _events(*((1 + 0.33 * number, "worker killed") for number in range(24))),
    }
    return [*quiet, outage, kill]


def _scenario(name: str, people: int) -> dict[str, Any]:
    timing = {"requests": 420, "errors": 0, "mean_ms": 21.3, "p50_ms": 18.0, "p99_ms": 61.0}
    return {
        "scenario": name,
        "people": people,
        "ended": people,
        "seconds": 8.4,
        "timings": {"add": timing, "review": {**timing, "errors": 1}},
        "statuses": {"503": 1},
        "given_up": [],
        "longest_accepted_s": 0.0,
        "timeline": _timeline(30),
        "events": [],
        "broken": [],
    }


def _timeline(
    quarters: int, accepted: Sequence[int] = (), refused_from: int = 1000, failed_each: int = 1000
) -> list[dict[str, float]]:
    drawn = random.Random(9)
    return [
        {
            "second": quarter / 4,
            "served": int(230 * drawn.gauss(1, 0.05) * (0.8 if quarter in (12, 13, 40) else 1)),
            "failed": 1 if quarter % failed_each == 1 else 0,
            "refused": int(22 * drawn.gauss(1, 0.1)) if quarter > refused_from else 0,
            "accepted": 9 if quarter in accepted else 0,
        }
        for quarter in range(quarters)
    ]


def _events(*events: tuple[float, str]) -> list[dict[str, Any]]:
    return [{"second": second, "what": what} for second, what in events]


def capacity() -> dict[str, Any]:
    return {
        "users": [
            {"users": 10**power, "authentication_us": 27 + power / 2, "zipf_read_us": 610 + 18 * power,
             "uniform_read_us": 620 + 90 * power}
            for power in range(1, 5)
        ],
        "sessions": [
            {"sessions": 10**power, "disk_bytes_per_session": 420 - 2 * power, "worker_bytes_per_session": 2100 / power,
             "authentication_us": 27 + power / 4}
            for power in (1, 3, 4)
        ],
        "revoked": [
            {"entries": entries, "bytes": 180 * entries, "check_ns": 210 + entries / 2000}
            for entries in (0, 1_000, 10_000, 100_000)
        ],
        "cards": [
            {"cards": cards, "read_us": 600 + cards / 900, "add_us": 1400 + cards / 110, "next_us": 1900 + cards / 60}
            for cards in (500, 5_000, 50_000)
        ],
        "workers": [
            {"workers": workers, "requests_per_second": rate, "cpu_us_per_request": 450 + 12 * workers}
            for workers, rate in ((1, 1180), (2, 1710), (3, 1760), (4, 1740))
        ],
    }  # fmt: skip


def machine() -> dict[str, Any]:
    versions = {"flask": "3.1.2", "apiflask": "3.1.2", "gunicorn": "27.0.1", "PyJWT": "2.12.0"}
    return {
        "measured": "2026-01-01",
        "commit": "0000000",
        "cpu": "Made-up CPU @ 2.60GHz",
        "cores": 2,
        "memory_gib": 8,
        "kernel": "6.1.0",
        "file_system": "ext2/ext3",
        "python": "3.11.7",
        "versions": {**versions, "cryptography": "49.0.0", "redis": "8.1.0", "pysqlite3": "0.6.1", "locust": "2.44.0"},
    }
