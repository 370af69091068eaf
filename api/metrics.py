"""What operators watch: numbers of every worker, added up over their lives and deaths (prometheus_client)."""

import os
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from auth.clock import Clock
from auth.errors import LimitReached

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which the workers put their numbers together; unset, there is one process."""

_PATH = "/metrics"
# Whatever else a client makes up is one method: it must not be able to make up numbers.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# In seconds. Few, for each is a number of every route in every worker.
_BUCKETS = (0.005, 0.025, 0.1, 0.5, 2.5)
_READ_AT = "javumbo_revocation_record_read_at"
_AGE = "javumbo_revocation_knowledge_age_seconds"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Metrics:
    """The numbers of this process. Each is named and explained here and nowhere else."""

    def __init__(self, clock: Clock) -> None:
        # The library has decided when it was imported, in the parent, before there was a folder to share.
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
        self._clock = clock
        self.registry = CollectorRegistry()
        self._requests = self._counter("requests", "Requests answered.", "method", "route", "status")
        self._seconds = Histogram(
            "javumbo_request_seconds", "How long answers took.", ["route"], registry=self.registry, buckets=_BUCKETS
        )
        self._key_ring_faulty = self._gauge(
            "javumbo_key_ring_faulty", "Workers that cannot use the folder of keys, and go on with the ring before."
        )
        self._key_ring_faults = self._counter(
            "key_ring_faults", "Times a worker found that it could not use the folder."
        )
        self._background = self._counter(
            "background_failures", "Rounds of work beside the requests that failed.", "task"
        )
        self._revocations = self._counter("revocations", "Sessions and API tokens ended, by why.", "why")
        self._refreshes = self._counter("refreshes", "Refreshes asked for, by what came of it.", "outcome")
        self._replays = self._counter(
            "refresh_replays_from_elsewhere", "Refreshes repeated within the window from another address."
        )
        self._refused = self._counter("refused_tokens", "Access tokens refused, by the code of the error.", "code")
        self._read_at = self._gauge(
            _READ_AT, "When the last good read of the record began, by a clock nobody sets.", "all"
        )
        # Never is infinitely long ago; a 0 would be the start of the machine.
        self._read_at.set(-inf)
        self._known = self._gauge("javumbo_revocations_known", "Revocations a worker has in memory.", "all")
        self._limited = self._counter("limited_requests", "Requests refused by a limit, by policy.", "policy", "code")
        self._redis_up = self._gauge("javumbo_redis_up", "Workers that reach Redis.")
        self._redis_changes = self._counter("redis_state_changes", "Times a worker found Redis up or down.", "state")
        self._appends = self._counter("revocation_appends", "Batches of revocations told to Redis.", "outcome")
        self._purged = self._counter("purged_rows", "Rows removed after they had run out.", "what")
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._begin_at_nought()

    def request(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Tell that a request was answered. `route` is the rule that its path matches, None if it matches none."""
        # Looked up by what is bounded, whatever a client sends; finding a child anew would cost more than counting.
        key = (method if method in _METHODS else "other", route or "unmatched", status)
        if key not in self._children:
            self._children[key] = (self._requests.labels(*key), self._seconds.labels(key[1]))
        counter, histogram = self._children[key]
        counter.inc()
        histogram.observe(seconds)

    def key_ring(self, is_faulty: bool) -> None:  # noqa: FBT001 - the one thing there is to tell
        """Tell that the folder of keys has become unusable, or can be used again."""
        self._key_ring_faulty.set(int(is_faulty))
        if is_faulty:
            self._key_ring_faults.inc()

    def background(self, task: str) -> None:
        """Tell that a round of background work failed."""
        self._background.labels(task).inc()

    def revoked(self, why: str, count: int) -> None:
        """Tell that sessions or API tokens were ended."""
        self._revocations.labels(why).inc(count)

    def refreshed(self, outcome: str) -> None:
        """Tell what came of a refresh: rotated, repeated, superseded, reused or refused."""
        self._refreshes.labels(outcome).inc()

    def replayed_elsewhere(self) -> None:
        """Tell that a refresh was repeated from another address."""
        self._replays.inc()

    def refused(self, code: str) -> None:
        """Tell that an access token was refused."""
        self._refused.labels(code).inc()

    def limited(self, error: LimitReached) -> None:
        """Tell that a request was refused by a limit."""
        for policy in error.policies:
            self._limited.labels(policy, error.code).inc()

    def knowledge(self, read_at: float, entries: int) -> None:
        """Tell when the last good read of the record began (monotonic seconds), and how many revocations are known."""
        self._read_at.set(read_at)
        self._known.set(entries)

    def redis(self, is_up: bool) -> None:  # noqa: FBT001 - the one thing there is to tell
        """Tell that Redis is reached, or not any more."""
        self._redis_up.set(int(is_up))
        self._redis_changes.labels("up" if is_up else "down").inc()

    def appended(self, outcome: str) -> None:
        """Tell what came of telling Redis of revocations: ok, down or refused."""
        self._appends.labels(outcome).inc()

    def purged(self, what: str, count: int) -> None:
        """Tell that rows were removed."""
        self._purged.labels(what).inc(count)

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
        registry = CollectorRegistry()
        source: Any = self.registry
        if FOLDER in os.environ:
            source = MultiProcessCollector(None)  # type: ignore[no-untyped-call]
        registry.register(_WithAges(source, self._clock))
        return registry

    def _begin_at_nought(self) -> None:
        # A counter that appears with a 1 has not risen, to whoever asks by how much it did.
        for outcome in ("rotated", "repeated", "superseded", "reused", "refused"):
            self._refreshes.labels(outcome)
        for state in ("up", "down"):
            self._redis_changes.labels(state)
        for outcome in ("ok", "down", "refused"):
            self._appends.labels(outcome)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"javumbo_{name}", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, of: str = "sum") -> Gauge:
        mode: Any = f"live{of}"
        return Gauge(name, meaning, registry=self.registry, multiprocess_mode=mode)


class _WithAges(Collector):
    """Everybody's numbers, with each worker's age of knowledge instead of when it last read.

    Computed by whoever answers: a worker that is stopped could not say that its own age grows.
    """

    def __init__(self, source: Any, clock: Clock) -> None:
        self._source = source
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Return the numbers."""
        for metric in self._source.collect():
            yield self._aged(metric) if metric.name == _READ_AT else metric

    def _aged(self, metric: Metric) -> Metric:
        now = self._clock.monotonic()
        aged = Metric(_AGE, "How old a worker's knowledge of what was revoked is.", "gauge")
        for sample in metric.samples:
            aged.add_sample(_AGE, sample.labels, now - sample.value)
        return aged


def forget_worker(pid: int) -> None:
    """Take a dead worker out of the numbers that are about living ones."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]
