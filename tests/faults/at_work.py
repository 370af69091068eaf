"""Threads that go on until something is over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def at_work(threads: Sequence[Thread], stopping: Event) -> Iterator[None]:
    """Let threads go on until the block ends, which they are told by the event."""
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
