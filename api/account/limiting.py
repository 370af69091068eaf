"""Everything that limits requests, in one worker."""

from dataclasses import dataclass

from api.account.limits import Limits
from auth.amortised_limiter import SETTLE_EVERY, AmortisedLimiter
from auth.background import Task
from auth.claims import ACCOUNT, Claims


@dataclass(frozen=True)
class Limiting:
    """What is limited strictly, each user, and refused tokens."""

    limits: Limits
    users: AmortisedLimiter
    refused: AmortisedLimiter

    def throttle(self, caller: Claims, scope: str) -> None:
        """Charge a request of somebody who is signed in to the user. QuotaExceeded.

        What is done with the account is charged to the session: who has stolen one cannot keep its owner from ending
        it with another.
        """
        self.users.charge(caller.session_id if scope == ACCOUNT else str(caller.user_id))

    def tasks(self) -> list[Task]:
        """Return the work beside the requests that this takes."""
        return [
            Task("rate limits", SETTLE_EVERY, self.users.settle, is_vital=False),
            Task("limit of refused tokens", SETTLE_EVERY, self.refused.settle, is_vital=False),
        ]
