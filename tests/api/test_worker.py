import os
import signal
from collections.abc import Iterator

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from api.worker import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    config = Config()
    worker = Worker(1, os.getpid(), [], None, 30, config, Logger(config))
    worker.tpool = worker.get_thread_pool()
    worker.method_queue.init()
    yield worker
    worker.tpool.shutdown()
    worker.method_queue.close()
    worker.tmp.close()


def test_a_signal_to_quit_that_interrupts_the_adding_of_a_thread_waits_for_nothing(worker: Worker) -> None:
    with worker.tpool._shutdown_lock:
        worker.handle_quit(signal.SIGQUIT, None)

    assert worker.alive


def test_a_worker_quits_at_its_next_event(worker: Worker) -> None:
    worker.handle_quit(signal.SIGQUIT, None)

    with pytest.raises(SystemExit):
        worker.method_queue.run_callbacks(None)
    assert not worker.alive
