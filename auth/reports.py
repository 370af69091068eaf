"""What limiters tell others of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auth.errors import LimitReached
from auth.policies import Standing


@dataclass(frozen=True)
class Reports:
    """Whom a limiter tells what it finds."""

    standings: Callable[[Sequence[Standing]], None] = lambda _: None
    """Told where a request has left its buckets, or found them when it was refused."""
    refused: Callable[[LimitReached], None] = lambda _: None
    """Told of a request that was refused."""

    def refusal(self, violated: Sequence[Standing], kind: type[LimitReached]) -> LimitReached:
        """Tell of a request that these policies refuse; return the error that says so, and for how long."""
        # Of these alone: nobody should read of a longer wait than after which they are admitted.
        self.standings(violated)
        error = kind(tuple(one.policy.name for one in violated), max(one.wait for one in violated))
        self.refused(error)
        return error
