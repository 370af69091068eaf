"""What holds of studying whatever the collection holds and whatever was done before."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.collection import cards, decks, note_types, notes, reviewing, studying
from api.collection.cards import CardEdit, NoteEdit
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.study.preferences import Choices
from api.study.schedule import Rating
from tests import collecting
from tests.api.collection.conftest import OWNER
from tests.clocks import ManualClock

NAMES = ("a", "a::b", "a::b::c", "a::d", "e")
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
KINDS = st.sampled_from(["basic", "reversed", "cloze"])
STATES = st.sampled_from(["as it is", "learnt", "forgotten", "suspended", "buried"])
LIMITS = st.fixed_dictionaries({"new_per_day": st.integers(0, 4), "reviews_per_day": st.integers(0, 4)})
NOTES = st.lists(st.tuples(st.sampled_from(NAMES), KINDS, STATES, st.sampled_from(NAMES)), max_size=12)
MADE = {
    "basic": lambda front: collecting.basic(front),
    "reversed": lambda front: collecting.reversed_(front, f"{front} back"),
    "cloze": lambda front: collecting.cloze(f"{{{{c1::{front}}}}} {{{{c2::two}}}} {{{{c3::three}}}}"),
}


@dataclass
class Studied:
    """A collection in the middle of being studied, and a clock."""

    collections: SqliteCollections
    clock: ManualClock
    decks: dict[str, int] = field(default_factory=dict)

    def fill(self, limits: dict[str, Any], made: list[tuple[str, str, str, str]]) -> None:
        with self.collections.writing(OWNER) as collection:
            for name in NAMES:
                chosen = Choices(**limits) if name in ("a", "a::b") else Choices()
                self.decks[name] = decks.create(collection, name, chosen).id
            for number, (deck, kind, state, elsewhere) in enumerate(made):
                added = notes.add(collection, self.decks[deck], MADE[kind](f"note {number}"))
                self._bring(collection, added.cards[0].id, state)
                if len(added.cards) > 1:
                    cards.edit(collection, added.cards[-1].id, NoteEdit(), CardEdit(deck_id=self.decks[elsewhere]))
        self.clock.advance(timedelta(days=30))

    def _bring(self, collection: Collection, card_id: int, state: str) -> None:
        if state in ("learnt", "forgotten"):
            reviewing.review(collection, card_id, Rating.EASY, 1, 0)
        if state == "forgotten":
            reviewing.review(collection, card_id, Rating.AGAIN, 1, 1)
        if state in ("suspended", "buried"):
            edit = CardEdit(is_suspended=True) if state == "suspended" else CardEdit(is_buried=True)
            cards.edit(collection, card_id, NoteEdit(), edit)

    def next(self, deck: str) -> studying.NextCard:
        with self.collections.reading(OWNER) as collection:
            return studying.next_card(collection, self.decks[deck])

    def answer(self, card_id: int, rating: Rating, count: int) -> None:
        with self.collections.writing(OWNER) as collection:
            reviewing.review(collection, card_id, rating, 1, count)

    def rows(self) -> list[dict[str, Any]]:
        with self.collections.reading(OWNER) as collection:
            found = collection.connection.execute("SELECT * FROM cards ORDER BY id").fetchall()
        return [{name: row[name] for name in row.keys() if name != "changed"} for row in found]  # noqa: SIM118


def started(collections: SqliteCollections, clock: ManualClock) -> Studied:
    collections.remove(OWNER)
    collections.create(OWNER, note_types.add_built_in)
    return Studied(collections, clock)


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=QUIET)
@given(limits=LIMITS, made=NOTES, deck=st.sampled_from(NAMES))
def test_as_many_cards_are_served_as_were_counted_and_none_twice(
    collections: SqliteCollections, clock: ManualClock, limits: Any, made: Any, deck: str
) -> None:
    studied = started(collections, clock)
    studied.fill(limits, made)
    counts = studied.next(deck).counts

    served: list[int] = []
    states = {"new": 0, "learning": 0, "review": 0}
    while (shown := studied.next(deck).card) is not None:
        served.append(shown.id)
        states["learning" if shown.schedule.state == "relearning" else shown.schedule.state] += 1
        studied.answer(shown.id, Rating.EASY, shown.schedule.review_count)

    assert len(served) == len(set(served))
    assert states == {"new": counts.new, "learning": counts.learning, "review": counts.due}


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(
    made=NOTES,
    ratings=st.lists(st.tuples(st.sampled_from(Rating), st.integers(0, 30)), max_size=15),
)
def test_no_card_is_shown_twice_in_a_row_while_others_wait(
    collections: SqliteCollections, clock: ManualClock, made: Any, ratings: list[tuple[Rating, int]]
) -> None:
    studied = started(collections, clock)
    studied.fill({}, made)
    last = None

    for rating, minutes in ratings:
        found = studied.next("a")
        if found.card is None:
            break
        waiting = found.counts.new + found.counts.due
        assert found.card.id != last or waiting == 0
        studied.answer(found.card.id, rating, found.card.schedule.review_count)
        last = found.card.id
        clock.advance(timedelta(minutes=minutes))


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(made=NOTES, ratings=st.lists(st.sampled_from(Rating), min_size=1, max_size=10))
def test_taking_back_every_review_restores_every_card_exactly(
    collections: SqliteCollections, clock: ManualClock, made: Any, ratings: list[Rating]
) -> None:
    studied = started(collections, clock)
    studied.fill({}, made)
    before, answered = [studied.rows()], []
    for rating in ratings:
        card = studied.next("a").card
        if card is None:
            break
        studied.answer(card.id, rating, card.schedule.review_count)
        answered.append(card.id)
        before.append(studied.rows())

    for card_id in reversed(answered):
        assert studied.rows() == before.pop()
        with collections.writing(OWNER) as collection:
            reviewing.undo(collection, card_id, None)

    assert studied.rows() == before.pop()


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(limits=LIMITS, made=NOTES)
def test_the_list_of_decks_counts_what_each_deck_counts(
    collections: SqliteCollections, clock: ManualClock, limits: Any, made: Any
) -> None:
    studied = started(collections, clock)
    studied.fill(limits, made)

    with collections.reading(OWNER) as collection:
        listed = {deck.id: deck.counts for deck in decks.page(collection, "", 100)}
        single = {deck_id: decks.get(collection, deck_id).counts for deck_id in listed}

    assert listed == single
