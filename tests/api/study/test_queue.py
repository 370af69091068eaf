import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.study.queue import Counts, DeckToday, Part, Today

NOTHING, USUAL = Counts(), Counts(new=20, due=200)


def deck(id: int, name: str, waiting: Counts, studied: Counts = NOTHING, limits: Counts = USUAL) -> DeckToday:
    return DeckToday(id, tuple(name.split("::")), waiting, studied, limits)


@pytest.mark.parametrize(
    ("waiting", "studied", "left"),
    [
        (Counts(108, 0, 0), Counts(), Counts(20, 0, 0)),
        (Counts(5, 0, 0), Counts(), Counts(5, 0, 0)),
        (Counts(108, 3, 0), Counts(new=20), Counts(0, 3, 0)),
        (Counts(108, 0, 0), Counts(new=25), Counts(0, 0, 0)),
        (Counts(0, 0, 300), Counts(due=150), Counts(0, 0, 50)),
        (Counts(0, 500, 0), Counts(new=20, due=200), Counts(0, 500, 0)),
    ],
)
def test_limits_hold_back_new_cards_and_reviews_but_never_learning(
    waiting: Counts, studied: Counts, left: Counts
) -> None:
    assert Today([deck(1, "a", waiting, studied)]).counts[1] == left


def test_a_deck_counts_what_is_below_it_within_its_own_limits() -> None:
    today = Today(
        [
            deck(1, "a", Counts(new=3), limits=Counts(new=10)),
            deck(2, "a::b", Counts(new=50, learning=2), limits=Counts(new=5)),
            deck(3, "a::c", Counts(new=50), limits=Counts(new=5)),
        ]
    )

    assert today.counts == {1: Counts(new=10, learning=2), 2: Counts(new=5, learning=2), 3: Counts(new=5)}


def test_what_was_studied_below_counts_towards_the_limit_above() -> None:
    today = Today(
        [deck(1, "a", Counts(new=9), limits=Counts(new=10)), deck(2, "a::b", Counts(new=9), studied=Counts(new=8))]
    )

    assert today.counts[1] == Counts(new=2)


def test_a_deck_whose_limit_is_reached_serves_nothing_of_what_is_below() -> None:
    today = Today(
        [
            deck(1, "a", Counts(), limits=Counts(new=5)),
            deck(2, "a::b", Counts(new=9), studied=Counts(new=5)),
            deck(3, "a::b::c", Counts(new=9)),
        ]
    )

    assert today.serving(1, "new") == []
    assert today.serving(2, "new") == [2, 3]


def test_decks_below_one_that_is_missing_count_for_the_one_above() -> None:
    today = Today([deck(1, "a", Counts(new=1)), deck(2, "a::b::c", Counts(new=1))])

    assert today.counts[1] == Counts(new=2)
    assert today.serving(1, "new") == [1, 2]


NAMES = ["a", "a::b", "a::b::c", "a::b::d", "a::e", "f"]
NUMBERS = st.integers(0, 6)


@st.composite
def trees(draw: st.DrawFn) -> list[DeckToday]:
    def counts() -> Counts:
        return Counts(new=draw(NUMBERS), learning=draw(NUMBERS), due=draw(NUMBERS))

    names = sorted(draw(st.sets(st.sampled_from(NAMES), min_size=1)))
    return [deck(index, name, counts(), counts(), counts()) for index, name in enumerate(names, 1)]


def study_one(decks: list[DeckToday], id: int, part: Part) -> list[DeckToday]:
    one = Counts(**{part: 1})
    return [
        DeckToday(
            each.id,
            each.levels,
            Counts(each.waiting.new - one.new, each.waiting.learning, each.waiting.due - one.due),
            each.studied + one,
            each.limits,
        )
        if each.id == id
        else each
        for each in decks
    ]


@given(decks=trees(), which=st.integers(0, 100), part=st.sampled_from(["new", "due"]), data=st.data())
def test_in_whichever_order_decks_are_served_as_many_cards_come_as_were_counted(
    decks: list[DeckToday], which: int, part: Part, data: st.DataObject
) -> None:
    root = decks[which % len(decks)].id
    promised = getattr(Today(decks).counts[root], part)

    served = 0
    while open_decks := Today(decks).serving(root, part):
        decks = study_one(decks, data.draw(st.sampled_from(open_decks)), part)
        served += 1

    assert served == promised
