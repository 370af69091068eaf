"""Finding cards. The SQL of a search is composed of fixed fragments; what it says itself is only ever bound."""
# ruff: noqa: S608 - what is put together are fragments of ours and names of bound values

from dataclasses import dataclass
from enum import StrEnum

from api.store.collection import Collection
from api.store.instants import to_ms
from api.store.search_conditions import condition
from api.store.search_narrowing import Narrowing, narrowed
from api.store.search_scope import Scope
from api.study.search_terms import Query

Position = tuple[int, int]
"""A card's place in an order: what it is sorted by, and its id."""

_FEW = 500
_DAY = 24 * 60 * 60 * 1000


class Sort(StrEnum):
    """An order of cards: latest added first, first added first, due soonest first, or last changed first."""

    ADDED = "added"
    OLDEST = "oldest"
    DUE = "due"
    CHANGED = "changed"


@dataclass(frozen=True)
class _Order:
    value: str
    direction: str
    past: str


_ORDERS = {
    Sort.ADDED: _Order("cards.id", "DESC", "<"),
    Sort.OLDEST: _Order("cards.id", "ASC", ">"),
    # A day is due when it begins: as long after midnight in UTC as today did.
    Sort.DUE: _Order("COALESCE(cards.due_at, cards.due_day * 86400000 + :day_begins, 9007199254740991)", "ASC", ">"),
    Sort.CHANGED: _Order("cards.changed", "DESC", "<"),
}


def ids(collection: Collection, query: Query, sort: Sort, after: Position | None, limit: int) -> list[Position]:
    """Return where the cards stand that a search finds, in an order, from past one on. SearchNotUnderstood."""
    scope = Scope(collection)
    scope.values["day_begins"] = to_ms(collection.days.start_of(collection.today)) - collection.today * _DAY
    statement = _statement(query, _ORDERS[sort], after, limit, scope)
    rows = collection.connection.execute(statement, scope.values)
    return [(row["value"], row["id"]) for row in rows]


def _statement(query: Query, order: _Order, after: Position | None, limit: int, scope: Scope) -> str:
    few = narrowed(query, scope)
    return f"""
        SELECT {order.value} AS value, cards.id FROM {_tables(few)}
        WHERE cards.user_id = :user_id AND cards.deleted_at IS NULL AND {_among(few)}
            AND notes.user_id = :user_id AND notes.id = cards.note_id
            AND {_past(order, after, scope)} AND {condition(query, scope)}
        ORDER BY {order.value} {order.direction}, cards.id {order.direction} LIMIT {scope.bind(limit)}
    """


def _tables(few: Narrowing | None) -> str:
    # SQLite takes a CROSS JOIN from left to right: a few notes each with its cards, or else cards in their order.
    if few is not None and few.size <= _FEW:
        # The + keeps it from reading a whole index for the sake of DISTINCT.
        listed = f"SELECT DISTINCT +note_id AS note_id FROM ({few.select}) AS listed"
        return f"({listed}) AS few CROSS JOIN cards CROSS JOIN notes"
    return "cards CROSS JOIN notes"


def _among(few: Narrowing | None) -> str:
    if few is None:
        return "1 = 1"
    return "cards.note_id = few.note_id" if few.size <= _FEW else f"+cards.note_id IN ({few.select})"


def _past(order: _Order, after: Position | None, scope: Scope) -> str:
    if after is None:
        return "1 = 1"
    value, card_id = (scope.bind(part) for part in after)
    # The first condition is for the index; SQLite makes no range of the second.
    return f"{order.value} {order.past}= {value} AND ({order.value}, cards.id) {order.past} ({value}, {card_id})"
