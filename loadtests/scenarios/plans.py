"""The scenarios: who comes when, what each does, what is done to the service meanwhile, and what must be true of it."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from loadtests.scenarios.disturbances import Disturbance, kills, nothing, outages, rotations
from loadtests.scenarios.thresholds import Thresholds

if TYPE_CHECKING:
    # Not otherwise: locust, which it needs, changes how all of Python waits.
    from loadtests.scenarios.person import Person

Step = tuple[float, int]
"""After so many seconds, so many people altogether."""

_EDGE, _WELL_BEFORE = 1.0, 2.0
"""So long before its end people exchange a token, in seconds."""
_CARDS = 200
"""How many each adds at least while keys rotate: 2 000 altogether, whatever the machine."""


@dataclass(frozen=True)
class Plan:
    """One scenario. `settings` are those that the service needs for it, by their names in lower case.

    The disturbance begins when the last has signed in.
    """

    about: str
    steps: tuple[Step, ...]
    work: "Callable[[Person], None]"
    settings: Mapping[str, str] = field(default_factory=dict)
    disturbance: Disturbance = nothing
    thresholds: Thresholds = Thresholds()

    @property
    def people(self) -> int:
        """How many take part."""
        return self.steps[-1][1]


def look(person: "Person") -> None:
    """Look at one's decks once more."""
    person.ask("GET", "/v1/decks", None, 200, "decks")


def begin(person: "Person") -> None:
    """Ask who one is, add a card, and look at one's decks."""
    person.ask_who_one_is()
    person.add_marked(0)
    look(person)


def write(person: "Person") -> None:
    """Add 10 to 50 cards, with short pauses."""
    for number in range(_drawn(person).randint(10, 50)):
        person.add_marked(number)
        time.sleep(0.02)


def review(person: "Person") -> None:
    """Answer 20 to 50 cards, with short pauses."""
    person.add_marked(0)
    person.learn_all()
    for _ in range(_drawn(person).randint(20, 50)):
        person.review_next()
        time.sleep(0.05)


def sign_in_again(person: "Person") -> None:
    """Sign in three times more, as a class does whose lesson begins, and each time ask who one is and add a card."""
    for number in range(3):
        person.sign_in()
        person.ask_who_one_is()
        person.add_marked(number)


def refresh_at_the_edge(person: "Person") -> None:
    """Work for longer than a token lives, and take the next just before it ends."""
    for number in range(24):
        person.stay_signed_in(_EDGE)
        person.add_marked(number)
        time.sleep(0.5)


def work_while_keys_rotate(person: "Person") -> None:
    """Add and read, with tokens of every key."""
    for number in _rounds(person, _CARDS):
        person.stay_signed_in(_WELL_BEFORE)
        person.add_marked(number)
        if number % 2:
            look(person)


def come_and_go(person: "Person") -> None:
    """Add and read, now and then sign in elsewhere and out again, and try tokens of sessions that have ended."""
    for number in _rounds(person):
        person.add_marked(number)
        look(person)
        if number % 10 == 0:
            person.sign_in_and_out()
        person.try_signed_out()


def add_on(person: "Person") -> None:
    """Add cards, and none of them twice, whatever was answered."""
    for number in _rounds(person):
        person.add_marked(number)


PLANS = {
    "registrations": Plan("30 people sign up within 5 seconds", ((0, 10), (2, 20), (4, 30)), begin),
    "writers": Plan("6 people add cards, coming one by one", ((0, 1), (2, 2), (4, 3), (6, 6)), write),
    "reviewers": Plan(
        "24 people review, coming by five", ((0, 5), (2, 10), (4, 15), (6, 20), (8, 24)), review
    ),
    "sign-ins": Plan("30 people sign in at once, again and again", ((0, 30),), sign_in_again),
    "refreshes": Plan(
        "10 people work on beyond the lives of their tokens", ((0, 10),), refresh_at_the_edge, {"access_ttl": "6s"}
    ),
    "rotation": Plan(
        "10 people add and read while the key that signs is rotated twice", ((0, 10),), work_while_keys_rotate,
        {"access_ttl": "6s", "jwks_max_age": "1s"}, rotations, Thresholds(most_errors=0),
    ),
    "outage": Plan(
        "6 people add, read, and sign in and out while Redis is frozen and killed", ((0, 6),), come_and_go,
        disturbance=outages, thresholds=Thresholds(most_errors=0, least_refused=100),
    ),
    "kill": Plan(
        "6 people add cards while workers are killed", ((0, 6),), add_on,
        disturbance=kills, thresholds=Thresholds(most_errors=0, most_lost=0.25),
    ),
}  # fmt: skip


def _rounds(person: "Person", least: int = 0) -> Iterator[int]:
    """Count rounds, with short pauses, until the disturbance is over and there were so many."""
    for number in count():
        if person.outcome.is_over and number >= least:
            return
        yield number
        time.sleep(0.02)


def _drawn(person: "Person") -> random.Random:
    # The same in every run: what is compared must be the same work.
    return random.Random(person.number)
