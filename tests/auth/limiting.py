"""What the tests of limits share: a clock of exact milliseconds, and Redis' script by that clock."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from typing import Any

from auth.policies import Policy
from auth.redis_buckets import RedisBuckets, Run
from auth.redis_link import RedisLink
from tests.clocks import ManualClock
from tests.redis_process import RedisProcess

START = 4_000_000_000_000
"""Where these tests begin, in milliseconds since 1970: so far ahead that nothing expires by Redis' own clock."""

_ASKS = "redis.call('TIME')"
_IS_TOLD = "{ math.floor(ARGV[#ARGV] / 1000), ARGV[#ARGV] % 1000 * 1000 + 999 }"


def clocked_script() -> str:
    """The script as it is, but that the last argument says what time it is."""
    script = files("auth").joinpath("scripts", "gcra.lua").read_text()
    assert script.count(_ASKS) == 1
    return script.replace(_ASKS, _IS_TOLD)


class Ticks(ManualClock):
    """A clock whose milliseconds are whole, though its seconds are a float."""

    def monotonic(self) -> float:
        return super().monotonic() + 0.0005

    def go(self, milliseconds: int) -> None:
        self.advance(timedelta(milliseconds=milliseconds))


class ClockedBuckets(RedisBuckets):
    """The shared buckets by a clock that the test moves, and that go away when it says so."""

    def __init__(self, link: RedisLink, clock: Ticks, prefix: str = "test", workers: int = 3) -> None:
        super().__init__(link, prefix, workers)
        self.away: Exception | None = None
        self.settled: list[int] = []
        self._time = clock
        self._script = clocked_script()

    def settle(self, policy: Policy, costs: Mapping[str, int]) -> list[int]:
        self.settled.append(len(costs))
        return super().settle(policy, costs)

    def wipe(self) -> None:
        with self._link.commands() as redis:
            redis.flushall()

    def _run(self, runs: Sequence[Run]) -> list[Any]:
        if self.away is not None:
            raise self.away
        now = START + int(self._time.monotonic() * 1000)
        with self._link.commands() as redis:
            return [redis.eval(self._script, len(run.keys), *run.keys, *run.arguments, str(now)) for run in runs]


@contextmanager
def linked(server: RedisProcess) -> Iterator[RedisLink]:
    """Lend a link that is up."""
    link = RedisLink(server.url, ManualClock(), pause=lambda: 0.0)
    link.look()
    assert link.is_up
    try:
        yield link
    finally:
        link.close()
