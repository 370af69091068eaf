import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.study import cloze

NESTED = "{{c1::Canberra was {{c2::founded::verb}}}} in {{c3::1913}}"

PIECES = ("{{c1::", "{{c2::", "{{c1,3::", "{{c0::", "::", "}}", "{{", "}", "a", "é")
texts = st.lists(st.sampled_from(PIECES), max_size=15).map("".join)

ACTS: dict[str, Callable[[str], object]] = {
    "numbers": cloze.numbers,
    "question": lambda text: cloze.question(text, 1),
    "answer": lambda text: cloze.answer(text, 1),
    "deleted": lambda text: cloze.deleted(text, 1),
    "without_deletions": cloze.without_deletions,
}


def marked(text: str) -> str:
    return f'<span class="cloze">{text}</span>'


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("none", set()),
        ("{{c1::a}} {{c2::b}} {{c1::c}}", {1, 2}),
        (NESTED, {1, 2, 3}),
        ("{{c1,3::a}}", {1, 3}),
        ("{{c1::a", set()),
        ("{{c1::a {{c2::b}}", {2}),
        ("{{c0::a}} {{c501::b}} {{c1000::c}} {{c500::d}} {{c٣::e}}", {500}),
        ("{{c::a}} {{C1::a}} {{c1:a}} {{c 1::a}} {{c,1::a}}", set()),
    ],
)
def test_deletions_are_numbered_from_1_to_500(text: str, numbers: set[int]) -> None:
    assert cloze.numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "number", "question", "answer"),
    [
        ("{{c1::Oslo}} in {{c2::Norway}}", 1, marked("[...]") + " in Norway", marked("Oslo") + " in Norway"),
        ("{{c1::Oslo}} in {{c2::Norway::land}}", 2, "Oslo in " + marked("[land]"), "Oslo in " + marked("Norway")),
        ("{{c1::a::}}", 1, marked("[...]"), marked("a")),
        ("{{c1::a::b::c}}", 1, marked("[b::c]"), marked("a")),
        ("{{c1,3::x}}", 3, marked("[...]"), marked("x")),
        (NESTED, 1, marked("[...]") + " in 1913", marked("Canberra was founded") + " in 1913"),
        (NESTED, 2, "Canberra was " + marked("[verb]") + " in 1913", "Canberra was " + marked("founded") + " in 1913"),
        ("{{c1::a {{c1::b}}}}", 1, marked("[...]"), marked("a b")),
        ("{{c1::{{c2::a}}::hint}}", 1, marked("[hint]"), marked("a")),
        ("{{c1::<img src=a>}}", 1, marked("[...]"), marked("<img src=a>")),
        ("}} {{c2::a {{c1::b}}", 1, "}} {{c2::a " + marked("[...]"), "}} {{c2::a " + marked("b")),
        ("{{c0::z}} {{c1::b}}", 1, "{{c0::z}} " + marked("[...]"), "{{c0::z}} " + marked("b")),
        ("{{c1::{a}}}", 1, marked("[...]") + "}", marked("{a") + "}"),
    ],
)
def test_what_is_asked_for_is_blank_in_the_question_and_marked_in_the_answer(
    text: str, number: int, question: str, answer: str
) -> None:
    assert cloze.question(text, number) == question
    assert cloze.answer(text, number) == answer


def test_a_text_that_asks_nothing_is_not_shown() -> None:
    assert cloze.question("{{c1::a}} b", 2) == ""
    assert cloze.answer("{{c1::a}} b", 2) == ""


@pytest.mark.parametrize(
    ("text", "deleted"),
    [
        ("{{c1::a}} {{c2::b}} {{c1::c::hint}}", "a, c"),
        ("{{c1::a}} {{c1::a}}", "a"),
        ("{{c1::a {{c2::b}}}}", "a b"),
        ("{{c2::b}}", ""),
    ],
)
def test_what_is_deleted_can_be_told(text: str, deleted: str) -> None:
    assert cloze.deleted(text, 1) == deleted


def test_without_deletions_a_text_reads_as_it_is_meant() -> None:
    assert cloze.without_deletions(NESTED) == "Canberra was founded in 1913"


@given(texts)
@settings(max_examples=100, deadline=None)
def test_text_without_deletions_has_none(text: str) -> None:
    if not cloze.numbers(text):
        assert cloze.without_deletions(text) == text
    assert len(cloze.without_deletions(text)) <= len(text)


@given(texts)
@settings(max_examples=100, deadline=None)
def test_an_answer_is_the_text_without_deletions_with_marks(text: str) -> None:
    for number in cloze.numbers(text):
        unmarked = cloze.answer(text, number).replace('<span class="cloze">', "").replace("</span>", "")
        assert unmarked == cloze.without_deletions(text)
        assert '<span class="cloze">[' in cloze.question(text, number)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "text",
    [
        "{{c1::" * 16_667,
        "{{c1::" * 12_500 + "}}" * 12_500,
        "{{c2::x" * 11_000 + "}}y" * 11_000,
        "{{c1::" + "::" * 50_000 + "}}",
        "{{c" + "1," * 50_000,
        "{{c1" * 25_000,
    ],
)
def test_hostile_text_takes_no_longer_than_its_length(act: str, text: str) -> None:
    began = time.process_time()

    ACTS[act](text)

    assert time.process_time() - began < 3
