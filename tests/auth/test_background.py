import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Semaphore

import pytest

from auth.background import Background, Task
from auth.errors import BackgroundStalled
from tests.clocks import ManualClock

SOON = timedelta(milliseconds=1)
HOUR = timedelta(hours=1)
LONGEST = 5 * HOUR + timedelta(seconds=5)
NAME = "look at the ring"


class Rounds:
    """Work that counts how often it is done, and fails if told to."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure
        self._begun = Semaphore(0)

    def __call__(self) -> None:
        self._begun.release()
        if self.failure is not None:
            raise self.failure

    def forget(self) -> None:
        """Count from here on. One round may be under way, so that two more are needed to have seen a whole one."""
        while self._begun.acquire(blocking=False):
            pass

    def wait_for(self, rounds: int) -> bool:
        return all(self._begun.acquire(timeout=5) for _ in range(rounds))


def nothing() -> None:
    pass


@contextmanager
def running(
    clock: ManualClock, *tasks: Task, on_failure: Callable[[str], None] = lambda _: None
) -> Iterator[Background]:
    background = Background(tasks, clock, on_failure)
    background.start()
    try:
        yield background
    finally:
        background.stop()


def is_running(name: str = NAME) -> bool:
    return any(thread.name == name for thread in threading.enumerate())


def test_a_task_is_done_again_and_again(clock: ManualClock) -> None:
    rounds = Rounds()

    with running(clock, Task(NAME, SOON, rounds)):
        assert rounds.wait_for(5)


def test_each_task_has_a_thread_of_its_own(clock: ManualClock) -> None:
    begun, release, rounds = Event(), Event(), Rounds()

    def hang() -> None:
        begun.set()
        release.wait(5)

    with running(clock, Task("hangs", SOON, hang), Task(NAME, SOON, rounds)):
        assert begun.wait(5)
        assert rounds.wait_for(3)
        release.set()


def test_a_task_is_not_done_before_its_time_has_come(clock: ManualClock) -> None:
    soon, late = Rounds(), Event()

    with running(clock, Task(NAME, SOON, soon), Task("late", HOUR, late.set)):
        assert soon.wait_for(3)

    assert not late.is_set()


@pytest.mark.parametrize("failure", [ValueError("broken"), SystemExit(1), KeyboardInterrupt()])
def test_a_task_that_fails_is_done_again(clock: ManualClock, failure: BaseException) -> None:
    rounds = Rounds(failure)

    with running(clock, Task(NAME, SOON, rounds)):
        assert rounds.wait_for(3)
        assert is_running()


def test_each_failure_is_counted_under_the_name_of_its_task(clock: ManualClock) -> None:
    failures: list[str] = []
    rounds, good = Rounds(SystemExit()), Rounds()

    with running(clock, Task(NAME, SOON, rounds), Task("good", SOON, good), on_failure=failures.append):
        assert rounds.wait_for(3)
        assert good.wait_for(3)

    assert set(failures) == {NAME}
    assert len(failures) >= 3


def test_a_failure_is_logged_with_its_cause(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    failure = SystemExit("broken")
    rounds = Rounds(failure)

    with running(clock, Task(NAME, SOON, rounds)):
        assert rounds.wait_for(2)

    record = caplog.records[0]
    assert (record.name, record.levelno, vars(record)["task"]) == ("javumbo.background", logging.CRITICAL, NAME)
    assert record.exc_info
    assert record.exc_info[1] is failure


def test_a_failure_to_count_a_failure_does_not_end_the_thread(clock: ManualClock) -> None:
    rounds = Rounds(ValueError("broken"))

    def fail(name: str) -> None:
        raise OSError(name)

    with running(clock, Task(NAME, SOON, rounds), on_failure=fail):
        assert rounds.wait_for(3)


def test_a_task_that_hangs_does_not_keep_the_process_alive(clock: ManualClock) -> None:
    with running(clock, Task(NAME, HOUR, nothing)):
        (thread,) = [thread for thread in threading.enumerate() if thread.name == NAME]

        assert thread.daemon


def test_stopping_ends_every_thread(clock: ManualClock) -> None:
    with running(clock, Task(NAME, SOON, nothing), Task("late", HOUR, nothing)):
        assert is_running()
        assert is_running("late")

    assert not is_running()
    assert not is_running("late")


def test_stopping_waits_for_the_round_that_is_under_way(clock: ManualClock) -> None:
    begun, release, ended = Event(), Event(), Event()

    def work() -> None:
        begun.set()
        release.wait(5)
        ended.set()

    with ThreadPoolExecutor(1) as threads, running(clock, Task(NAME, SOON, work)) as background:
        assert begun.wait(5)
        stopping = threads.submit(background.stop)
        assert not ended.is_set()
        release.set()
        stopping.result(5)

    assert ended.is_set()
    assert not is_running()


def test_stopping_does_not_wait_for_a_round_that_only_listens(clock: ManualClock) -> None:
    begun, release = Event(), Event()

    def listen() -> None:
        begun.set()
        release.wait(5)

    with running(clock, Task(NAME, SOON, listen, is_awaited=False)) as background:
        assert begun.wait(5)
        background.stop()
        (thread,) = [thread for thread in threading.enumerate() if thread.name == NAME]
        release.set()
        thread.join(5)


def test_what_was_never_started_can_be_stopped(clock: ManualClock) -> None:
    background = Background([Task(NAME, SOON, nothing)], clock)

    background.stop()

    assert not is_running()


def test_what_was_not_started_is_not_late(clock: ManualClock) -> None:
    background = Background([Task(NAME, SOON, nothing)], clock)

    clock.advance(1000 * HOUR)

    background.check()


def test_a_task_may_be_five_rounds_and_five_seconds_late(clock: ManualClock) -> None:
    with running(clock, Task(NAME, HOUR, nothing)) as background:
        clock.advance(LONGEST)

        background.check()


def test_a_task_that_is_later_than_that_has_stalled(clock: ManualClock) -> None:
    clock.advance(HOUR)

    with running(clock, Task("late", 2 * HOUR, nothing), Task(NAME, HOUR, nothing)) as background:
        clock.advance(LONGEST + SOON)

        with pytest.raises(BackgroundStalled, match=f"^{NAME} was last done 18005 s ago$"):
            background.check()


def test_a_task_that_is_done_meanwhile_has_not_stalled(clock: ManualClock) -> None:
    rounds = Rounds()

    with running(clock, Task(NAME, SOON, rounds)) as background:
        assert rounds.wait_for(1)
        clock.advance(HOUR)
        rounds.forget()
        assert rounds.wait_for(3)

        background.check()


def test_a_task_that_only_fails_has_stalled(clock: ManualClock) -> None:
    rounds = Rounds(ValueError("broken"))

    with running(clock, Task(NAME, SOON, rounds)) as background:
        clock.advance(HOUR)
        assert rounds.wait_for(3)

        with pytest.raises(BackgroundStalled):
            background.check()


def test_a_task_that_works_again_after_a_failure_has_not_stalled(clock: ManualClock) -> None:
    rounds = Rounds(ValueError("broken"))

    with running(clock, Task(NAME, SOON, rounds)) as background:
        clock.advance(HOUR)
        assert rounds.wait_for(2)
        rounds.failure = None
        rounds.forget()
        assert rounds.wait_for(3)

        background.check()


def test_work_that_is_not_vital_takes_nobody_out_of_service(clock: ManualClock) -> None:
    done, failing = Rounds(), Rounds(OSError("a full disk"))
    tasks = Task(NAME, SOON, done), Task("bookkeeping", SOON, failing, is_vital=False)
    with running(clock, *tasks) as background:
        assert failing.wait_for(2)
        clock.advance(timedelta(hours=1))
        done.forget()
        assert done.wait_for(2)

        background.check()
