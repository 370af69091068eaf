"""However somebody goes about it, their collection stays within quota and slack, but for what deleting needs."""

import random

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.collection import answering, cards, reviewing, trash
from api.collection.cards import CardEdit, NoteEdit
from api.errors import CardNotFound, DeletionNotFound, NothingToUndo, QuotaReached
from api.store.answers import Answer
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.store.quota import Purpose
from api.study.schedule import Rating
from auth import encoding
from tests.api.store.conftest import OWNER
from tests.api.store.test_quota import PAGE, add, rows, used, with_quota
from tests.clocks import ManualClock

VERBS = {
    "add": Purpose.CHANGE,
    "edit": Purpose.CHANGE,
    "review": Purpose.CHANGE,
    "undo": Purpose.UNDO,
    "restore": Purpose.RESTORE,
    "delete": Purpose.REMOVE,
}
BEGUN = 12 * PAGE
"""A page that is not full yet, of each table and index that a deletion writes to."""
PER_CARD = 400
"""What deleting one with a key keeps for a day: its deletion with a short title, and an empty answer."""
REFUSALS = (QuotaReached, CardNotFound, NothingToUndo, DeletionNotFound)


def act(collection: Collection, verb: str, card: int, size: int) -> int:
    """Do one of the verbs, and return the id of the card that it is about."""
    if verb == "add":
        return add(collection, size)
    if verb == "edit":
        cards.edit(collection, card, NoteEdit(front="g" * size), CardEdit())
    elif verb == "review":
        reviewing.review(collection, card, Rating.AGAIN, 1, cards.get(collection, card).schedule.review_count)
    elif verb == "undo":
        reviewing.undo(collection, card, None)
    elif verb == "restore":
        trash.restore(collection, next((deletion.id for deletion in trash.page(collection, 2**53, 1)), 0))
    else:
        cards.delete(collection, card)
    return card


def write(held: SqliteCollections, verb: str, key: str | None, card: int, size: int) -> int:
    """Do it as a request does: with a key, an answer is kept that shows the card, but for one that deletes."""
    done = card
    with held.writing(OWNER, VERBS[verb]) as collection:

        def answer() -> Answer:
            nonlocal done
            done = act(collection, verb, card, size)
            return Answer(verb, 200, None, b"" if verb == "delete" else random.Random(size).randbytes(size))

        answering.once(collection, key, verb, answer)
    return done


WAYS = [["add"], ["edit"], ["review", "undo"], ["delete", "restore"], ["delete"]]
KEYED = [[], ["undo", "delete"], list(VERBS)]
SIZES = [9, 2 * PAGE, 5 * PAGE]
ROUNDS = st.lists(
    st.tuples(st.sampled_from(WAYS), st.sampled_from(KEYED), st.integers(0, 2), st.sampled_from(SIZES)),
    min_size=5,
    max_size=9,
)
"""What is done five times over, what of it with an answer kept, to which card, and of which size."""


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spare=st.integers(1, 8), rounds=ROUNDS)
def test_whatever_is_written_with_or_without_keys_quota_and_slack_hold_and_a_refusal_changes_nothing(
    collections: SqliteCollections,
    clock: ManualClock,
    spare: int,
    rounds: list[tuple[list[str], list[str], int, int]],
) -> None:
    known = [write(with_quota(collections, clock, 2**40), "add", None, 0, PAGE)]
    quota = used(collections) + spare * PAGE
    limit = quota + 4 * PAGE
    held = with_quota(collections, clock, quota)
    steps = [(verb, keyed, which, size) for way, keyed, which, size in rounds for verb in way * 5]

    for verb, keyed, which, size in steps:
        before, stored = used(collections), rows(collections.path(OWNER))
        try:
            key = encoding.random_id() if verb in keyed else None
            done = write(held, verb, key, known[which % len(known)], size)
        except REFUSALS:
            assert rows(collections.path(OWNER)) == stored
            continue
        known += [done] if verb == "add" else []

        bounds = {Purpose.CHANGE: max(before, quota), Purpose.UNDO: max(before, limit), Purpose.RESTORE: limit}
        assert used(collections) <= bounds.get(VERBS[verb], limit + BEGUN + len(known) * PER_CARD)
