"""Two who ask for far more than they may, and some who ask for far less, while something goes wrong."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event, Thread

from tests.faults.asking import Answer, Asking, signed_up
from tests.faults.at_work import at_work
from tests.faults.signed_in import REFRESH
from tests.live import LiveServer

STRICT, USER = "strict", "user"
"""What is asked for too often: refreshes from one address, and requests of one user."""


@dataclass
class Crowd:
    """What each of them was answered: who, and with what."""

    greedy: dict[str, list[Answer]] = field(default_factory=lambda: {STRICT: [], USER: []})
    modest: dict[str, list[Answer]] = field(default_factory=lambda: {"reads": [], "signs in": [], "refreshes": []})
    stopping: Event = field(default_factory=Event)

    def admitted(self, what: str, since: float = 0, until: float = float("inf")) -> int:
        """How many of those who ask too much were let in, within two instants."""
        return sum(since <= answer.at < until and not answer.is_refused for answer in self.greedy[what])

    def statuses(self) -> set[int]:
        """Every status that there was."""
        return {answer.status for answers in (*self.greedy.values(), *self.modest.values()) for answer in answers}

    def of_the_modest(self) -> dict[str, Counter[int]]:
        return {who: Counter(answer.status for answer in answers) for who, answers in self.modest.items()}

    def again_and_again(self, answers: list[Answer], ask: Callable[[], Answer], pause: float) -> None:
        while not self.stopping.is_set():
            answers.append(ask())
            self.stopping.wait(pause)


@dataclass
class Refreshing:
    """A session that is refreshed with what the last refresh has brought."""

    asking: Asking
    token: str

    def __call__(self) -> Answer:
        answer = self.asking.ask("POST", REFRESH, {"refresh_token": self.token})
        if answer.status == 200:
            self.token = answer.json["refresh_token"]
        return answer


@contextmanager
def crowd(server: LiveServer, number: int) -> Iterator[Crowd]:
    """Let them all ask until the block ends: from addresses, and under names, that have this number in them."""
    found = Crowd()
    greedy, modest = signed_up(server, f"greedy {number}"), signed_up(server, f"modest {number}")
    attacker = Asking(server, f"127.40.{number}.1")
    at_home = replace(modest, address=f"127.40.{number}.2")
    refreshing = Refreshing(at_home, at_home.sign_in(f"modest {number}").json["refresh_token"])
    work: list[tuple[list[Answer], Callable[[], Answer], float]] = [
        *[(found.greedy[STRICT], attacker.refresh, 0.01)] * 3,
        *[(found.greedy[USER], greedy.read, 0.01)] * 4,
        (found.modest["reads"], at_home.read, 0.1),
        (found.modest["signs in"], lambda: at_home.sign_in(f"modest {number}"), 0.5),
        # Fewer than what one worker grants by itself, whichever it meets.
        (found.modest["refreshes"], refreshing, 1.2),
    ]
    threads = [Thread(target=found.again_and_again, args=one) for one in work]
    with at_work(threads, found.stopping):
        yield found


def pause(seconds: float) -> float:
    """Let them go on for so long; return when it is over."""
    time.sleep(seconds)
    return time.monotonic()
