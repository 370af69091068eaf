"""Results on disk: each file of figures, and beside them on which machine, and with what, each was measured."""

import importlib.metadata
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.live import ROOT

MACHINES = "machines.json"
_DISTRIBUTIONS = ("flask", "apiflask", "gunicorn", "PyJWT", "cryptography", "redis", "pysqlite3", "locust")


def write(path: Path, document: Any) -> None:
    """Write figures as JSON, and note in the folder's `machines.json` what they were measured on."""
    path.write_text(json.dumps(document, indent=1) + "\n")
    machines = path.with_name(MACHINES)
    noted = json.loads(machines.read_text()) if machines.exists() else {}
    machines.write_text(json.dumps({**noted, path.name: machine(path.parent)}, indent=1) + "\n")


def machine(folder: Path) -> dict[str, Any]:
    """Describe this machine, the file system of a folder, and the versions in use."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "commit": _said("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": platform.release(),
        "file_system": file_system(folder),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in _DISTRIBUTIONS},
    }


def file_system(folder: Path) -> str:
    """Return the type of the file system on which a folder lies."""
    return _said("stat", "--file-system", "--format=%T", str(folder))


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _said(*command: str) -> str:
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return told or "unknown"
