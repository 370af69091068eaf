"""A small collection to search in, and what a search finds in it, said once more in Python."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import singledispatch

from api.collection.decks import name_key
from api.store import cards, decks, note_types, notes, reviews
from api.store.cards import Arrangement, Card
from api.store.collection import Collection
from api.store.note_types import NoteType
from api.store.reviews import Review
from api.study import search_terms as terms
from api.study.days import StudyDays
from api.study.folding import folded
from api.study.plain_text import plain
from api.study.schedule import Rating, Schedule, State
from api.study.search_terms import Pattern, Query, Status, Wildcard
from api.study.templates import Kind, Template
from auth.claim_rules import MAX_ID
from tests.clocks import NOON

TODAY = 20_780
FORWARD, BACKWARD = Template("1", "{{Front}}", "{{Back}}"), Template("2", "{{Back}}", "{{Front}}")
BASIC = NoteType("Basic", Kind.STANDARD, ("Front", "Back"), (FORWARD,))
REVERSED = NoteType("Basic (reversed)", Kind.STANDARD, ("Front", "Back"), (FORWARD, BACKWARD))
SENTENCE = NoteType("Satz Übung", Kind.STANDARD, ("Back", "Hint", "Front"), (FORWARD,))


@dataclass(frozen=True)
class Entry:
    """A note, its cards (each as it is arranged, from the first template on), and how the first one stands."""

    fields: tuple[str, ...]
    deck: str
    tags: tuple[str, ...] = ()
    note_type: NoteType = BASIC
    cards: tuple[Arrangement, ...] = (Arrangement(0),)
    schedule: Schedule = Schedule()
    age: int = 0
    answers: tuple[tuple[int, Rating], ...] = ()
    is_taken_back: bool = False
    is_deleted: bool = False


ENTRIES = (
    Entry(
        ("Hund", "dog"),
        "Norwegian",
        ("animal::pet",),
        schedule=Schedule(State.REVIEW, due_day=TODAY),
        age=10,
        answers=((9, Rating.GOOD), (1, Rating.AGAIN)),
    ),
    Entry(("Katt", "cat &amp; <b>mo</b>use"), "Norwegian::Animals", ("Animal", "easy"), age=2),
    Entry(
        ("Straße", "100% street_name"),
        "My deck",
        cards=(Arrangement(0, flag=3),),
        schedule=Schedule(State.LEARNING, step=0, due_at=NOON),
        age=1,
        answers=((0, Rating.GOOD),),
    ),
    Entry(
        ("Haus", "house* (big)"),
        "Norwegian 2",
        ("animals", "animal-2"),
        REVERSED,
        (Arrangement(0), Arrangement(0, is_suspended=True, flag=1)),
        age=1,
    ),
    Entry(
        ("Vogel", "bird"),
        "German",
        ("verb::a", "verb::b"),
        cards=(Arrangement(0, buried_until=TODAY + 1),),
        schedule=Schedule(State.REVIEW, due_day=TODAY),
    ),
    Entry(
        ("tree", "", 'Der "Baum"'),
        "German",
        ("Änderung",),
        SENTENCE,
        (Arrangement(0, buried_until=TODAY),),
        Schedule(State.RELEARNING, step=0, due_at=NOON + timedelta(milliseconds=1)),
        answers=((0, Rating.HARD),),
    ),
    Entry(
        ("Bil", "car"),
        "German",
        schedule=Schedule(State.REVIEW, due_day=TODAY + 1),
        answers=((0, Rating.EASY),),
        is_taken_back=True,
    ),
    Entry(("Hund", "gone dog"), "Norwegian", ("animal",), is_deleted=True),
)


@dataclass(frozen=True)
class Seen:
    """A card as it is stored, with its answers."""

    card: Card
    reviews: Sequence[Review]

    @property
    def fields(self) -> dict[str, str]:
        """The visible text of the fields by their names."""
        named = zip(self.card.field_names, self.card.fields, strict=True)
        return {folded(name): folded(plain(text)) for name, text in named}

    @property
    def label(self) -> str:
        """The front, and the number of the template but for the first."""
        front = dict(zip(self.card.field_names, self.card.fields, strict=True))["Front"]
        return front if self.card.ordinal == 0 else f"{front} {self.card.ordinal + 1}"


def fill(collection: Collection) -> None:
    """Add all entries, the oldest first."""
    types = {kind.name: note_types.insert(collection, kind).id for kind in (BASIC, REVERSED, SENTENCE)}
    for entry in ENTRIES:
        collection.now = NOON - timedelta(days=entry.age)
        add(collection, entry, types[entry.note_type.name])
    collection.now = NOON


def add(collection: Collection, entry: Entry, note_type_id: int) -> None:
    """Add one entry, and its deck where it is missing."""
    key = name_key(entry.deck)
    deck = decks.by_name_key(collection, key) or decks.insert(collection, entry.deck, key)
    note_id = notes.insert(collection, note_type_id, entry.fields, entry.tags, 0)
    for ordinal in range(len(entry.cards)):
        cards.insert(collection, note_id, deck.id, ordinal)
    stored = cards.stored_of_note(collection, note_id, collection.now)
    for card, arrangement in zip(stored, entry.cards, strict=True):
        cards.arrange(collection, card.id, replace(arrangement, deck_id=deck.id))
    cards.reschedule(collection, stored[0].id, entry.schedule)
    answer(collection, entry, stored[0].id)
    if entry.is_deleted:
        notes.delete(collection, note_id)


def answer(collection: Collection, entry: Entry, card_id: int) -> None:
    """Record the answers of an entry."""
    for days_ago, rating in entry.answers:
        collection.now = NOON - timedelta(days=days_ago)
        review = reviews.insert(collection, card_id, rating, 0, Schedule(), ())
        if entry.is_taken_back:
            reviews.delete(collection, review.id)


def seen(collection: Collection, card_id: int) -> Seen:
    """Return a card with its answers."""
    card = cards.by_id(collection, card_id)
    assert card is not None
    return Seen(card, reviews.of_card(collection, card_id, MAX_ID, 100))


@singledispatch
def holds(query: Query, seen: Seen) -> bool:
    """Tell whether a card is what a search looks for."""
    raise TypeError(query)


@holds.register
def _(query: terms.AllOf, seen: Seen) -> bool:
    return all(holds(part, seen) for part in query.queries)


@holds.register
def _(query: terms.AnyOf, seen: Seen) -> bool:
    return any(holds(part, seen) for part in query.queries)


@holds.register
def _(query: terms.Not, seen: Seen) -> bool:
    return not holds(query.query, seen)


@holds.register
def _(query: terms.Contains, seen: Seen) -> bool:
    return re.search(regular(query.pattern), "\n".join(seen.fields.values()), re.DOTALL) is not None


@holds.register
def _(query: terms.FieldIs, seen: Seen) -> bool:
    return query.name in seen.fields and is_all(query.pattern, seen.fields[query.name])


@holds.register
def _(query: terms.InDeck, seen: Seen) -> bool:
    return is_within(query.pattern, folded(seen.card.deck_name))


@holds.register
def _(query: terms.Tagged, seen: Seen) -> bool:
    return any(is_within(query.pattern, folded(tag)) for tag in seen.card.tags)


@holds.register
def _(_query: terms.Untagged, seen: Seen) -> bool:
    return not seen.card.tags


@holds.register
def _(query: terms.OfNoteType, seen: Seen) -> bool:
    return is_all(query.pattern, folded(seen.card.note_type_name))


@holds.register
def _(query: terms.FromTemplate, seen: Seen) -> bool:
    return seen.card.ordinal + 1 == query.number


@holds.register
def _(query: terms.NoteIds, seen: Seen) -> bool:
    return seen.card.note_id in query.ids


@holds.register
def _(query: terms.CardIds, seen: Seen) -> bool:
    return seen.card.id in query.ids


@holds.register
def _(query: terms.Flagged, seen: Seen) -> bool:
    return seen.card.arrangement.flag == query.flag


@holds.register
def _(query: terms.Is, seen: Seen) -> bool:
    card, state = seen.card, seen.card.schedule.state
    is_free = not card.arrangement.is_suspended and not card.is_buried
    due_at, due_day = card.schedule.due_at, card.schedule.due_day
    return {
        Status.NEW: state is State.NEW,
        Status.LEARN: state in (State.LEARNING, State.RELEARNING),
        Status.REVIEW: state in (State.REVIEW, State.RELEARNING),
        Status.DUE: is_free and ((due_at is not None and due_at <= NOON) or (due_day is not None and due_day <= TODAY)),
        Status.SUSPENDED: card.arrangement.is_suspended,
        Status.BURIED: card.is_buried,
    }[query.status]


@holds.register
def _(query: terms.Added, seen: Seen) -> bool:
    return is_recent(seen.card.created_at, query.days)


@holds.register
def _(query: terms.Rated, seen: Seen) -> bool:
    recent = [review for review in seen.reviews if is_recent(review.reviewed_at, query.days)]
    return any(query.rating in (None, review.rating) for review in recent)


@holds.register
def _(query: terms.Introduced, seen: Seen) -> bool:
    answered = [review.reviewed_at for review in seen.reviews]
    return bool(answered) and is_recent(min(answered), query.days)


def is_recent(instant: datetime, days: int) -> bool:
    return StudyDays().day_of(instant) > TODAY - days


def is_within(pattern: Pattern, name: str) -> bool:
    levels = name.split("::")
    return any(is_all(pattern, "::".join(levels[:depth])) for depth in range(1, len(levels) + 1))


def is_all(pattern: Pattern, text: str) -> bool:
    return re.fullmatch(regular(pattern), text, re.DOTALL) is not None


def regular(pattern: Pattern) -> str:
    wildcards = {Wildcard.ANY: ".*", Wildcard.ONE: "."}
    return "".join(re.escape(part) if isinstance(part, str) else wildcards[part] for part in pattern.parts)
