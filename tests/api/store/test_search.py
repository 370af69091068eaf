"""Searches in a small collection (`searched.py`), each as a fact, and all against the same search in Python."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import SearchNotUnderstood
from api.store import cards, decks, note_types, notes, search
from api.store.collection import Collection
from api.store.collections import SqliteCollections
from api.store.pool import Pool
from api.store.search import Sort
from api.store.write_lock import Patience
from api.study import search_terms as terms
from api.study.folding import folded
from api.study.schedule import Rating
from api.study.search_language import parse
from api.study.search_terms import Pattern, Query, Status, Wildcard
from tests.api.store import searched
from tests.api.store.conftest import OWNER
from tests.api.store.searched import BASIC, Entry
from tests.clocks import ManualClock

QUOTA = 20 * 1024**2
ALL = ["Hund", "Katt", "Straße", "Haus", "Haus 2", "Vogel", 'Der "Baum"', "Bil"]


@contextmanager
def opened(folder: Path) -> Iterator[Collection]:
    """Make an empty collection, and open it."""
    with closing(Pool(1, Patience(0.2))) as pool:
        collections = SqliteCollections(folder, pool, ManualClock(), lambda _: True, QUOTA)
        collections.create(OWNER, lambda _: None)
        with collections.writing(OWNER) as collection:
            yield collection


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with opened(tmp_path_factory.mktemp("searched")) as collection:
        searched.fill(collection)
        yield collection


def ids(collection: Collection, query: Query, sort: Sort = Sort.OLDEST) -> list[int]:
    return [card_id for _, card_id in search.ids(collection, query, sort, None, 1000)]


def expected(collection: Collection, query: Query) -> list[int]:
    everything = ids(collection, terms.EVERYTHING)
    return [card_id for card_id in everything if searched.holds(query, searched.seen(collection, card_id))]


def found(collection: Collection, text: str, sort: Sort = Sort.OLDEST) -> list[str]:
    return [searched.seen(collection, card_id).label for card_id in ids(collection, parse(text), sort)]


@pytest.mark.parametrize(
    ("text", "fronts"),
    [
        ("", ALL),
        ("*", ALL),
        ("hund", ["Hund"]),
        ("UND", ["Hund"]),
        ("strasse", ["Straße"]),
        ("cat mouse", ["Katt"]),
        ('"cat & mouse"', ["Katt"]),
        ("amp;", []),
        ("div", []),
        ("-hund -haus", ["Katt", "Straße", "Vogel", 'Der "Baum"', "Bil"]),
        ("hund or bil", ["Hund", "Bil"]),
        ("(hund or bil) -dog", ["Bil"]),
        ("hu", ["Hund"]),
        ("h*d", ["Hund"]),
        ("h_nd", ["Hund"]),
        ("h_d", []),
        ("100%", ["Straße"]),
        ("%", ["Straße"]),
        (r"street\_name", ["Straße"]),
        (r"a\_", []),
        (r"house\*", ["Haus", "Haus 2"]),
        (r"\"baum\"", ['Der "Baum"']),
        ("gone", []),
    ],
)
def test_words_are_looked_for_in_the_visible_text_of_all_fields(
    collection: Collection, text: str, fronts: list[str]
) -> None:
    assert found(collection, text) == fronts


@pytest.mark.parametrize(
    ("text", "fronts"),
    [
        ("front:hund", ["Hund"]),
        ("FRONT:Hund", ["Hund"]),
        ("front:hun", []),
        ("front:hun*", ["Hund"]),
        ("front:*u*d", ["Hund"]),
        ("front:_und", ["Hund"]),
        ("front:dog", []),
        ("back:dog", ["Hund"]),
        ("back:tree", ['Der "Baum"']),
        ("front:*baum*", ['Der "Baum"']),
        ("front:tree", []),
        ("back:*", ALL),
        ("hint:", ['Der "Baum"']),
        ("hint:_*", []),
        ("-hint:", ALL[:6] + ALL[7:]),
        ("front:", []),
        ("front:haus or back:bird", ["Haus", "Haus 2", "Vogel"]),
        ("-front:h*", ["Katt", "Straße", "Vogel", 'Der "Baum"', "Bil"]),
    ],
)
def test_a_field_is_compared_whole(collection: Collection, text: str, fronts: list[str]) -> None:
    assert found(collection, text) == fronts


@pytest.mark.parametrize(
    ("text", "fronts"),
    [
        ("deck:norwegian", ["Hund", "Katt"]),
        ("deck:Norwegian::animals", ["Katt"]),
        ("deck:norwegian::*", ["Katt"]),
        ("deck:*animals", ["Katt"]),
        ("deck:norw*", ["Hund", "Katt", "Haus", "Haus 2"]),
        ('deck:"my deck"', ["Straße"]),
        ("deck:my_deck", ["Straße"]),
        ("deck:norwegia", []),
        ("deck:animals", []),
        ("-deck:german", ["Hund", "Katt", "Straße", "Haus", "Haus 2"]),
        ("tag:animal", ["Hund", "Katt"]),
        ("tag:animal::pet", ["Hund"]),
        ("tag:animal*", ["Hund", "Katt", "Haus", "Haus 2"]),
        ("tag:*pet", ["Hund"]),
        ("tag:pet", []),
        ("tag:verb", ["Vogel"]),
        ("tag:äNDERUNG", ['Der "Baum"']),
        ("tag:none", ["Straße", "Bil"]),
        ("-tag:none -tag:animals", ["Hund", "Katt", "Vogel", 'Der "Baum"']),
        ("note:basic", ["Hund", "Katt", "Straße", "Vogel", "Bil"]),
        ("note:basic*", ["Hund", "Katt", "Straße", "Haus", "Haus 2", "Vogel", "Bil"]),
        ('note:"SATZ übung"', ['Der "Baum"']),
        ("note:nothing", []),
        ("-note:nothing", ALL),
        ("card:2", ["Haus 2"]),
        ("card:1 haus", ["Haus"]),
    ],
)
def test_decks_tags_note_types_and_templates_are_called_by_name_or_number(
    collection: Collection, text: str, fronts: list[str]
) -> None:
    assert found(collection, text) == fronts


@pytest.mark.parametrize(
    ("text", "fronts"),
    [
        ("is:new", ["Katt", "Haus", "Haus 2"]),
        ("is:learn", ["Straße", 'Der "Baum"']),
        ("is:review", ["Hund", "Vogel", 'Der "Baum"', "Bil"]),
        ("is:learn is:review", ['Der "Baum"']),
        ("is:due", ["Hund", "Straße"]),
        ("-is:due is:review", ["Vogel", 'Der "Baum"', "Bil"]),
        ("is:suspended", ["Haus 2"]),
        ("is:buried", ["Vogel"]),
        ("-is:buried deck:german", ['Der "Baum"', "Bil"]),
        ("flag:3", ["Straße"]),
        ("flag:0 -deck:german", ["Hund", "Katt", "Haus"]),
        ("-flag:0", ["Straße", "Haus 2"]),
    ],
)
def test_a_card_is_found_by_how_it_stands(collection: Collection, text: str, fronts: list[str]) -> None:
    assert found(collection, text) == fronts


@pytest.mark.parametrize(
    ("text", "fronts"),
    [
        ("added:1", ["Vogel", 'Der "Baum"', "Bil"]),
        ("added:2", ["Straße", "Haus", "Haus 2", "Vogel", 'Der "Baum"', "Bil"]),
        ("-added:3", ["Hund"]),
        ("added:11", ALL),
        ("rated:1", ["Straße", 'Der "Baum"']),
        ("rated:1:2", ['Der "Baum"']),
        ("rated:2", ["Hund", "Straße", 'Der "Baum"']),
        ("rated:2:1", ["Hund"]),
        ("rated:2:3", ["Straße"]),
        ("rated:36500:4", []),
        ("introduced:1", ["Straße", 'Der "Baum"']),
        ("introduced:9", ["Straße", 'Der "Baum"']),
        ("introduced:10", ["Hund", "Straße", 'Der "Baum"']),
        ("-introduced:36500", ["Katt", "Haus", "Haus 2", "Vogel", "Bil"]),
    ],
)
def test_a_card_is_found_by_when_it_was_added_and_answered(
    collection: Collection, text: str, fronts: list[str]
) -> None:
    assert found(collection, text) == fronts


def test_cards_are_found_by_their_ids_and_those_of_their_notes(collection: Collection) -> None:
    haus, other = ids(collection, parse("haus"))
    note_id = searched.seen(collection, haus).card.note_id

    assert found(collection, f"cid:{haus},1,{other}") == ["Haus", "Haus 2"]
    assert found(collection, f"nid:{note_id}") == ["Haus", "Haus 2"]
    assert found(collection, f"nid:{note_id} -cid:{haus}") == ["Haus 2"]


def test_a_field_that_no_note_type_has_is_refused_with_what_there_is(collection: Collection) -> None:
    with pytest.raises(
        SearchNotUnderstood, match=r'"colour:" is not understood; there are deck:.* names of fields'
    ) as e:
        found(collection, "hund or -(colour:red)")

    assert e.value.position == 10


@pytest.mark.parametrize(
    ("sort", "fronts"),
    [
        (Sort.OLDEST, ALL),
        (Sort.ADDED, ALL[::-1]),
        (Sort.DUE, ["Hund", "Vogel", "Straße", 'Der "Baum"', "Bil", "Katt", "Haus", "Haus 2"]),
    ],
)
def test_what_is_found_comes_in_the_order_asked_for(collection: Collection, sort: Sort, fronts: list[str]) -> None:
    assert found(collection, "", sort) == fronts
    assert found(collection, "a*", sort) == [front for front in fronts if front in found(collection, "a*")]


HOSTILE = [
    "'; DROP TABLE cards; --",
    "' OR 1=1 --",
    '" OR "katt',
    "hund' OR '1'='1",
    ":value_1",
    ":user_id",
    'katt" OR sought:"hund',
    "NEAR(hund katt)",
    "hund* AND ^katt",
    "{notes}",
    "%s",
    "\\",
    "''",
    '""""',
    "?1",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with opened(tmp_path_factory.mktemp("hostile")) as collection:
        basic = note_types.insert(collection, BASIC)
        for text in HOSTILE:
            searched.add(collection, Entry((text, "katt"), text, (text,)), basic.id)
        yield collection


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "term",
    [terms.Contains, terms.Tagged, terms.InDeck, terms.OfNoteType, lambda pattern: terms.FieldIs("front", pattern, 0)],
)
def test_what_a_search_says_is_never_sql(hostile: Collection, text: str, term: Callable[[Pattern], Query]) -> None:
    query = term(Pattern((folded(text),)))

    assert ids(hostile, query) == expected(hostile, query)
    assert ids(hostile, terms.Not(query)) == expected(hostile, terms.Not(query))


PIECES = st.sampled_from(
    [
        "hund",
        "und",
        "dog",
        "a",
        "s",
        "us",
        "%",
        "_",
        "\\",
        '"',
        " ",
        "ss",
        "ä",
        "animal",
        "::",
        "pet",
        "norwegian",
        "\n",
    ]
)
PATTERNS = st.lists(PIECES | st.sampled_from(Wildcard), min_size=1, max_size=4).map(lambda parts: Pattern(tuple(parts)))
DAYS = st.integers(1, 12)
TERMS: st.SearchStrategy[Query] = st.one_of(
    PATTERNS.map(terms.Contains),
    PATTERNS.map(terms.InDeck),
    PATTERNS.map(terms.Tagged),
    PATTERNS.map(terms.OfNoteType),
    st.builds(terms.FieldIs, st.sampled_from(["front", "back", "hint"]), PATTERNS, st.just(0)),
    st.sampled_from(Status).map(terms.Is),
    st.integers(0, 7).map(terms.Flagged),
    st.integers(1, 3).map(terms.FromTemplate),
    DAYS.map(terms.Added),
    DAYS.map(terms.Introduced),
    st.builds(terms.Rated, DAYS, st.none() | st.sampled_from(Rating)),
    st.just(terms.Untagged()),
)


def combined(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return several.map(terms.AllOf) | several.map(terms.AnyOf) | inner.map(terms.Not)


@settings(max_examples=200, deadline=None)
@given(query=st.recursive(TERMS, combined, max_leaves=6), sort=st.sampled_from(Sort))
def test_sql_finds_what_the_search_says(collection: Collection, query: Query, sort: Sort) -> None:
    assert sorted(ids(collection, query, sort)) == expected(collection, query)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("text", ["", "a*", "deck:norwegian or deck:german"])
def test_paging_shows_every_card_once_while_others_are_added(tmp_path: Path, sort: Sort, text: str) -> None:
    with opened(tmp_path) as collection:
        searched.fill(collection)
        before, shown, after = ids(collection, parse(text)), [], None
        basic = note_types.every(collection)[0]
        while page := search.ids(collection, parse(text), sort, after, 2):
            shown += page
            after, collection.change = page[-1], collection.change + 1
            if len(shown) < 20:
                searched.add(collection, Entry(("a new one", "back"), "Norwegian"), basic.id)

    assert shown == sorted(set(shown), reverse=sort in (Sort.ADDED, Sort.CHANGED))
    assert set(before) <= {card_id for _, card_id in shown}


def steps(collection: Collection, text: str, sort: Sort) -> int:
    """Count what SQLite does to find the first page, in steps of its own, a hundred at a time."""
    counted: list[None] = []
    query = parse(text)
    collection.connection.set_progress_handler(lambda: counted.append(None), 100)
    search.ids(collection, query, sort, None, 10)
    collection.connection.set_progress_handler(None, 100)
    return len(counted)


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Collection]]:
    with opened(tmp_path_factory.mktemp("small")) as small, opened(tmp_path_factory.mktemp("large")) as large:
        for collection, count in ((small, 100), (large, 1000)):
            fill_with(collection, count)
        yield [small, large]


def fill_with(collection: Collection, count: int) -> None:
    """Add notes of which the first three are like no other."""
    basic = note_types.insert(collection, BASIC)
    deck = decks.insert(collection, "Deck", "deck")
    for number in range(count):
        kind = "rare" if number < 3 else "common"
        note_id = notes.insert(collection, basic.id, (f"{kind} {number}", "the back"), (kind,), 0)
        cards.insert(collection, note_id, deck.id, 0)


@pytest.mark.parametrize("sort", [Sort.ADDED, Sort.CHANGED])
@pytest.mark.parametrize("text", ["", "rare", "rare -the", "tag:rare", "rare or tag:rare", "is:new"])
def test_a_page_takes_as_long_in_a_large_collection_as_in_a_small_one(
    sizes: list[Collection], text: str, sort: Sort
) -> None:
    small, large = (steps(collection, text, sort) for collection in sizes)

    assert large <= 2 * small + 5
