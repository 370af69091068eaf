import pytest

from api.study.card_generation import ordinals
from api.study.templates import Kind, Template

FORTH = Template("Card 1", "{{Front}}", "{{Back}}")
BACK = Template("Card 2", "{{Back}}", "{{Front}}")
CLOZE = Template("Cloze", "{{cloze:Text}}", "{{cloze:Text}} {{Extra}}")


def asks(question: str, **fields: str) -> bool:
    return ordinals(Kind.STANDARD, (Template("", question, ""),), {"Front": "", "Back": "", **fields}) == [0]


def test_each_template_whose_question_shows_a_filled_field_makes_a_card() -> None:
    assert ordinals(Kind.STANDARD, (FORTH, BACK), {"Front": "a", "Back": "b"}) == [0, 1]
    assert ordinals(Kind.STANDARD, (FORTH, BACK), {"Front": "<br>", "Back": "<img src=b>"}) == [1]
    assert ordinals(Kind.STANDARD, (FORTH, BACK), {"Front": "", "Back": " "}) == []


@pytest.mark.parametrize(
    ("question", "makes_a_card"),
    [
        ("static text {{Back}}", False),
        ("{{Deck}} {{Tags}} {{Card}}", False),
        ("{{hint:Front}}", True),
        ("{{#Front}}static{{/Front}}", False),
        ("{{#Front}}{{Back}}{{/Front}}", False),
        ("{{#Front}}{{Front}}{{/Front}}", True),
        ("{{^Front}}{{Front}}{{/Front}}", False),
        ("{{#Back}}{{Front}}{{/Back}}", False),
        ("{{^Back}}{{Front}}{{/Back}}", True),
        ("{{^Missing}}{{Front}}{{/Missing}}", True),
        ("{{#Missing}}{{Front}}{{/Missing}}", False),
        ("{{#Tags}}{{Front}}{{/Tags}}", True),
        ("{{^Tags}}{{Front}}{{/Tags}}", True),
        ("{{Front}}{{", False),
    ],
)
def test_a_card_needs_a_filled_field_where_the_template_shows_it(question: str, makes_a_card: bool) -> None:
    assert asks(question, Front="a") == makes_a_card


def test_a_cloze_note_has_a_card_for_each_number() -> None:
    assert ordinals(Kind.CLOZE, (CLOZE,), {"Text": "{{c3::a}} {{c1::b}} {{c3::c}}", "Extra": "{{c2::d}}"}) == [0, 2]


def test_numbers_count_in_every_field_that_the_question_asks_for() -> None:
    both = Template("Cloze", "{{#Extra}}{{cloze:Extra}}{{/Extra}} {{type:cloze:Text}}", "")

    assert ordinals(Kind.CLOZE, (both,), {"Text": "{{c1::a}}", "Extra": "{{c2::b}}"}) == [0, 1]


@pytest.mark.parametrize("fields", [{"Text": "no deletion"}, {"Text": "{{c1::unclosed"}, {}])
def test_a_cloze_without_deletions_makes_no_card(fields: dict[str, str]) -> None:
    assert ordinals(Kind.CLOZE, (CLOZE,), fields) == []


def test_a_template_that_cannot_be_read_makes_no_card() -> None:
    assert ordinals(Kind.STANDARD, (Template("", "{{Front", ""), FORTH), {"Front": "a"}) == [1]
    assert ordinals(Kind.CLOZE, (Template("", "{{cloze:Text", ""),), {"Text": "{{c1::a}}"}) == []
