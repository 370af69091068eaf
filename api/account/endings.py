"""What is done whenever sessions or API tokens have been ended, whoever ended them and why."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auth.revocations import Revocation
from auth.sessions import EndedBy

log = logging.getLogger("javumbo.sessions")

_MOST_NAMED = 20


@dataclass(frozen=True)
class Endings:
    """Tells of what was committed as ended: this worker at once, the others as soon as can be, and the operators."""

    announce: Callable[[Sequence[Revocation]], None]
    count: Callable[[str, int], None]

    def tell(self, user_id: int, why: EndedBy, ended: Sequence[Revocation]) -> None:
        """Tell it. To be called after the commit, and before anybody is answered."""
        if not ended:
            return
        self.announce(ended)
        self.count(why.value, len(ended))
        named = ",".join(one.sid for one in ended[:_MOST_NAMED])
        log.info("revoked", extra={"user_id": user_id, "why": why.value, "count": len(ended), "sids": named})
