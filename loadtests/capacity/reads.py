"""Whole reads of many people over HTTP: what they cost the one worker of a server, gunicorn and Flask included."""

import random
import resource
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from api.settings import DESCRIPTORS_EACH, OTHER_DESCRIPTORS
from loadtests.capacity.plan import Plan
from loadtests.capacity.population import Person
from loadtests.capacity.servers import Load, Reader, servers_over
from loadtests.capacity.turns import turns
from loadtests.measuring import Measured, Sample
from tests.live import LiveServer

Law = Callable[[Sequence[bytes], random.Random], Iterator[bytes]]
"""Draws whose request is next."""

_DRAWS = 1000
_WARM_UP = 5
"""Requests for each user: one by which they are known, and four until the collections that are open are the usual."""


def measure(data: Path, people: Sequence[Person], plan: Plan) -> dict[int, dict[str, float]]:
    """Return figures by the number of users, who are the first of these people."""
    fewest = str(min(plan.users))
    settings = {users: _settings(users, max(plan.users)) for users in plan.users}
    with servers_over(data, settings) as servers:
        loads = _loads(servers, people, zipf)
        for users, load in loads.items():
            load.warm_up(_WARM_UP * users)
        by_zipf = turns("reads, by Zipf's law", _samples(loads, plan), fewest, plan.slices)
        # With no warm-up: whoever they are whose collections are open, they are as many.
        evenly = turns("reads, uniform", _samples(_loads(servers, people, uniform), plan), fewest, plan.fewer_slices)
        control = {"zipf_read_control": by_zipf.ratio("control", fewest)}
        return {users: _figures(users, load, by_zipf, evenly) | control for users, load in loads.items()}


def open_collections(users: int) -> int:
    """Return how many collections a worker keeps open for so many users: as many, if descriptors allow."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(users, (hard - OTHER_DESCRIPTORS) // DESCRIPTORS_EACH)


def zipf(requests: Sequence[bytes], drawn: random.Random) -> Iterator[bytes]:
    """Let everybody ask once; and then the second half as often as the first, the third a third as often, and on.

    Those who will ask most come last of all, so that it is theirs that are open from the beginning.
    """
    yield from reversed(requests)
    weights = list(accumulate(1 / rank for rank in range(1, len(requests) + 1)))
    while True:
        yield from drawn.choices(requests, cum_weights=weights, k=_DRAWS)


def uniform(requests: Sequence[bytes], drawn: random.Random) -> Iterator[bytes]:
    """Let everybody ask as often as anybody else."""
    while True:
        yield from drawn.choices(requests, k=_DRAWS)


def _settings(users: int, most: int) -> dict[str, str]:
    return {"workers": "1", "open_collections": str(open_collections(users)), "remembered_tokens": str(most)}


def _loads(servers: dict[int, LiveServer], people: Sequence[Person], law: Law) -> dict[int, Load]:
    requests = [person.read for person in people]
    return {
        users: Load(server, [Reader(law(requests[:users], random.Random(users)))]) for users, server in servers.items()
    }


def _samples(loads: dict[int, Load], plan: Plan) -> dict[str, Sample]:
    def sample(load: Load) -> Sample:
        return lambda: load.slice(plan.seconds).cpu_per_request

    return {str(users): sample(load) for users, load in loads.items()}


def _figures(users: int, load: Load, by_zipf: Measured, evenly: Measured) -> dict[str, float]:
    return {
        "zipf_read_us": by_zipf.median(str(users)) * 1e6,
        "uniform_read_us": evenly.median(str(users)) * 1e6,
        "open_collections": open_collections(users),
        "worker_bytes": load.memory(),
    }
