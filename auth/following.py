"""How one worker follows revocations: the parts that know, and the work that keeps them up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from auth.background import Task
from auth.redis_link import RedisLink
from auth.revocation_feed import RECORD_EVERY, RecordFollower
from auth.revocation_stream import LISTEN_EVERY, PUBLISH_EVERY, RevocationStream
from auth.revocations import Revocation, Revocations

LOOK_EVERY = timedelta(milliseconds=250)
"""How often a worker looks whether a Redis that was down is up again."""


@dataclass(frozen=True)
class Following:
    """What a worker knows revocations from, and tells of them with: Redis only where there is one."""

    revocations: Revocations
    follower: RecordFollower
    redis: RedisLink | None = None
    stream: RevocationStream | None = None

    def announce(self, ended: Sequence[Revocation]) -> None:
        """Refuse these here from now on, and tell the others soon, where there is something to tell them by."""
        if self.stream is None:
            self.revocations.add(ended)
        else:
            self.stream.announce(ended)

    def tasks(self) -> list[Task]:
        """Return the work beside the requests that this takes."""
        following = [Task("revocation record", RECORD_EVERY, self.follower.read)]
        if self.redis is None or self.stream is None:
            return following
        return [
            *following,
            Task("redis", LOOK_EVERY, self.redis.look, is_vital=False),
            Task("revocation stream", LISTEN_EVERY, self.stream.listen, is_vital=False, is_awaited=False),
            Task("revocation publisher", PUBLISH_EVERY, self.stream.publish, is_vital=False),
        ]
