"""Few notes among which all must be that a search finds, where an index can list them.

A search looks at card after card, in the order that was asked for, until it has a page. What is common is found soon;
what is rare would have it look at every card, but is a short list.
"""
# ruff: noqa: S608 - what is put together are fragments of ours and names of bound values

from dataclasses import dataclass
from functools import singledispatch

from api.store import search_names, word_index
from api.store.search_scope import Scope
from api.study.search_terms import (
    Added,
    AllOf,
    AnyOf,
    CardIds,
    Contains,
    FieldIs,
    InDeck,
    Introduced,
    NoteIds,
    OfNoteType,
    Query,
    Rated,
    Tagged,
)

MOST = 5_000
"""How long a list may be: where as many are found by chance, it takes about as long to list them as to do without."""


@dataclass(frozen=True)
class Narrowing:
    """The SELECT of the `note_id` of notes, and how many it gives."""

    select: str
    size: int


def narrowed(query: Query, scope: Scope) -> Narrowing | None:
    """Return the shortest list that an index gives of the notes of a search; None if none is short."""
    if isinstance(query, AllOf):
        return _shortest(query, scope)
    if isinstance(query, AnyOf):
        return _union(query, scope)
    return _counted(_listed(query, scope), scope)


def _shortest(query: AllOf, scope: Scope) -> Narrowing | None:
    lists = [narrowed(part, scope) for part in query.queries]
    short = [part for part in lists if part is not None]
    if short:
        return min(short, key=lambda part: part.size)
    # Words that are common one by one can be rare together.
    words = [part.pattern for part in query.queries if isinstance(part, Contains)]
    return _counted(word_index.notes_with(words, scope), scope) if len(words) > 1 else None


def _union(query: AnyOf, scope: Scope) -> Narrowing | None:
    lists = [narrowed(part, scope) for part in query.queries]
    short = [part for part in lists if part is not None]
    size = sum(part.size for part in short)
    if len(short) < len(lists) or size > MOST:
        return None
    return Narrowing(" UNION ".join(part.select for part in short), size)


def _counted(select: str | None, scope: Scope) -> Narrowing | None:
    if select is None:
        return None
    counting = f"SELECT COUNT(*) AS size FROM ({select} LIMIT {MOST + 1}) AS listed"
    size = scope.collection.connection.execute(counting, scope.values).fetchone()["size"]
    return Narrowing(select, size) if size <= MOST else None


@singledispatch
def _listed(_query: Query, _scope: Scope) -> str | None:
    """Return the SELECT of the notes of all cards that a term can find; None if there is no index."""
    return None


@_listed.register
def _(query: Contains, scope: Scope) -> str | None:
    return word_index.notes_with((query.pattern,), scope)


@_listed.register
def _(query: FieldIs, scope: Scope) -> str | None:
    return word_index.notes_with((query.pattern,), scope)


@_listed.register
def _(query: Tagged, scope: Scope) -> str:
    return f"SELECT note_id FROM note_tags WHERE user_id = :user_id AND {search_names.tag(query.pattern, scope)}"


@_listed.register
def _(query: InDeck, scope: Scope) -> str:
    decks = search_names.decks(query.pattern, scope)
    return f"SELECT note_id FROM cards WHERE user_id = :user_id AND deleted_at IS NULL AND deck_id IN ({decks})"


@_listed.register
def _(query: OfNoteType, scope: Scope) -> str:
    types = scope.listed(search_names.note_types(query.pattern, scope))
    return f"SELECT id AS note_id FROM notes WHERE user_id = :user_id AND note_type_id IN {types}"


@_listed.register
def _(query: NoteIds, scope: Scope) -> str:
    return f"SELECT id AS note_id FROM notes WHERE user_id = :user_id AND id IN {scope.listed(query.ids)}"


@_listed.register
def _(query: CardIds, scope: Scope) -> str:
    return f"SELECT note_id FROM cards WHERE user_id = :user_id AND id IN {scope.listed(query.ids)}"


@_listed.register
def _(query: Added, scope: Scope) -> str:
    # An id is never before the millisecond it was given in.
    return f"SELECT note_id FROM cards WHERE user_id = :user_id AND id >= {scope.since(query.days)}"


@_listed.register(Rated | Introduced)
def _(query: Rated | Introduced, scope: Scope) -> str:
    return f"""SELECT cards.note_id FROM reviews
        JOIN cards ON cards.user_id = reviews.user_id AND cards.id = reviews.card_id
        WHERE reviews.user_id = :user_id AND reviews.deleted_at IS NULL
            AND reviews.reviewed_at >= {scope.since(query.days)}"""
