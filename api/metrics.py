"""What operators watch: numbers of every worker, added up over their lives and deaths (prometheus_client)."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, make_wsgi_app, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which the workers put their numbers together; unset, there is one process."""

_PATH = "/metrics"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Metrics:
    """The numbers of this process. Each is named and explained here and nowhere else."""

    def __init__(self) -> None:
        # The library has decided when it was imported, in the parent, before there was a folder to share.
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.key_ring_faulty = Gauge(
            "javumbo_key_ring_faulty",
            "Workers that cannot use the folder of keys, and go on with the ring before.",
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.key_ring_faults = Counter(
            "javumbo_key_ring_faults", "Times a worker found that it could not use the folder.", registry=self.registry
        )
        self.background_failures = Counter(
            "javumbo_background_failures",
            "Rounds of work beside the requests that failed.",
            ["task"],
            registry=self.registry,
        )

    def key_ring(self, is_faulty: bool) -> None:  # noqa: FBT001 - the one thing there is to tell
        """Tell that the folder of keys has become unusable, or can be used again."""
        self.key_ring_faulty.set(int(is_faulty))
        if is_faulty:
            self.key_ring_faults.inc()

    def background(self, task: str) -> None:
        """Tell that a round of background work failed."""
        self.background_failures.labels(task).inc()

    def application(self) -> Application:
        """Return the application that answers with the numbers of all workers."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ["PATH_INFO"] != _PATH:
                start_response("404 Not Found", [("Content-Type", "text/plain")])
                return [b"The metrics are at /metrics.\n"]
            found: Iterable[bytes] = make_wsgi_app(self._everybodys())(environ, start_response)
            return found

        return answer

    def _everybodys(self) -> CollectorRegistry:
        if FOLDER not in os.environ:
            return self.registry
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry


def forget_worker(pid: int) -> None:
    """Take a dead worker out of the numbers that are about living ones."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]
