"""Buckets that all workers share: their levels lie in Redis, and one script charges them by Redis' own clock."""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from redis.exceptions import NoScriptError

from auth.buckets import Charge, Charged
from auth.policies import Policy
from auth.redis_link import RedisLink

AT_ONCE = 1000
"""Most buckets for one run of the script, which keeps Redis busy for about a millisecond then."""

_SCRIPT = files("auth").joinpath("scripts", "gcra.lua").read_bytes()
# How Redis calls it, not a safeguard.
_DIGEST = hashlib.sha1(_SCRIPT, usedforsecurity=False).hexdigest()


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
        return self._run("if all admit", charges)

    def take_back(self, charges: Sequence[Charge]) -> Charged:
        """Take back what was charged."""
        return self._run("always", [Charge(one.policy, one.bucket, -one.cost) for one in charges])

    def settle(self, policy: Policy, costs: Mapping[str, int]) -> list[int]:
        """Charge what has been admitted already, to AT_ONCE buckets at most; return their levels."""
        # All workers may have admitted a whole burst before they heard of each other.
        memory = policy.rate.memory * (self._workers + 1)
        answer = self._call("always", [self._name(policy)], _told(policy, memory, costs))
        return _levels(answer[1])

    def _run(self, mode: str, charges: Sequence[Charge]) -> Charged:
        told = [_told(one.policy, one.policy.rate.memory, {one.bucket: one.cost}) for one in charges]
        is_admitted, *levels = self._call(mode, [self._name(one.policy) for one in charges], *told)
        return Charged(bool(is_admitted), tuple(level for packed in levels for level in _levels(packed)))

    def _call(self, mode: str, names: Sequence[str], *arguments: bytes) -> Any:
        with self._link.commands() as redis:
            try:
                return redis.evalsha(_DIGEST, len(names), *names, mode, *arguments)
            except NoScriptError:
                # It has been restarted, or is another one. This brings the script along, and it is kept.
                return redis.eval(_SCRIPT.decode(), len(names), *names, mode, *arguments)

    def _name(self, policy: Policy) -> str:
        # With the rate: levels are counted in units of it, and those of another mean nothing.
        return f"{self._prefix}:{policy.name}:{policy.rate}"


def _told(policy: Policy, memory: int, costs: Mapping[str, int]) -> bytes:
    rate, names = policy.rate, "".join([f"{name}\0" for name in costs])
    if names.count("\0") != len(costs):
        raise ValueError("a zero byte in the name of a bucket would make two of it")
    numbers = (len(costs), rate.quota, rate.window, rate.burst, memory, *costs.values())
    return struct.pack(f"<{len(numbers)}d", *numbers) + names.encode()


def _levels(packed: bytes) -> list[int]:
    return list(map(int, struct.unpack(f"<{len(packed) // 8}d", packed)))
