import html

import pytest

from api.study.rendering import Template, render

BASIC = Template("Card 1", "{{Front}}", "{{FrontSide}}<hr id=answer>{{Back}}")


def test_fields_stand_where_the_template_says() -> None:
    rendered = render(BASIC, {"Front": "the dog", "Back": "<b>hunden</b>"})

    assert rendered.question == "the dog"
    assert rendered.answer == "the dog<hr><b>hunden</b>"


def test_an_unknown_field_is_nothing() -> None:
    assert render(Template("", "a{{ Missing }}b", ""), {}).question == "ab"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("<script>alert(1)</script>", ""),
        ('<b onclick="alert(1)">x</b>', "<b>x</b>"),
        ('<img src="javascript:alert(1)">', "<img>"),
        ('<img src="dog.png">', '<img src="dog.png">'),
    ],
)
def test_what_is_shown_is_harmless(text: str, shown: str) -> None:
    assert render(BASIC, {"Front": text}).question == shown


def test_formatting_that_would_multiply_without_end_is_shown_as_text() -> None:
    text = "".join(f"<b title={number}><p>" for number in range(4000))

    assert render(BASIC, {"Front": text}).question == html.escape(text)


def test_a_long_card_with_much_formatting_is_shown_as_it_is_meant() -> None:
    text = "<div>a <b>bold</b> and an <i>oblique</i> word</div>" * 50

    assert render(BASIC, {"Front": text}).question == text
