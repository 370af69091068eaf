"""Buckets that all workers share: their levels lie in Redis, and one script charges them by Redis' own clock."""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError

from auth.buckets import Charge, Charged
from auth.policies import Policy
from auth.redis_link import RedisLink

AT_ONCE = 1000
"""Most buckets for one run of the script, which keeps Redis busy for about a millisecond then."""

_SCRIPT = files("auth").joinpath("scripts", "gcra.lua").read_bytes()
# How Redis calls it, not a safeguard.
_DIGEST = hashlib.sha1(_SCRIPT, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Run:
    """One run of the script: what it is told as KEYS and as ARGV."""

    keys: Sequence[str]
    arguments: Sequence[str | bytes]


class RedisBuckets:
    """The script, for one service: its names begin with who issues the tokens. RedisDown, RedisRefused from each call.

    A bucket is remembered for the policy's `memory` at least, times `workers + 1` where it may be charged beyond full.
    """

    def __init__(self, link: RedisLink, prefix: str, workers: int) -> None:
        self._link = link
        self._prefix = prefix
        self._workers = workers

    def charge(self, charges: Sequence[Charge]) -> Charged:
        """Charge all of these if all their policies admit them, and nothing otherwise."""
        return self._charge("if all admit", charges)

    def take_back(self, charges: Sequence[Charge]) -> Charged:
        """Take back what was charged."""
        return self._charge("always", [Charge(one.policy, one.bucket, -one.cost) for one in charges])

    def settle(self, policy: Policy, costs: Mapping[str, int]) -> list[int]:
        """Charge what has been admitted already to buckets of one policy; return their levels.

        Many take several runs of the script. If one fails, others may have charged theirs, and no level is returned.
        """
        # All workers may have admitted a whole burst before they heard of each other.
        memory = policy.rate.memory * (self._workers + 1)
        names, counts = list(costs), list(costs.values())
        batches = [slice(first, first + AT_ONCE) for first in range(0, len(costs), AT_ONCE)]
        texts = [_told(policy, memory, names[batch], counts[batch]) for batch in batches]
        answers = self._run([Run([self._name(policy)], ["always", text]) for text in texts])
        return _levels(packed for _, packed in answers)

    def _charge(self, mode: str, charges: Sequence[Charge]) -> Charged:
        keys = [self._name(one.policy) for one in charges]
        texts = [_told(one.policy, one.policy.rate.memory, [one.bucket], [one.cost]) for one in charges]
        [(is_admitted, *packed)] = self._run([Run(keys, [mode, *texts])])
        return Charged(bool(is_admitted), tuple(_levels(packed)))

    def _run(self, runs: Sequence[Run]) -> list[Any]:
        """Run the script for each of these, told in one go; return what each run answers."""
        with self._link.commands() as redis:
            with redis.pipeline(transaction=False) as pipeline:
                for run in runs:
                    pipeline.evalsha(_DIGEST, len(run.keys), *run.keys, *run.arguments)
                answers = pipeline.execute(raise_on_error=False)
            return [_answer(redis, run, found) for run, found in zip(runs, answers, strict=True)]

    def _name(self, policy: Policy) -> str:
        # With the rate: levels are counted in units of it, and those of another mean nothing.
        return f"{self._prefix}:{policy.name}:{policy.rate}"


def _answer(redis: Redis, run: Run, found: Any) -> Any:
    if isinstance(found, NoScriptError):
        # It has been restarted, or is another one. This brings the script along, and it is kept.
        return redis.eval(_SCRIPT.decode(), len(run.keys), *run.keys, *run.arguments)
    if isinstance(found, Exception):
        raise found
    return found


def _told(policy: Policy, memory: int, buckets: Sequence[str], costs: Sequence[int]) -> bytes:
    rate, names = policy.rate, "\0".join([*buckets, ""])
    if names.count("\0") != len(buckets):
        raise ValueError("a zero byte in the name of a bucket would make two of it")
    numbers = (len(buckets), rate.quota, rate.window, rate.burst, memory, *costs)
    return struct.pack(f"<{len(numbers)}d", *numbers) + names.encode()


def _levels(packed: Iterable[bytes]) -> list[int]:
    numbers = b"".join(packed)
    return list(map(int, struct.unpack(f"<{len(numbers) // 8}d", numbers)))
