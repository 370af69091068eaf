"""What each term of a search says of a row of `cards` with its row of `notes`, in SQL that is never NULL.

In which order cards are looked at is chosen beforehand, so that a condition must not invite SQLite to another one:
that is what a `+` before a column is for.
"""

from collections.abc import Sequence
from functools import singledispatch

from api.store import search_names, word_index
from api.store.instants import to_ms
from api.store.search_scope import Scope
from api.study.search_terms import (
    Added,
    AllOf,
    AnyOf,
    CardIds,
    Contains,
    FieldIs,
    Flagged,
    FromTemplate,
    InDeck,
    Introduced,
    Is,
    Not,
    NoteIds,
    OfNoteType,
    Query,
    Rated,
    Status,
    Tagged,
    Untagged,
)

_STATUS = {
    Status.NEW: "cards.state = 'new'",
    Status.LEARN: "cards.state IN ('learning', 'relearning')",
    Status.REVIEW: "cards.state IN ('review', 'relearning')",
    Status.DUE: """(cards.suspended = 0 AND COALESCE(cards.buried_until, 0) <= {today} AND (
        (cards.state = 'review' AND COALESCE(cards.due_day, {today}) <= {today})
        OR (cards.state IN ('learning', 'relearning') AND COALESCE(cards.due_at, {now}) <= {now})
    ))""",
    Status.SUSPENDED: "cards.suspended = 1",
    Status.BURIED: "COALESCE(cards.buried_until, 0) > {today}",
}


@singledispatch
def condition(query: Query, scope: Scope) -> str:
    """Return the condition that a search holds for a card. SearchNotUnderstood if there is no such field."""
    raise TypeError(query, scope)


@condition.register
def _(query: AllOf, scope: Scope) -> str:
    return _joined(" AND ", query.queries, scope) if query.queries else "1 = 1"


@condition.register
def _(query: AnyOf, scope: Scope) -> str:
    return _joined(" OR ", query.queries, scope)


@condition.register
def _(query: Not, scope: Scope) -> str:
    return f"NOT {condition(query.query, scope)}"


@condition.register
def _(query: Contains, scope: Scope) -> str:
    return word_index.contains(query.pattern, scope)


@condition.register
def _(query: FieldIs, scope: Scope) -> str:
    of_types = [
        f"notes.note_type_id IN {scope.listed(types)} AND {word_index.line_is(number, query.pattern, scope)}"
        for number, types in search_names.fields(query, scope).items()
    ]
    return f"({' OR '.join(of_types)})"


@condition.register
def _(query: InDeck, scope: Scope) -> str:
    return f"+cards.deck_id IN ({search_names.decks(query.pattern, scope)})"


@condition.register
def _(query: Tagged, scope: Scope) -> str:
    return f"EXISTS ({_TAGS_OF_NOTE} AND {search_names.tag(query.pattern, scope)})"


@condition.register
def _(_query: Untagged, _scope: Scope) -> str:
    return f"NOT EXISTS ({_TAGS_OF_NOTE})"


@condition.register
def _(query: OfNoteType, scope: Scope) -> str:
    return f"notes.note_type_id IN {scope.listed(search_names.note_types(query.pattern, scope))}"


@condition.register
def _(query: FromTemplate, scope: Scope) -> str:
    return f"cards.ordinal = {scope.bind(query.number - 1)}"


@condition.register
def _(query: NoteIds, scope: Scope) -> str:
    return f"+cards.note_id IN {scope.listed(query.ids)}"


@condition.register
def _(query: CardIds, scope: Scope) -> str:
    return f"+cards.id IN {scope.listed(query.ids)}"


@condition.register
def _(query: Is, scope: Scope) -> str:
    collection = scope.collection
    return _STATUS[query.status].format(today=scope.bind(collection.today), now=scope.bind(to_ms(collection.now)))


@condition.register
def _(query: Flagged, scope: Scope) -> str:
    return f"cards.flag = {scope.bind(query.flag)}"


@condition.register
def _(query: Added, scope: Scope) -> str:
    return f"cards.created_at >= {scope.since(query.days)}"


@condition.register
def _(query: Rated, scope: Scope) -> str:
    rated = "" if query.rating is None else f" AND rating = {scope.bind(query.rating.value)}"
    return f"EXISTS ({_REVIEWS_OF_CARD} AND +reviewed_at >= {scope.since(query.days)}{rated})"


@condition.register
def _(query: Introduced, scope: Scope) -> str:
    since = scope.since(query.days)
    return (
        f"(EXISTS ({_REVIEWS_OF_CARD} AND +reviewed_at >= {since})"
        f" AND NOT EXISTS ({_REVIEWS_OF_CARD} AND +reviewed_at < {since}))"
    )


_TAGS_OF_NOTE = "SELECT 1 FROM note_tags WHERE user_id = :user_id AND note_id = cards.note_id"
_REVIEWS_OF_CARD = "SELECT 1 FROM reviews WHERE user_id = :user_id AND card_id = cards.id AND deleted_at IS NULL"


def _joined(operator: str, queries: Sequence[Query], scope: Scope) -> str:
    return f"({operator.join(condition(query, scope) for query in queries)})"
