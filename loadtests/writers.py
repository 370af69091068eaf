"""People who add marked cards, one after the other, as fast as they are acknowledged."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from loadtests.markers import Mark
from tests.live import User

RUN = "writes"


@dataclass
class Writing:
    """What is known of all cards that were added, and how long those of the present round took."""

    attempted: set[Mark] = field(default_factory=set)
    acknowledged: set[Mark] = field(default_factory=set)
    refused: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


class Writer:
    """Adds one marked card after the other over one connection."""

    def __init__(self, user: User, numbers: Iterator[int], writing: Writing) -> None:
        """Write for a user, whose connections share the numbers of the marks."""
        self._user = user
        self._numbers = numbers
        self._writing = writing
        self._head = (
            f"POST /v1/decks/{user.decks['MyFirstDeck']}/cards HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {user.token}\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()

    def request(self) -> bytes:
        """Return the next request."""
        self._mark = Mark(RUN, self._user.user_id, next(self._numbers), time.time_ns() // 1_000_000)
        self._writing.attempted.add(self._mark)
        body = json.dumps({"front": self._mark.text, "back": "back"}).encode()
        return b"%b%d\r\n\r\n%b" % (self._head, len(body), body)

    def answered(self, answer: bytes, seconds: float) -> None:
        """Note what was acknowledged."""
        if answer.startswith(b"HTTP/1.1 201 "):
            self._writing.acknowledged.add(self._mark)
            self._writing.times.append(seconds)
        else:
            self._writing.refused.append(answer)

    def broken(self) -> None:
        """Let it be: nobody knows whether the card is there, and it may be."""
