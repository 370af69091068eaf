"""What a collection may take at most, and what goes on at that."""

from pathlib import Path

import pytest

from api.collection import cards, decks, starter
from api.collection.cards import CardEdit, NoteEdit
from api.errors import QuotaReached
from api.store import answers, engine
from api.store.answers import Answer
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.store.quota import Purpose
from tests import collecting
from tests.api.store.conftest import OWNER, QUOTA
from tests.clocks import ManualClock
from tests.files import query

PAGE = 4096
TABLES = ("owner", "decks", "notes", "cards", "reviews", "deletions", "answers")


def used(collections: SqliteCollections) -> int:
    with collections.reading(OWNER) as collection:
        return engine.room_used(collection.connection)


def with_quota(
    collections: SqliteCollections, clock: ManualClock, quota: int, slack: int = 4 * PAGE
) -> SqliteCollections:
    return SqliteCollections(collections.path(OWNER).parent, collections.pool, clock, lambda _: True, quota, slack)


def add(collection: Collection, size: int) -> int:
    deck = decks.page(collection, "", 1)[0]
    # Within a tag nobody searches: the text is stored once and not indexed.
    return collecting.add(collection, deck.id, f"x<{'f' * size}>", "").cards[0].id


def rows(path: Path) -> list[list[dict[str, object]]]:
    return [query(path, f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


def test_the_room_used_is_what_the_file_takes_but_for_its_free_pages(collections: SqliteCollections) -> None:
    with collections.writing(OWNER) as collection:
        card = add(collection, 100_000)
    grown = used(collections)
    with collections.writing(OWNER) as collection:
        cards.edit(collection, card, NoteEdit(front="short"), CardEdit())

    (counted,) = query(collections.path(OWNER), "SELECT * FROM pragma_page_count, pragma_freelist_count")
    assert grown == counted["page_count"] * PAGE
    assert used(collections) == grown - counted["freelist_count"] * PAGE <= grown - 96_000


@pytest.mark.parametrize(("less", "is_stored"), [(0, True), (1, False), (PAGE, False)])
def test_a_write_may_take_all_of_the_quota_and_not_a_byte_more(
    collections: SqliteCollections, clock: ManualClock, *, less: int, is_stored: bool
) -> None:
    before = used(collections)
    held = with_quota(collections, clock, before + 4 * PAGE - less)

    try:
        with held.writing(OWNER) as collection:
            add(collection, 4 * PAGE + 2000)  # four pages, and a row that lies where there is room
        refused = None
    except QuotaReached as error:
        refused = (error.used, error.quota)

    assert used(collections) == before + (4 * PAGE if is_stored else 0)
    assert refused == (None if is_stored else (before, before + 4 * PAGE - less))


def test_what_is_refused_leaves_no_row_of_it(collections: SqliteCollections) -> None:
    before = rows(collections.path(OWNER))

    with pytest.raises(QuotaReached), collections.writing(OWNER) as collection:
        deck = decks.create(collection, "Norwegian")
        collecting.add(collection, deck.id, "f" * QUOTA, "")

    assert rows(collections.path(OWNER)) == before


def test_beyond_a_quota_made_smaller_goes_on_what_takes_no_more_room(
    collections: SqliteCollections, clock: ManualClock
) -> None:
    with collections.writing(OWNER) as collection:
        card = add(collection, 100_000)
    held = with_quota(collections, clock, PAGE)

    with held.writing(OWNER) as collection:
        cards.edit(collection, card, NoteEdit(front=f"x<{'g' * 100_000}>"), CardEdit())
    with held.writing(OWNER) as collection:
        cards.edit(collection, card, NoteEdit(front="short"), CardEdit())

    with held.reading(OWNER) as collection:
        assert cards.get(collection, card).fields[0] == "short"


def test_a_new_collection_is_not_held_to_the_quota(collections: SqliteCollections, clock: ManualClock) -> None:
    with_quota(collections, clock, 1).create(8, starter.fill)

    assert collections.path(8).exists()


def test_deleting_goes_beyond_the_quota(collections: SqliteCollections, clock: ManualClock) -> None:
    """Each deletion is noted for a day, and now and then that takes a page."""
    with collections.writing(OWNER) as collection:
        deck = decks.create(collection, "Norwegian")
        collecting.fill(collection, deck.id, [f"{number} {'t' * 100}<{'f' * 600}>" for number in range(200)])
        ids = [card.id for card in cards.page(collection, deck.id, 0, 200)]
    held = with_quota(collections, clock, 1)

    refused = 0
    for card_id in ids:
        try:
            with held.writing(OWNER) as collection:
                cards.delete(collection, card_id)
        except QuotaReached:
            refused += 1
            with held.writing(OWNER, Purpose.REMOVE) as collection:
                cards.delete(collection, card_id)

    assert refused > 0
    with held.reading(OWNER) as collection:
        assert cards.page(collection, deck.id, 0, 1) == []


@pytest.mark.parametrize(
    ("purpose", "more", "beyond"),
    [(Purpose.CHANGE, 0, 0), (Purpose.UNDO, 4, 4), (Purpose.RESTORE, 4, 4), (Purpose.REMOVE, 9, None)],
)
def test_what_takes_something_back_has_the_slack_beside_the_quota(
    collections: SqliteCollections, clock: ManualClock, purpose: Purpose, more: int, beyond: int | None
) -> None:
    held = with_quota(collections, clock, used(collections))

    def take(pages: int) -> None:
        with held.writing(OWNER, purpose) as collection:
            add(collection, pages * PAGE)

    take(more)
    if beyond is not None:
        with pytest.raises(QuotaReached) as refused:
            take(1)
        assert refused.value.slack == beyond * PAGE


@pytest.mark.parametrize(
    ("purpose", "goes_on"), [(Purpose.CHANGE, True), (Purpose.UNDO, True), (Purpose.RESTORE, False)]
)
def test_beyond_the_slack_goes_on_what_needs_no_room_but_nothing_that_can_be_deleted_comes_back(
    collections: SqliteCollections, clock: ManualClock, purpose: Purpose, *, goes_on: bool
) -> None:
    held = with_quota(collections, clock, used(collections) - 5 * PAGE)

    try:
        with held.writing(OWNER, purpose):
            pass
        is_done = True
    except QuotaReached:
        is_done = False

    assert is_done == goes_on


def test_a_kept_answer_takes_little_room_however_long_its_key(collections: SqliteCollections) -> None:
    before = used(collections)

    with collections.writing(OWNER) as collection:
        for number in range(200):
            answers.insert(collection, f"{number:0>255}", Answer("d" * 64, 204, None, b""))

    assert used(collections) - before <= 200 * 300
