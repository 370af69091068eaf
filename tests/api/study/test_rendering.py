import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.study.rendering import Rendered, Surroundings, render
from api.study.templates import Kind, Template
from tests.api.study.test_sanitising import HARMLESS

AROUND = Surroundings(deck="Langs::<Norsk>", tags=("animals", "a&b"), note_type="Basic", card="Card 1")
BASIC = Template("Card 1", "{{Front}}", "{{FrontSide}}<hr id=answer>{{Back}}")


PIECES = (
    "{{A}}",
    "{{#A}}",
    "{{/A}}",
    "{{^B}}",
    "{{/B}}",
    "{{hint:cloze:A}}",
    "{{type:A}}",
    "{{",
    "<b>",
    "<script>",
    "x",
)


def shown(template: Template, **fields: str) -> Rendered:
    return render(Kind.STANDARD, template, 0, fields, AROUND)


def question(text: str, **fields: str) -> str:
    return shown(Template("Card 1", text, ""), **fields).question


def answer(text: str, **fields: str) -> str:
    return shown(Template("Card 1", "", text), **fields).answer


def test_fields_stand_where_the_template_says() -> None:
    rendered = shown(BASIC, Front="the dog", Back="<b>hunden</b>")

    assert rendered == Rendered("the dog", "the dog<hr><b>hunden</b>")


def test_an_unknown_field_is_nothing() -> None:
    assert question("a{{ Missing }}b{{hint:Missing}}{{#Missing}}c{{/Missing}}") == "ab"


@pytest.mark.parametrize(
    ("front", "wanted"),
    [("x", "-x-"), ("", "-none-"), ("<br>&nbsp;", "-none-"), ("<img src=a>", '-<img src="a">-'), ("0", "-0-")],
)
def test_sections_depend_on_whether_a_field_is_filled(front: str, wanted: str) -> None:
    assert question("-{{#Front}}{{Front}}{{/Front}}{{^Front}}none{{/Front}}-", Front=front) == wanted


def test_sections_lie_in_one_another() -> None:
    text = "{{#A}}a{{#B}}b{{/B}}{{^B}}c{{/B}}{{/A}}d"

    assert [question(text, A=a, B=b) for a, b in (("1", "1"), ("1", ""), ("", "1"))] == ["abd", "acd", "d"]


@pytest.mark.parametrize("content", ["{{Back}}", "{{FrontSide}}", "{{#Back}}x{{/Back}}", "{{", "{{cloze:Back}}"])
def test_what_a_field_holds_is_not_read_as_a_template(content: str) -> None:
    rendered = shown(BASIC, Front=content, Back="secret")

    assert rendered == Rendered(content, f"{content}<hr>secret")


def test_the_front_side_is_the_question_and_only_in_the_answer() -> None:
    rendered = shown(Template("", "{{FrontSide}}<b>{{Front}}", "{{FrontSide}} {{text:FrontSide}}"), Front="a & b")

    assert rendered == Rendered("<b>a &amp; b</b>", "<b>a &amp; b</b> a &amp; b")


def test_a_cloze_card_asks_for_its_number() -> None:
    template = Template("Cloze", "{{cloze:Text}}", "{{cloze:Text}}<br>{{Back Extra}}")
    fields = {"Text": "{{c1::Oslo}} in {{c2::Norway::land}}", "Back Extra": "x"}

    assert render(Kind.CLOZE, template, 1, fields, AROUND) == Rendered(
        'Oslo in <span class="cloze">[land]</span>', 'Oslo in <span class="cloze">Norway</span><br>x'
    )


@pytest.mark.parametrize(
    ("kind", "ordinal", "wanted"), [(Kind.CLOZE, 0, "1"), (Kind.CLOZE, 1, "2"), (Kind.STANDARD, 0, "2")]
)
def test_a_cloze_card_may_show_what_is_for_its_number_alone(kind: Kind, ordinal: int, wanted: str) -> None:
    template = Template("", "{{#c1}}1{{/c1}}{{^c1}}2{{/c1}}", "")

    assert render(kind, template, ordinal, {}, AROUND).question == wanted


def test_a_hint_is_folded_away_without_a_script() -> None:
    assert question("{{hint:A}}", A="<b>x</b>") == "<details><summary>A</summary><b>x</b></details>"
    assert render(Kind.STANDARD, Template("", "{{hint:<i>}}", ""), 0, {"<i>": "x"}, AROUND).question == (
        "<details><summary>&lt;i&gt;</summary>x</details>"
    )


def test_a_hint_without_content_is_nothing() -> None:
    assert question("{{hint:A}}", A="<br>") == ""


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("{{type:A}}", "____", "a &lt; {{c1::b}} {{c2::c}}"),
        ("{{type:nc:A}}", "____", "a &lt; {{c1::b}} {{c2::c}}"),
        ("{{type:cloze:A}}", "____", "b"),
        ("{{type:Empty}}", "", ""),
    ],
)
def test_what_is_to_be_typed_is_a_blank_and_then_plain_text(text: str, asked: str, expected: str) -> None:
    fields = {"A": "<b>a</b> &lt; {{c1::b}} {{c2::c}}", "Empty": "<br>"}

    assert question(text, **fields) == asked
    assert answer(text, **fields) == expected


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{text:A}}", "茶[ちゃ] &lt;"),
        ("{{furigana:A}}", "<b><ruby>茶<rt>ちゃ</rt></ruby></b> &lt;"),
        ("{{kana:A}}", "<b>ちゃ</b> &lt;"),
        ("{{kanji:A}}", "<b>茶</b> &lt;"),
        ("{{text:kanji:A}}", "茶 &lt;"),
        ("{{kanji:text:A}}", "茶 &lt;"),
        ("{{hint:text:A}}", "<details><summary>A</summary>茶[ちゃ] &lt;</details>"),
        ("{{text:hint:A}}", "A 茶[ちゃ] &lt;"),
        ("{{tts ja_JP:unknown::A}}", "<b>茶[ちゃ]</b> &lt;"),
    ],
)
def test_filters_change_what_is_shown(text: str, wanted: str) -> None:
    assert " ".join(question(text, A="<b>茶[ちゃ]</b> &lt;").split()) == wanted


@pytest.mark.parametrize(("text", "asked", "told"), [("{{cloze-only:A}}", "...", "b"), ("{{cloze-only:B}}", "", "")])
def test_cloze_only_shows_nothing_but_the_deletion(text: str, asked: str, told: str) -> None:
    fields = {"A": "a {{c1::b}}", "B": "a"}

    assert (question(text, **fields), answer(text, **fields)) == (asked, told)


def test_what_is_around_a_note_can_be_shown() -> None:
    text = "{{Tags}}|{{Type}}|{{Deck}}|{{Subdeck}}|{{Card}}|{{CardFlag}}|{{#Tags}}tagged{{/Tags}}"

    assert question(text) == "animals a&amp;b|Basic|Langs::&lt;Norsk&gt;|&lt;Norsk&gt;|Card 1||tagged"


def test_a_template_that_cannot_be_read_says_so_on_its_side() -> None:
    rendered = shown(Template("", "{{#<b>}}", "{{Back}}"), Back="b")

    assert "{{#&lt;b&gt;}} is not closed" in rendered.question
    assert rendered.answer == "b"


def test_a_side_that_would_grow_without_end_is_not_shown() -> None:
    rendered = shown(Template("", "{{A}}" * 1000, "{{A}}"), A="a" * 1000)

    assert "too long" in rendered.question
    assert rendered.answer == "a" * 1000


def test_a_short_field_may_be_shown_often() -> None:
    assert question("{{A}}" * 1000, A="ab") == "ab" * 1000


@pytest.mark.parametrize(("text", "harmless"), HARMLESS)
def test_both_sides_are_harmless(text: str, harmless: str) -> None:
    rendered = shown(Template("", "{{Front}}", "{{Front}}"), Front=text)

    assert rendered == Rendered(harmless, harmless)
    assert shown(Template("", text, text)) == rendered


def test_formatting_multiplied_by_a_template_does_not_grow() -> None:
    opened = "".join(f"<b title={number}>" for number in range(100))

    rendered = shown(Template("", "{{A}}<p>x" * 100, ""), A=opened)

    assert len(rendered.question) < 1000


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_text_is_shown_as_it_is(front: str, back: str) -> None:
    rendered = shown(BASIC, Front=html.escape(front), Back=html.escape(back))

    assert rendered.answer == f"{rendered.question}<hr>" + shown(BASIC, Front=html.escape(back)).question


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_rendering_never_raises(text: str) -> None:
    rendered = render(Kind.CLOZE, Template("", text, text), 0, {"A": "{{c1::<svg onload=x>}}", "B": ""}, AROUND)

    assert "<script" not in rendered.question + rendered.answer
    assert "<svg" not in rendered.question + rendered.answer
