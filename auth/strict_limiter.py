"""The strict limiter: exact over all workers, for one round trip to Redis; a share for each worker while it is away."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from auth.buckets import Buckets, Charge, Charged
from auth.errors import CapacityReduced, LimitReached, QuotaExceeded, RedisDown, RedisRefused
from auth.outcome import Outcome, kind
from auth.reports import Reports

log = logging.getLogger("javumbo.limits")


@dataclass(frozen=True)
class _Receipt:
    """What was charged where."""

    buckets: Buckets
    charges: Sequence[Charge]

    def first(self, count: int) -> "_Receipt":
        return _Receipt(self.buckets, self.charges[:count])


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
        self, charges: Sequence[Charge], *failures: type[Exception], kept: Sequence[Charge] = ()
    ) -> Iterator[None]:
        """Charge beforehand for what costs only those who fail: if it ends otherwise, all but `kept` is taken back.

        QuotaExceeded or CapacityReduced before it begins.
        """
        receipt = self._charge([*charges, *kept]).first(len(charges))
        try:
            yield
        except failures:
            raise
        except BaseException:
            self._take_back(receipt)
            raise
        else:
            self._take_back(receipt)

    def _charge(self, charges: Sequence[Charge]) -> _Receipt:
        if self._shared is not None:
            try:
                charged = self._shared.charge(charges)
            except (RedisDown, RedisRefused) as error:
                self._sharing.is_now(kind(error), error)
            else:
                self._sharing.is_now("ok")
                self._require(charged, charges, QuotaExceeded)
                return _Receipt(self._shared, charges)
        shares = [replace(one, policy=one.policy.share(self._workers)) for one in charges]
        self._require(self._own.charge(shares), shares, CapacityReduced)
        return _Receipt(self._own, shares)

    def _require(self, charged: Charged, charges: Sequence[Charge], otherwise: type[LimitReached]) -> None:
        standings = charged.standings(charges)
        if not charged.is_admitted:
            pairs = zip(charges, standings, strict=True)
            full = [found for one, found in pairs if not one.policy.rate.admits(found.level, one.cost)]
            raise self._reports.refusal(full, otherwise)
        self._reports.standings(standings)

    def _take_back(self, receipt: _Receipt) -> None:
        try:
            taken = receipt.buckets.take_back(receipt.charges)
        except (RedisDown, RedisRefused) as error:
            # Then it stays charged, and drains: too little is admitted for a while, never too much.
            self._sharing.is_now(kind(error), error)
        else:
            self._reports.standings(taken.standings(receipt.charges))
