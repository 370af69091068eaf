"""Quota policies, and where somebody stands with one."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from auth.gcra import Rate
from auth.settings import DAY, SECOND, duration, integer

MOST = 25_000
"""Highest quota and burst. With it, no number in Redis' script is too large to be exact (2^53)."""

LONGEST = DAY
MOST_WORKERS = 999

_MILLISECOND = timedelta(milliseconds=1)
_FORM = "must be a quota, a window and perhaps a burst, such as 60/1m or 6000/1m/600"


@dataclass(frozen=True)
class Policy:
    """A rate under the name that clients know it by.

    Where one stands with a policy that is not told is a secret until it refuses: it shows what others have done.
    """

    name: str
    rate: Rate
    is_told: bool = True

    def share(self, of: int) -> "Policy":
        """Return the part of it that each of so many workers may admit by itself."""
        return replace(self, rate=self.rate.share(of))


class Standing(NamedTuple):
    """Where somebody stands with a policy: the level of their bucket."""

    policy: Policy
    level: int

    @property
    def outlook(self) -> tuple[int, int]:
        """How many requests are admitted right now, and the seconds, rounded up, until one more is."""
        remaining, wait = self.policy.rate.outlook(self.level)
        return remaining, -(-wait // 1000)

    @property
    def wait(self) -> int:
        """The seconds, rounded up, until more is admitted than what remains."""
        return self.outlook[1]


def rate(value: str) -> Rate:
    """Read a rate such as 60/1m (60 a minute, all at once if need be) or 6000/1m/600 (600 at once at most)."""
    parts = value.split("/")
    if len(parts) not in (2, 3):
        raise ValueError(_FORM)
    try:
        quota, *burst = (integer(1, MOST)(part) for part in (parts[0], *parts[2:]))
        window = duration(SECOND, LONGEST)(parts[1])
    except ValueError as error:
        raise ValueError(f"{_FORM}; the quota and the burst are at most {MOST}, the window 1s to 1d") from error
    return Rate(quota, window // _MILLISECOND, burst[0] if burst else quota)
