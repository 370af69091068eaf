"""Rows for statistics, counted: of a whole collection, or of a deck and those below it."""

from datetime import datetime, timedelta
from typing import Any

from api.store.collection import Collection
from api.store.decks import Deck, keys_within
from api.store.engine import Row
from api.store.instants import from_ms, to_ms
from api.study.schedule import Rating, State
from api.study.statistics import QUARTER, CardGroup, Due, Move, Reviewed

_QUARTER_MS = QUARTER // timedelta(milliseconds=1)


def reviewed(collection: Collection, since: datetime, deck: Deck | None) -> list[Reviewed]:
    """Return the reviews since an instant, by quarter hour, state before and rating."""
    rows = collection.run("reviews_by_quarter", since=to_ms(since), **_where(deck))
    return [
        Reviewed(_instant(row), State(row["state_before"]), Rating(row["rating"]), row["reviews"], row["duration_ms"])
        for row in rows
    ]


def moves(collection: Collection, since: datetime, deck: Deck | None) -> list[Move]:
    """Return how cards have come from one state to another since an instant, were added, and were deleted."""
    where = {"since": to_ms(since), **_where(deck)}
    between = collection.run("moves_by_quarter", **where)
    added = collection.run("additions_by_quarter", **where)
    deleted = collection.run("deletions_by_quarter", **where)
    return [
        *(Move(_instant(row), State(row["state_before"]), State(row["state_after"]), row["cards"]) for row in between),
        *(Move(_instant(row), None, State(row["state_after"]), row["cards"]) for row in added),
        *(Move(_instant(row), State(row["state_before"]), None, row["cards"]) for row in deleted),
    ]


def due(collection: Collection, until_day: int, deck: Deck | None) -> list[Due]:
    """Return the cards that come due before a study day, by day and state, without those that are suspended."""
    first_key, end_key = keys_within(deck)
    in_review = collection.run("due_by_day", first_key=first_key, end_key=end_key, end_day=until_day)
    end_at = to_ms(collection.days.start_of(until_day))
    learning = collection.run("learning_by_quarter", first_key=first_key, end_key=end_key, end_at=end_at)
    return [
        *(Due(row["day"], State.REVIEW, row["cards"]) for row in in_review),
        *(
            Due(max(collection.days.day_of(_instant(row)), row["buried_until"]), State(row["state"]), row["cards"])
            for row in learning
        ),
    ]


def groups(collection: Collection, deck: Deck | None) -> list[CardGroup]:
    """Return the cards there are, by all that statistics tell apart."""
    first_key, end_key = keys_within(deck)
    rows = collection.run("card_groups", first_key=first_key, end_key=end_key, today=collection.today)
    return [
        CardGroup(
            state=State(row["state"]),
            is_suspended=bool(row["suspended"]),
            is_buried=bool(row["buried"]),
            is_flagged=bool(row["flagged"]),
            interval_days=_interval(collection, row),
            cards=row["cards"],
        )
        for row in rows
    ]


def _interval(collection: Collection, row: Row) -> int:
    if row["due_day"] is None or row["quarter"] is None:
        return 0
    return int(row["due_day"]) - collection.days.day_of(_instant(row))


def _instant(row: Row) -> datetime:
    return from_ms(row["quarter"] * _QUARTER_MS)


def _where(deck: Deck | None) -> dict[str, Any]:
    first_key, end_key = keys_within(deck)
    # Of the whole collection also what was in decks that are deleted.
    return {"everywhere": int(deck is None), "first_key": first_key, "end_key": end_key}
