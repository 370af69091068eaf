"""Cards in one collection: what requests for it cost the application, as thread time within a process."""

import tempfile
from itertools import count
from pathlib import Path

from rich.progress import track

from api.collection import cards
from api.services import Services
from api.store import engine
from api.store.cards import Card
from loadtests.capacity.plan import Plan, Rows
from loadtests.collection_size import DECK, ClockBehind, application, fill_long_ago, requests_of
from loadtests.measuring import Work
from loadtests.measuring import measure as measure_work
from tests.callers import Caller, sign_up


def measure(plan: Plan) -> Rows:
    """Measure it with each number of cards, of one user each. Restless."""
    clock = ClockBehind()
    with tempfile.TemporaryDirectory() as folder, application(Path(folder), clock) as (services, client):
        kinds: dict[str, dict[str, Work]] = {}
        rows: dict[int, dict[str, float]] = {}
        for size in track(plan.cards, description=f"{'filling collections':24}"):
            user = sign_up(client, f"user{size}")
            fill_long_ago(services, clock, user, size)
            rows[size] = {"cards": size, "disk_bytes": _room(services, user)}
            kinds[str(size)] = _requests_of(services, user)
        smallest = str(min(plan.cards))
        for name in track(kinds[smallest], description=f"{'requests for a card':24}"):
            taken = measure_work({size: works[name] for size, works in kinds.items()}, smallest, plan.slices)
            for size, row in rows.items():
                row[name] = taken.median(str(size)) * 1e6
    return list(rows.values())


def _requests_of(services: Services, user: Caller) -> dict[str, Work]:
    deck_id = user.deck(DECK)
    usual = requests_of(user, deck_id)
    with services.collections.reading(user.user_id) as collection:
        read, reviewed = cards.page(collection, deck_id, 0, 2)
    return {
        "read_us": lambda: user.ask("GET", f"/v1/cards/{read.id}"),
        "add_us": usual["add"],
        "next_us": usual["next card"],
        "review_us": _reviewing(user, reviewed),
    }


def _reviewing(user: Caller, card: Card) -> Work:
    times = count(card.schedule.review_count)

    def review() -> None:
        review = {"rating": "again", "duration_ms": 1, "review_count": next(times)}
        answer = user.ask("POST", f"/v1/cards/{card.id}/reviews", review)
        assert answer.status_code == 201, answer.text

    return review


def _room(services: Services, user: Caller) -> int:
    with services.collections.reading(user.user_id) as collection:
        return engine.room_used(collection.connection)
