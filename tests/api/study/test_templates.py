import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.errors import BrokenTemplate
from api.study.template_syntax import Replacement, Section, TemplateFault, parse, tags
from api.study.templates import Kind, Template, check, renamed

FIELDS = ("Front", "Back")

PIECES = ("{{", "}}", "{{A}}", "{{#A}}", "{{^A}}", "{{/A}}", "{{ hint: B }}", "{{/B}}", "{", "}", "é ", "<!--", "-->")
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def reason_against(question: str, answer: str = "", kind: Kind = Kind.STANDARD) -> str:
    with pytest.raises(BrokenTemplate) as broken:
        check(Template("Card 1", question, answer), kind, FIELDS)
    return broken.value.reason


def test_a_template_is_text_with_fields_and_sections() -> None:
    assert parse("a {{ Front }}{{#Back}}b{{^Front}}c{{/Front}}{{/Back}}") == (
        "a ",
        Replacement("Front", ()),
        Section("Back", False, ("b", Section("Front", True, ("c",)))),
    )


def test_filters_apply_from_right_to_left() -> None:
    assert parse("{{a : b:Front}}") == (Replacement("Front", ("b", "a")),)


def test_comments_of_html_are_text() -> None:
    assert parse("<!-- {{#x}} --> {{A}} <!-- {{") == ("<!-- {{#x}} --> ", Replacement("A", ()), " <!-- {{")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{Front", "{{Front is not closed: }} is missing"),
        ("a{{}}", "{{}} names no field"),
        ("{{#}}", "{{#}} names no field"),
        ("{{/A}}", "{{/A}} closes a section that is not open"),
        ("{{#A}}", "{{#A}} is not closed: {{/A}} is missing"),
        ("{{#A}}{{^B}}{{/A}}{{/B}}", "{{/A}} comes before {{/B}}, which closes {{^B}}"),
        ("{{#A}}" * 51 + "{{/A}}" * 51, "sections lie more than 50 deep in one another"),
        ("{{A}}" * 1001, "it names fields more than 1,000 times"),
        ("{{" + "a:" * 11 + "A}}", "{{a:a:a:a:a:a:a:a:a:a:a:A}} has more than 10 filters"),
        ("{{" + "A" * 100, "{{" + "A" * 58 + "… is not closed: }} is missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(TemplateFault) as fault:
        parse(text)

    assert fault.value.reason == reason


def test_as_much_as_is_allowed_is_read() -> None:
    assert parse("{{#A}}" * 50 + "{{/A}}" * 50)
    assert len(parse("{{A}}" * 1000)) == 1000


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("{{Front}}", "{{FrontSide}} {{Back}}"),
        ("{{#Tags}}{{Front}}{{/Tags}}{{^Back}}-{{/Back}}", "{{Tags}}{{Type}}{{Deck}}{{Subdeck}}{{Card}}{{CardFlag}}"),
        ("{{tts en_US voices=x:Front}}", "{{unknown:type:Back}}{{#FrontSide}}x{{/FrontSide}}"),
        ("{{{Front}}}", "<!-- {{Fornt}} -->"),
    ],
)
def test_a_template_that_works_is_accepted(question: str, answer: str) -> None:
    check(Template("Card 1", question, answer), Kind.STANDARD, FIELDS)


def test_a_cloze_template_may_ask_which_number_is_shown() -> None:
    check(Template("Cloze", "{{#c1}}one{{/c1}}{{cloze:Front}}", "{{type:cloze:Front}}"), Kind.CLOZE, FIELDS)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("{{Fornt}}", "{{Fornt}} names no field of this note type; the fields are Front, Back"),
        ("{{front}}", "{{front}} names no field of this note type; the fields are Front, Back"),
        ("{{hint:Fornt}}", "{{hint:Fornt}} names no field of this note type; the fields are Front, Back"),
        ("{{hint:}}", "{{hint:}} names no field of this note type; the fields are Front, Back"),
        ("{{#c1}}{{Front}}{{/c1}}", "{{#c1}} names no field of this note type; the fields are Front, Back"),
        ("{{FrontSide}}", "{{FrontSide}} is for the answer: it stands for the question"),
        ("nothing", "it shows no field, so there would be nothing to ask"),
        ("{{Deck}}{{#Front}}a{{/Front}}", "it shows no field, so there would be nothing to ask"),
        ("{{Front", "{{Front is not closed: }} is missing"),
        ("{{Front}}" + "a" * 50_000, "it is longer than 50,000 characters"),
    ],
)
def test_a_question_that_cannot_work_is_refused(question: str, reason: str) -> None:
    assert reason_against(question) == reason


@pytest.mark.parametrize("question", ["{{Front}}", "{{cloze-only:Front}}"])
def test_a_question_of_a_cloze_type_has_to_hide_something(question: str) -> None:
    assert "{{cloze:…}}" in reason_against(question, kind=Kind.CLOZE)


def test_a_fault_is_told_with_the_template_and_its_side() -> None:
    with pytest.raises(BrokenTemplate) as broken:
        check(Template("Reverse", "{{Front}}", "{{Bakc}}"), Kind.STANDARD, FIELDS)

    assert (broken.value.template, broken.value.side) == ("Reverse", "answer")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{{A}} A {{ hint : A }}", "{{X}} A {{ hint : X }}"),
        ("{{# A }}{{^A}}{{ /A}}{{/A}}", "{{# X }}{{^X}}{{ /X}}{{/X}}"),
        ("{{{A}}} {{a}} {{AA}} {{A:B}}", "{{{X}}} {{a}} {{AA}} {{A:A}}"),
        ("<!-- {{A}} -->{{Deck}}", "<!-- {{A}} -->{{Deck}}"),
        ("{{#A}} cannot be read", "{{#A}} cannot be read"),
        ("a{{hint:Old}}b", "ab"),
        ("a{{#Old}}b{{A}}{{^Old}}c{{/Old}}{{/Old}}d", "ad"),
        ("a{{^Old}}b{{A}}{{#Old}}c{{/Old}}{{/Old}}d", "ab{{X}}d"),
        ("{{#A}}a{{Old}}{{/A}}b", "{{#X}}a{{/X}}b"),
    ],
)
def test_fields_are_renamed_and_removed_and_all_else_stays(text: str, wanted: str) -> None:
    assert renamed(text, {"A": "X", "B": "A", "Old": None}) == wanted


@settings(max_examples=100, deadline=None)
@given(texts)
def test_renaming_nothing_changes_nothing(text: str) -> None:
    assert renamed(text, {"A": "A"}) == text
    assert renamed(text, {}) == text


@settings(max_examples=100, deadline=None)
@given(texts)
def test_renaming_there_and_back_again_changes_nothing(text: str) -> None:
    assert renamed(renamed(text, {"A": "New name"}), {"New name": "A"}) == text


@settings(max_examples=100, deadline=None)
@given(texts)
def test_what_could_be_read_can_be_read_without_a_field(text: str) -> None:
    try:
        parse(text)
    except TemplateFault:
        return

    left = renamed(text, {"A": None})

    assert all(tag.name != "A" for tag in tags(left))
    parse(left)
