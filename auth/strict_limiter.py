"""The strict limiter: exact over all workers, for one round trip to Redis; a share for each worker while it is away."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from auth.buckets import Buckets, Charge, Charged
from auth.errors import CapacityReduced, LimitReached, QuotaExceeded, RedisDown, RedisRefused
from auth.outcome import Outcome, kind
from auth.policies import Standing
from auth.reports import Reports

log = logging.getLogger("javumbo.limits")


@dataclass(frozen=True)
class _Answer:
    """What became of charges, and which buckets said so."""

    buckets: Buckets
    charges: Sequence[Charge]
    charged: Charged
    refusal: type[LimitReached]

    @property
    def standings(self) -> list[Standing]:
        return self.charged.standings(self.charges)

    @property
    def full(self) -> list[Standing]:
        pairs = zip(self.charges, self.standings, strict=True)
        return [found for one, found in pairs if not one.policy.rate.admits(found.level, one.cost)]

    @property
    def wait(self) -> int:
        return max(one.wait for one in self.full)


class StrictLimiter:
    """Charges all the policies of a request at once, or none of them."""

    def __init__(self, shared: Buckets | None, own: Buckets, workers: int, reports: Reports) -> None:
        """Use the shared buckets while they can be had, and otherwise our own for one part in so many workers.

        RedisDown and RedisRefused say that the shared ones cannot be had; where there are none they never can.
        """
        self._shared = shared
        self._own = own
        self._workers = workers
        self._reports = reports
        self._sharing = Outcome(log, "strict limits are shared", "no more, and each worker grants its part of them")

    def charge(self, charges: Sequence[Charge]) -> None:
        """Charge each of these buckets. QuotaExceeded or CapacityReduced, and nothing is charged."""
        self._charge(charges)

    @contextmanager
    def attempt(
        self, charges: Sequence[Charge], *failures: type[Exception], instead: Sequence[Charge] = ()
    ) -> Iterator[None]:
        """Charge beforehand for what costs only those who fail: if it ends otherwise, what is not kept is taken back.

        What is to be charged `instead`, if anything is, counts where the first is refused: all of it or nothing.
        QuotaExceeded or CapacityReduced before it begins.
        """
        answer = self._charge(charges, *([instead] if instead else []))
        try:
            yield
        except failures:
            raise
        except BaseException:
            self._take_back(answer)
            raise
        else:
            self._take_back(answer)

    def _charge(self, *ways: Sequence[Charge]) -> _Answer:
        refused = []
        for charges in ways:
            answer = self._ask(charges)
            if answer.charged.is_admitted:
                self._tell(answer.standings)
                return answer
            refused.append(answer)
        # Of this alone: whoever comes back when it says is let in, whatever becomes of the others.
        soonest = min(refused, key=lambda answer: answer.wait)
        raise self._reports.refusal(soonest.full, soonest.refusal)

    def _ask(self, charges: Sequence[Charge]) -> _Answer:
        if self._shared is not None:
            try:
                charged = self._shared.charge(charges)
            except (RedisDown, RedisRefused) as error:
                self._sharing.is_now(kind(error), error)
            else:
                self._sharing.is_now("ok")
                return _Answer(self._shared, charges, charged, QuotaExceeded)
        shares = [replace(one, policy=one.policy.share(self._workers)) for one in charges]
        return _Answer(self._own, shares, self._own.charge(shares), CapacityReduced)

    def _take_back(self, answer: _Answer) -> None:
        charges = [one for one in answer.charges if not one.is_kept]
        try:
            taken = answer.buckets.take_back(charges)
        except (RedisDown, RedisRefused) as error:
            # Then it stays charged, and drains: too little is admitted for a while, never too much.
            self._sharing.is_now(kind(error), error)
        else:
            self._tell(taken.standings(charges))

    def _tell(self, standings: Sequence[Standing]) -> None:
        self._reports.standings([one for one in standings if one.policy.is_told])
