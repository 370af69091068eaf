import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth.ring_reports import RingReport, behind, sweep

ROOT = Path(__file__).parents[2]
NEW, OLD = "a" * 64, "b" * 64
ME = os.getpid()
HOLD = (
    "import sys; from pathlib import Path; from auth.ring_reports import RingReport; "
    "RingReport(Path(sys.argv[1])).write(sys.argv[2]); print('held', flush=True); input()"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "run"


@pytest.fixture
def report(folder: Path) -> Iterator[RingReport]:
    report = RingReport(folder)
    yield report
    report.close()


@pytest.fixture
def other(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has reported the old ring."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), OLD],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def leave(folder: Path, name: str, text: str = OLD) -> Path:
    """A file that nobody holds."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def report_of(folder: Path, pid: int) -> Path:
    (path,) = folder.glob(f"ring-{pid}-*")
    return path


def test_processes_of_the_same_id_have_files_of_their_own(folder: Path, report: RingReport) -> None:
    """Containers that share a folder number their processes alike."""
    same_id = RingReport(folder)
    same_id.write(NEW)
    report.write(OLD)

    same_id.close()

    assert behind(folder, NEW) == [ME]


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()


def test_a_process_with_another_ring_is_behind(folder: Path, other: "subprocess.Popen[str]") -> None:
    assert behind(folder, NEW) == [other.pid]


def test_a_process_with_the_same_ring_is_not_behind(folder: Path, other: "subprocess.Popen[str]") -> None:
    assert behind(folder, OLD) == []


def test_a_process_that_was_killed_is_not_behind(folder: Path, other: "subprocess.Popen[str]") -> None:
    kill(other)

    assert behind(folder, NEW) == []
    assert report_of(folder, other.pid).exists()


def test_every_process_that_is_behind_is_named_in_order(
    folder: Path, report: RingReport, other: "subprocess.Popen[str]"
) -> None:
    report.write(OLD)

    assert behind(folder, NEW) == sorted([ME, other.pid])


def test_a_process_catches_up(folder: Path, report: RingReport) -> None:
    report.write(OLD)

    report.write(NEW)

    assert behind(folder, NEW) == []
    assert behind(folder, OLD) == [ME]


def test_a_process_that_has_reported_nothing_is_behind(folder: Path, report: RingReport) -> None:
    assert behind(folder, NEW) == [ME]


def test_a_ring_without_digest_replaces_the_one_before(folder: Path, report: RingReport) -> None:
    report.write(NEW)

    report.write("")

    assert behind(folder, NEW) == [ME]


def test_a_new_process_has_not_the_ring_that_a_dead_one_of_the_same_id_has_reported(folder: Path) -> None:
    leave(folder, f"ring-{ME}", NEW)

    report = RingReport(folder)

    assert behind(folder, NEW) == [ME]
    report.close()


def test_a_process_that_has_closed_its_report_is_not_behind_and_leaves_no_file(folder: Path) -> None:
    report = RingReport(folder)
    report.write(OLD)

    report.close()

    assert behind(folder, NEW) == []
    assert list(folder.iterdir()) == []


def test_a_report_that_was_removed_already_can_be_closed(folder: Path) -> None:
    report = RingReport(folder)
    report_of(folder, ME).unlink()

    report.close()

    assert list(folder.iterdir()) == []


def test_where_nothing_has_run_nobody_is_behind(folder: Path) -> None:
    assert behind(folder, NEW) == []


def test_no_other_file_is_taken_for_a_report(folder: Path, report: RingReport) -> None:
    report.write(NEW)
    path = leave(folder, "metrics.lock")

    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        assert behind(folder, NEW) == []


def test_a_report_is_readable_to_its_owner_alone(folder: Path, report: RingReport) -> None:
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, report_of(folder, ME))]

    assert modes == [0o700, 0o600]


def test_looking_takes_the_report_from_nobody(folder: Path, report: RingReport) -> None:
    report.write(OLD)

    assert [behind(folder, NEW) for _ in range(3)] == [[ME]] * 3


def test_sweeping_removes_only_what_nobody_holds(folder: Path, other: "subprocess.Popen[str]") -> None:
    leave(folder, "ring-1")
    leave(folder, "metrics.lock")

    sweep(folder)

    assert {path.name for path in folder.iterdir()} == {report_of(folder, other.pid).name, "metrics.lock"}


def test_sweeping_removes_what_a_killed_process_has_left(folder: Path, other: "subprocess.Popen[str]") -> None:
    kill(other)

    sweep(folder)

    assert list(folder.iterdir()) == []


def test_there_may_be_nothing_to_sweep(folder: Path) -> None:
    sweep(folder)

    assert not folder.exists()


def test_a_process_that_ends_before_its_lock_is_looked_at_is_not_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, really_open = leave(folder, "ring-1"), os.open

    def open_too_late(name: Path, flags: int) -> int:
        path.unlink()
        return really_open(name, flags)

    monkeypatch.setattr(os, "open", open_too_late)

    assert behind(folder, NEW) == []


def test_a_process_that_ends_before_its_report_is_read_is_not_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, really_flock = RingReport(folder), fcntl.flock
    report.write(OLD)

    def flock_and_end(descriptor: int, operation: int) -> None:
        try:
            really_flock(descriptor, operation)
        finally:
            report.close()

    monkeypatch.setattr(fcntl, "flock", flock_and_end)

    assert behind(folder, NEW) == []
