"""What statistics read from the rows is what a record kept beside them tells."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.collection import cards, decks, notes, reviewing, statistics
from api.store import cards as card_rows
from api.store import reviews, statements
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.study.preferences import Preferences
from api.study.schedule import Rating, Schedule, State
from tests import collecting
from tests.api.store.conftest import OWNER

# In Europe, clocks go forward a week later; in Nepal they are 45 minutes past an hour.
START = datetime(2027, 3, 21, 2, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "answer", "answer", "answer", "undo", "delete"]),
        st.integers(0, 3),
        st.sampled_from(Rating),
        st.integers(0, 80).map(lambda quarters: timedelta(minutes=15 * quarters)),
    ),
    max_size=16,
)


@dataclass
class Life:
    """Where one card stood, from when on; None once it is deleted. Answers that were taken back never were."""

    card_id: int
    stands: list[tuple[datetime, State | None]]
    answered: list[datetime] = field(default_factory=list)

    def at(self, instant: datetime) -> State | None:
        return next((state for since, state in reversed(self.stands) if since < instant), None)


@dataclass
class Lives:
    """Cards that are studied, and the record of it."""

    collection: Collection
    deck_id: int
    lives: list[Life] = field(default_factory=list)

    def step(self, action: str, which: int, rating: Rating) -> None:
        living = [life for life in self.lives if life.stands[-1][1] is not None]
        if action == "add":
            self._add()
        elif living:
            life = living[which % len(living)]
            if action == "answer":
                self._answer(life, rating)
            elif action == "delete":
                cards.delete(self.collection, life.card_id)
                life.stands.append((self.collection.now, None))
            elif life.answered:
                reviewing.undo(self.collection, life.card_id, None)
                life.answered.pop()
                life.stands.pop()

    def _add(self) -> None:
        added = notes.add(self.collection, self.deck_id, collecting.basic(f"card {len(self.lives)}"))
        self.lives.append(Life(added.cards[0].id, [(self.collection.now, State.NEW)]))

    def _answer(self, life: Life, rating: Rating) -> None:
        count = cards.get(self.collection, life.card_id).schedule.review_count
        card, _ = reviewing.review(self.collection, life.card_id, rating, 7, count)
        life.answered.append(self.collection.now)
        life.stands.append((self.collection.now, card.schedule.state))

    def counts_at(self, instant: datetime) -> Counter[State]:
        return Counter(state for life in self.lives if (state := life.at(instant)) is not None)


def replayed(collection: Collection, zone: str, steps: Iterable[tuple[str, int, Rating, timedelta]]) -> Lives:
    collection.now = START
    collection.prefer(Preferences(time_zone=zone))
    replayed = Lives(collection, decks.create(collection, f"a {collection.new_id()}").id)
    for action, which, rating, wait in steps:
        collection.now += wait
        replayed.step(action, which, rating)
    return replayed


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(zone=st.sampled_from(["UTC", "Asia/Kathmandu", "Europe/Lisbon"]), steps=STEPS, length=st.integers(1, 20))
def test_each_day_ends_and_is_studied_as_it_was(
    collections: SqliteCollections, zone: str, steps: list[tuple[str, int, Rating, timedelta]], length: int
) -> None:
    with collections.writing(OWNER) as collection:
        lives = replayed(collection, zone, steps)
        stood = statistics.cards(collection, lives.deck_id, length)
        studied = statistics.reviews(collection, lives.deck_id, length)

    calendar, days = stood.period.calendar, stood.period.days
    answered = Counter(calendar.day_of(instant) for life in lives.lives for instant in life.answered)
    assert [+Counter(states) for states in stood.states] == [
        lives.counts_at(calendar.start_of(day + 1)) for day in days
    ]
    assert [sum(tally.reviews.values()) for tally in studied.days] == [answered[day] for day in days]
    assert studied.total.time_ms == 7 * sum(answered[day] for day in days)


def brought(collection: Collection, reviewed_before: timedelta) -> int:
    """Add a learnt card with a review from before it was here."""
    deck = decks.create(collection, "brought")
    card = notes.add(collection, deck.id, collecting.basic("brought")).cards[0]
    learnt = Schedule(State.REVIEW, due_day=collection.today + 5, reviewed_at=collection.now, review_count=1)
    card_rows.reschedule(collection, card.id, learnt)
    now, collection.now = collection.now, collection.now - reviewed_before
    reviews.insert(collection, card.id, Rating.GOOD, 1, Schedule(), ())
    collection.now = now
    return deck.id


def test_a_card_that_came_with_reviews_was_not_here_before_it_came(collections: SqliteCollections) -> None:
    with collections.writing(OWNER) as collection:
        deck_id = brought(collection, timedelta(days=2))
        stood = statistics.cards(collection, deck_id, 4).states
        studied = statistics.reviews(collection, deck_id, 4).days

    assert [+Counter(states) for states in stood] == [{}, {}, {}, {State.REVIEW: 1}]
    assert [tally.reviews[State.NEW] for tally in studied] == [0, 1, 0, 0]


def test_the_first_review_of_an_added_card_is_found_by_the_card(collections: SqliteCollections) -> None:
    text = (statements.FOLDER / "statistics.sql").read_text("utf-8")
    body = text.partition("-- name: additions_by_quarter")[2].partition("\n")[2].partition(";")[0]

    with collections.reading(OWNER) as collection:
        values = dict.fromkeys(re.findall(r":(\w+)", body), 1)
        plan = [row["detail"] for row in collection.connection.execute("EXPLAIN QUERY PLAN " + body, values)]

    # Found by its time, every review would be looked at for every card.
    assert [detail for detail in plan if " reviews " in detail] == [
        "SEARCH reviews USING INDEX reviews_by_card (user_id=? AND card_id=?)"
    ]
