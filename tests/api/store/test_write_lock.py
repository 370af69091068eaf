import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from api.errors import StoreBusy
from api.store import write_lock
from api.store.write_lock import Patience, WriteLock

HOLD = (
    "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "user_1.lock"


@pytest.fixture
def lock(path: Path) -> WriteLock:
    return WriteLock(path, Patience(0.1))


@pytest.fixture
def holder(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def can_be_taken(lock: WriteLock) -> bool:
    with lock.held():
        return True


def test_it_can_be_taken_again_and_again(lock: WriteLock) -> None:
    taken = 0

    for _ in range(3):
        with lock.held():
            taken += 1

    assert taken == 3


def test_another_thread_waits_and_gives_up(lock: WriteLock) -> None:
    refused = Event()

    def take() -> None:
        with pytest.raises(StoreBusy, match="another thread"), lock.held():
            pass
        refused.set()

    with lock.held():
        thread = Thread(target=take)
        thread.start()
        thread.join()

    assert refused.is_set()


def test_another_process_waits_and_gives_up(lock: WriteLock, holder: "subprocess.Popen[str]") -> None:
    with pytest.raises(StoreBusy, match="another process"), lock.held():
        pass


def test_a_process_that_is_killed_gives_the_lock_back(lock: WriteLock, holder: "subprocess.Popen[str]") -> None:
    holder.kill()
    holder.wait()

    assert can_be_taken(lock)


def test_a_lock_that_is_given_back_in_time_is_taken(path: Path, holder: "subprocess.Popen[str]") -> None:
    lock = WriteLock(path, Patience(5))
    Timer(0.05, holder.kill).start()

    assert can_be_taken(lock)


def test_one_thread_alone_waits_to_the_end_for_a_lock_that_is_stuck(
    path: Path, holder: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock, "_STUCK_AFTER", 0.1)
    lock = WriteLock(path, Patience(1, waiting=8))
    waited: list[float] = []

    def take() -> None:
        started = time.monotonic()
        with pytest.raises(StoreBusy), lock.held():
            pass
        waited.append(time.monotonic() - started)

    threads = [Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(seconds >= 1 for seconds in waited) == 1
    assert sorted(waited)[4] < 0.8


def test_no_more_threads_wait_than_allowed(path: Path, holder: "subprocess.Popen[str]") -> None:
    lock = WriteLock(path, Patience(20, waiting=2))

    with ThreadPoolExecutor(3) as threads:
        three = [threads.submit(can_be_taken, lock) for _ in range(3)]
        (refused,) = wait(three, return_when=FIRST_COMPLETED).done
        holder.kill()

    assert isinstance(refused.exception(), StoreBusy)
    assert sum(future.exception() is None for future in three) == 2


def test_an_error_under_the_lock_gives_it_back(lock: WriteLock) -> None:
    with pytest.raises(ZeroDivisionError), lock.held():
        raise ZeroDivisionError

    with lock.held():
        pass
