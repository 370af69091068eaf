from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import SearchNotUnderstood
from api.study.schedule import Rating
from api.study.search_language import DEEPEST, MOST_TERMS, parse
from api.study.search_terms import (
    EVERYTHING,
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
    Pattern,
    Query,
    Rated,
    Status,
    Tagged,
    Untagged,
    Wildcard,
)
from api.study.search_tokens import LONGEST, LONGEST_PATTERN

ANY, ONE = Wildcard.ANY, Wildcard.ONE


def text(*parts: str | Wildcard) -> Pattern:
    return Pattern(parts)


def word(*parts: str | Wildcard) -> Contains:
    return Contains(text(*parts))


A, B, C = word("a"), word("b"), word("c")


@pytest.mark.parametrize("search", ["", "  ", "\t\n", "\u3000"])
def test_a_search_without_terms_finds_everything(search: str) -> None:
    assert parse(search) == EVERYTHING


@pytest.mark.parametrize(
    ("search", "query"),
    [
        ("a b", AllOf((A, B))),
        ("a and b", AllOf((A, B))),
        ("a or b", AnyOf((A, B))),
        ("a OR b AND c", AnyOf((A, AllOf((B, C))))),
        ("a b or c", AnyOf((AllOf((A, B)), C))),
        ("(a or b) c", AllOf((AnyOf((A, B)), C))),
        ("a(b)c", AllOf((A, B, C))),
        ("-a b", AllOf((Not(A), B))),
        ("-a or b", AnyOf((Not(A), B))),
        ("-(a b)", Not(AllOf((A, B)))),
        ('-"a b"', Not(word("a b"))),
        ("((a))", A),
        ('a "or" b', AllOf((A, word("or"), B))),
        ("oracle orb", AllOf((word("oracle"), word("orb")))),
    ],
)
def test_a_minus_binds_more_than_and_and_that_more_than_or(search: str, query: Query) -> None:
    assert parse(search) == query


@pytest.mark.parametrize(
    ("search", "query"),
    [
        ("Hund", word("hund")),
        ("STRASSE straße", AllOf((word("strasse"), word("strasse")))),
        ("e\u0301t\u00e9", word("\u00e9t\u00e9")),
        ('"a  phrase\n(of) -words"', word("a phrase (of) -words")),
        ("well-known", word("well-known")),
        ("d*g", word("d", ANY, "g")),
        ("d**g_", word("d", ANY, "g", ONE)),
        ('"d_g s"', word("d", ONE, "g s")),
        (r"\*\_\"\:\-\(\)\\", word('*_":-()\\')),
        (r'"say \"a\" \\"', word('say "a" \\')),
        (r"10\:30", word("10:30")),
        ('"a""b"', AllOf((A, B))),
        ('a"b"', AllOf((A, B))),
    ],
)
def test_words_are_folded_and_may_have_wildcards(search: str, query: Query) -> None:
    assert parse(search) == query


@pytest.mark.parametrize(
    ("search", "query"),
    [
        ("deck:French", InDeck(text("french"))),
        ("DECK:a::b", InDeck(text("a::b"))),
        ('deck:"my deck"', InDeck(text("my deck"))),
        ('"deck:my deck"', InDeck(text("my deck"))),
        ("deck:*words", InDeck(text(ANY, "words"))),
        ("tag:Verb", Tagged(text("verb"))),
        ("tag:x::*", Tagged(text("x::", ANY))),
        ("tag:none", Untagged()),
        ("tag:NONE", Untagged()),
        ("tag:none*", Tagged(text("none", ANY))),
        ('note:"Basic (and reversed card)"', OfNoteType(text("basic (and reversed card)"))),
        ("card:2", FromTemplate(2)),
        ("is:due", Is(Status.DUE)),
        ("IS:New", Is(Status.NEW)),
        ("flag:0", Flagged(0)),
        ("flag:7", Flagged(7)),
        ("added:1", Added(1)),
        ("rated:7", Rated(7)),
        ("rated:7:1", Rated(7, Rating.AGAIN)),
        ("rated:7:4", Rated(7, Rating.EASY)),
        ("introduced:365", Introduced(365)),
        ("nid:5", NoteIds((5,))),
        ("cid:5,7", CardIds((5, 7))),
        ("cid:9007199254740991", CardIds((2**53 - 1,))),
        ("-tag:x", Not(Tagged(text("x")))),
    ],
)
def test_keywords_say_what_a_term_is_about(search: str, query: Query) -> None:
    assert parse(search) == query


@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_word(status: Status) -> None:
    assert parse(f"is:{status}") == Is(status)


@pytest.mark.parametrize(
    ("search", "query"),
    [
        ("a Front:Dog", AllOf((A, FieldIs("front", text("dog"), 2)))),
        ("front:*dog*", FieldIs("front", text(ANY, "dog", ANY), 0)),
        ("front:", FieldIs("front", text(), 0)),
        ('"back extra:a dog"', FieldIs("back extra", text("a dog"), 0)),
        ("front:a:b", FieldIs("front", text("a:b"), 0)),
        (r"a\:b:c", FieldIs("a:b", text("c"), 0)),
    ],
)
def test_a_word_before_a_colon_that_is_no_keyword_is_the_name_of_a_field(search: str, query: Query) -> None:
    assert parse(search) == query


@pytest.mark.parametrize(
    ("search", "position", "reason"),
    [
        ("(a", 0, "this parenthesis is never closed"),
        ("a (b (c)", 2, "this parenthesis is never closed"),
        ("(", 0, "this parenthesis is never closed"),
        ("a)", 1, "this parenthesis closes none"),
        (")", 0, "this parenthesis closes none"),
        ("a ()", 2, "nothing is within this parenthesis"),
        ('a "b', 2, "this quote is never closed"),
        ('a"b', 1, "this quote is never closed"),
        ('deck:"b', 5, "this quote is never closed"),
        ('""', 0, "nothing is between these quotes"),
        ("a or", 2, 'both sides of "or"'),
        ("OR a", 0, 'both sides of "OR"'),
        ("a or or b", 2, 'both sides of "or"'),
        ("(a or) b", 3, 'both sides of "or"'),
        ("a and", 2, 'both sides of "and"'),
        ("a -", 2, "follows a minus"),
        ("- a", 0, "follows a minus"),
        ("--a", 0, "follows a minus"),
        ("(-) a", 1, "follows a minus"),
        ("-or a", 0, "follows a minus"),
        ("a\\", 1, "nothing follows this backslash"),
        (r"ab\n", 2, r"\n means nothing"),
        (r'"ab \ c"', 4, r"\  means nothing"),
        ("a\x00b", 1, "not text"),
        ("a\x1fb", 1, "not text"),
        ("a \ud800", 2, "not text"),
        ("tag:", 4, "tag: nothing follows the colon"),
        ("a deck:", 7, "deck: nothing follows the colon"),
        ('deck:""', 5, "deck: nothing follows the colon"),
        ("note:", 5, "note: nothing follows the colon"),
        ("is:", 3, "is: nothing follows the colon"),
        ("is:lost", 3, "is: can be new, learn, review, due, suspended, buried"),
        ("flag:8", 5, 'flag: "8" is not a number from 0 to 7'),
        ("flag:-1", 5, 'flag: "-1" is not'),
        ("flag:red", 5, 'flag: "red" is not'),
        ("added:0", 6, 'added: "0" is not a number from 1 to 36500'),
        ("added:36501", 6, 'added: "36501" is not'),
        ("added:\u0663", 6, "is not a number"),
        ("rated:", 6, "rated: nothing follows the colon"),
        ("rated:1:5", 6, 'rated: "5" is not a number from 1 to 4'),
        ("rated:1:", 6, 'rated: "" is not a number from 1 to 4'),
        ("rated:1:2:3", 6, 'rated: "2:3" is not'),
        ("introduced:x", 11, 'introduced: "x" is not'),
        ("card:0", 5, 'card: "0" is not a number from 1'),
        ("card:Forward", 5, 'card: "Forward" is not'),
        ("nid:1,,2", 4, 'nid: "" is not'),
        ("cid:9007199254740992", 4, "is not a number from 1 to 9007199254740991"),
        (":a", 0, '":" is not understood'),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands(search: str, position: int, reason: str) -> None:
    with pytest.raises(SearchNotUnderstood) as refusal:
        parse(search)

    assert refusal.value.position == position
    assert reason in refusal.value.reason


KEYWORDS = "deck:, tag:, note:, card:, is:, flag:, added:, rated:, introduced:, nid:, cid: and the names of fields"


@pytest.mark.parametrize(
    "keyword", ["re", "prop", "dupe", "edited", "resched", "preset", "has-cd", "nc", "sc", "w", "did", "mid", "PROP"]
)
def test_a_keyword_of_anki_that_is_not_understood_is_named_with_those_that_are(keyword: str) -> None:
    with pytest.raises(SearchNotUnderstood) as refusal:
        parse(f"a {keyword}:1")

    assert refusal.value.position == 2
    assert f'"{keyword}:" is not understood; there are {KEYWORDS}' in refusal.value.reason


def nested(depth: int) -> str:
    return "(" * depth + "a" + ")" * depth


@pytest.mark.parametrize(
    ("longest", "too_long"),
    [
        ("a" * LONGEST, "a" * (LONGEST + 1)),
        ("a" * (LONGEST_PATTERN - 1) + "*", "a" * LONGEST_PATTERN + "*"),
        ("\\*" * LONGEST_PATTERN, "\\*" * LONGEST_PATTERN + "_"),
        ("a " * MOST_TERMS, "a " * (MOST_TERMS + 1)),
        (nested(DEEPEST), nested(DEEPEST + 1)),
        (f"{nested(DEEPEST)} " * 2, "(" * LONGEST),
    ],
)
def test_searches_are_bounded(longest: str, too_long: str) -> None:
    parse(longest)

    with pytest.raises(SearchNotUnderstood):
        parse(too_long)


def refusal_of(search: str) -> SearchNotUnderstood | None:
    try:
        parse(search)
    except SearchNotUnderstood as refusal:
        return refusal
    return None


@settings(max_examples=300)
@given(st.text(st.sampled_from('ab*_"-:\\() \tor') | st.characters(), max_size=40))
def test_every_text_is_read_or_refused_within_it(search: str) -> None:
    refusal = refusal_of(search)

    assert refusal is None or (0 <= refusal.position <= len(search) and refusal.reason)


def written(query: Any) -> str:
    """Write a query as it would be typed, with all its parentheses."""
    match query:
        case AllOf(queries):
            return f"({' '.join(map(written, queries))})"
        case AnyOf(queries):
            return f"({' or '.join(map(written, queries))})"
        case Not(of):
            return f"-{written(of)}"
    return "".join(part if isinstance(part, str) else part.value for part in query.pattern.parts)


def combined(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    positive = inner.filter(lambda query: not isinstance(query, Not))
    return several.map(AllOf) | several.map(AnyOf) | positive.map(Not)


@settings(max_examples=100)
@given(st.recursive(st.sampled_from([A, B, C, word("d", ANY)]), combined, max_leaves=10))
def test_what_is_written_with_all_parentheses_is_read_as_it_is_meant(query: Query) -> None:
    assert parse(written(query)) == query


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        (text("a"), ["a"], ["", "ab", "b"]),
        (text("a", ANY), ["a", "ab", "a\nb"], ["ba", ""]),
        (text(ANY, "a"), ["a", "ba"], ["ab"]),
        (text("a", ONE), ["ab"], ["a", "abc"]),
        (text("[a]?", ANY), ["[a]?", "[a]?b"], ["ab", "a"]),
        (text(), [""], ["a"]),
    ],
)
def test_a_pattern_is_compared_with_a_whole_text(pattern: Pattern, matching: list[str], other: list[str]) -> None:
    assert all(pattern.matches(found) for found in matching)
    assert not any(pattern.matches(found) for found in other)
