"""What requests cost in a large collection, compared with the same in a small one.

python -m loadtests.collection_size [--small 500] [--large 50000] [--slices 30]

Two users of one application within this process: thread time of whole requests, by turns. Half of the cards have been
learnt and are due, every hundredth note has a rare tag, and every note has words of its own beside common ones.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.app import create_app
from api.collection import decks, note_types, notes, reviewing
from api.server import prepare
from api.services import Services, build_services
from api.settings import Settings
from api.store import cards as card_rows
from api.store.collection import Collection
from api.store.note_types import BuiltIn
from api.study.schedule import Rating
from auth.clock import Clock, SystemClock
from loadtests.measuring import Restless, Work, measure
from tests import cheap
from tests.callers import Caller, sign_up
from tests.live import NO_LIMITS

DECK = "Words"
MOST = 3.0
_AT_ONCE = 500
_LEARNT_AGO = timedelta(days=60)


def fill(services: Services, user: Caller, size: int) -> None:
    """Add notes to a deck of a user, and learn half of their cards."""
    with services.collections.writing(user.user_id) as collection:
        deck_id = decks.create(collection, DECK).id
    for first in range(0, size, _AT_ONCE):
        with services.collections.writing(user.user_id) as collection:
            _add(collection, deck_id, range(first, min(size, first + _AT_ONCE)))


def _add(collection: Collection, deck_id: int, numbers: range) -> None:
    basic = note_types.built_in(collection, BuiltIn.BASIC)
    drawn = random.Random(numbers.start)
    for number in numbers:
        front = f"the word n{number}n is {''.join(drawn.choices('abcdefghijklmnop', k=8))}"
        tags = ("common", *(("rare",) if number % 100 == 0 else ()))
        note_id = notes.insert(collection, basic, deck_id, (front, f"what it means {drawn.random()}"), tags)
        if number % 2:
            (card,) = card_rows.of_note(collection, note_id)
            reviewing.review(collection, card.id, Rating.EASY, 1000, 0)


def requests_of(user: Caller, deck_id: int) -> dict[str, Work]:
    """Return what is measured, each a whole request."""
    numbers = count()

    def add() -> TestResponse:
        note = {"front": f"another {user.user_id} {next(numbers)}", "back": "b", "tags": ["added"]}
        return user.ask("POST", f"/v1/decks/{deck_id}/cards", note)

    paths = {
        "next card": f"/v1/decks/{deck_id}/next",
        "deck list with counts": "/v1/decks",
        "search by a word": "/v1/cards?q=n77n",
        "search by a common word": "/v1/cards?q=means",
        "search by a tag": "/v1/cards?q=tag:rare&limit=5",
        "page of the browser": "/v1/cards?limit=50",
    }
    return {"add": add, **{name: _reading(user, path) for name, path in paths.items()}}


def _reading(user: Caller, path: str) -> Callable[[], TestResponse]:
    return lambda: user.ask("GET", path)


class ClockBehind(SystemClock):
    """The machine's clock, or that of some time ago: cards that are learnt then are due now."""

    behind = timedelta(0)

    def now(self) -> datetime:
        """Return the instant that it is, or was so long ago."""
        return super().now() - self.behind


def fill_long_ago(services: Services, clock: ClockBehind, user: Caller, notes: int) -> None:
    """Fill a collection at a time since when what was learnt has become due."""
    clock.behind = _LEARNT_AGO
    fill(services, user, notes)
    clock.behind = timedelta(0)


@contextmanager
def application(folder: Path, clock: Clock | None = None) -> Iterator[tuple[Services, FlaskClient]]:
    """Build the application in a folder."""
    environ = {**NO_LIMITS, "JAVUMBO_DATA": str(folder), "JAVUMBO_ACCESS_TTL": "1d", "JAVUMBO_REVOCATION_MAX_AGE": "1d"}
    settings = Settings.from_environ(environ)
    clock = clock or SystemClock()
    prepare(settings, clock.now())
    services = build_services(settings, clock, cheap.cheap_passwords())
    with closing(services):
        services.follower.start()
        yield services, create_app(services).test_client()


def main() -> int:
    """Run it, print the ratios, and fail if one is too large."""
    parser = argparse.ArgumentParser(description="What requests cost in a large collection, and in a small one.")
    parser.add_argument("--small", type=int, default=500, help="notes in the small collection")
    parser.add_argument("--large", type=int, default=50_000, help="notes in the large collection")
    parser.add_argument("--slices", type=int, default=30, help="slices of each kind")
    chosen = parser.parse_args()
    worst = 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        application(Path(folder), clock := ClockBehind()) as (
            services,
            client,
        ),
    ):
        users = {name: sign_up(client, name) for name in ("small", "large")}
        for name, user in users.items():
            print(f"filling the {name} collection …", file=sys.stderr)
            fill_long_ago(services, clock, user, getattr(chosen, name))
        kinds = {name: requests_of(user, user.deck(DECK)) for name, user in users.items()}
        print(f"{'':26}{chosen.small:>10} {chosen.large:>10}  ratio (quartiles), at most {MOST}")
        for name in kinds["small"]:
            try:
                found = measure({size: each[name] for size, each in kinds.items()}, "small", chosen.slices)
            except Restless as restless:
                print(restless.ADVICE, file=sys.stderr)
                return 2
            ratio, (lower, upper) = found.ratio("large", "small"), found.quartiles("large", "small")
            times = f"{found.median('small') * 1e6:7.0f} µs {found.median('large') * 1e6:7.0f} µs"
            print(f"{name:26}{times}  {ratio:5.2f} ({lower:.2f}-{upper:.2f})")
            worst = max(worst, ratio)
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
