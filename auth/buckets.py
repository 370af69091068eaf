"""What a bucket is charged, and what comes of it; `RedisBuckets` and `OwnBuckets` keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from auth.policies import Policy, Standing


@dataclass(frozen=True)
class Charge:
    """What is charged to one bucket: one request, unless it is more.

    What is kept stays charged whatever comes of the request; other charges may be taken back.
    """

    policy: Policy
    bucket: str
    cost: int = 1
    is_kept: bool = False


@dataclass(frozen=True)
class Charged:
    """Whether it was charged, and the levels of the buckets after that, in the order of the charges."""

    is_admitted: bool
    levels: tuple[int, ...]

    def standings(self, charges: Sequence[Charge]) -> list[Standing]:
        """Return where these charges have left their buckets."""
        return [Standing(one.policy, level) for one, level in zip(charges, self.levels, strict=True)]


class Buckets(Protocol):
    """Buckets of many policies."""

    def charge(self, charges: Sequence[Charge]) -> Charged:
        """Charge all of these if all their policies admit them, and nothing otherwise."""

    def take_back(self, charges: Sequence[Charge]) -> Charged:
        """Take back what was charged."""
