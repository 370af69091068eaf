"""The scenarios: who comes when, and what each does."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Not otherwise: locust, which it needs, changes how all of Python waits.
    from loadtests.scenarios.person import Person

Step = tuple[float, int]
"""After so many seconds, so many people altogether."""


@dataclass(frozen=True)
class Plan:
    """One scenario. `settings` are those that the service needs for it, by their names in lower case."""

    about: str
    steps: tuple[Step, ...]
    work: "Callable[[Person], None]"
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many take part."""
        return self.steps[-1][1]


def look(person: "Person") -> None:
    """Look at one's decks once more: an account that was just made serves."""
    person.ask("GET", "/v1/decks", None, 200, "decks")


def write(person: "Person") -> None:
    """Add 10 to 50 cards, with short pauses."""
    for number in range(_drawn(person).randint(10, 50)):
        person.add_marked(number)
        time.sleep(0.02)


def review(person: "Person") -> None:
    """Answer 20 to 50 cards, with short pauses."""
    for _ in range(_drawn(person).randint(20, 50)):
        person.review_next()
        time.sleep(0.05)


def sign_in_again(person: "Person") -> None:
    """Sign in three times more, as a class does whose lesson begins."""
    for _ in range(3):
        person.sign_in()


def refresh_at_the_edge(person: "Person") -> None:
    """Work for longer than a token lives, and take the next just before it ends."""
    for number in range(24):
        person.add_marked(number)
        time.sleep(0.5)
        if number % 8 == 7:
            person.refresh()


PLANS = {
    "registrations": Plan("30 people sign up within 5 seconds", ((0, 10), (2, 20), (4, 30)), look),
    "writers": Plan("6 people add cards, coming one by one", ((0, 1), (2, 2), (4, 3), (6, 6)), write),
    "reviewers": Plan(
        "24 people review, coming by five", ((0, 5), (2, 10), (4, 15), (6, 20), (8, 24)), review
    ),
    "sign-ins": Plan("30 people sign in at once, again and again", ((0, 30),), sign_in_again),
    "refreshes": Plan(
        "10 people work on beyond the lives of their tokens", ((0, 10),), refresh_at_the_edge
    ),
}  # fmt: skip


def _drawn(person: "Person") -> random.Random:
    # The same in every run: what is compared must be the same work.
    return random.Random(person.number)
