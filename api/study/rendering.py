"""Turns a note's fields into the two sides of a card: HTML that is safe to show."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

import nh3

_PLACEHOLDER = re.compile(r"\{\{([^{}]+)\}\}")

_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*)")
# HTML Living Standard §13.2.4.3, the list of active formatting elements.
_FORMATTING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_MOST_COPIES = 20_000


@dataclass(frozen=True)
class Template:
    """How one card is made from a note, in Anki's template language: fields in double braces."""

    name: str
    question: str
    answer: str


@dataclass(frozen=True)
class Rendered:
    """The two sides of a card as sanitised HTML."""

    question: str
    answer: str


def render(template: Template, fields: Mapping[str, str]) -> Rendered:
    """Fill in a template. `{{FrontSide}}` in the answer stands for the question; an unknown field for nothing."""
    question = _fill(template.question, fields)
    answer = _fill(template.answer, {**fields, "FrontSide": question})
    return Rendered(_sanitised(question), _sanitised(answer))


def _sanitised(text: str) -> str:
    names = [name.lower() for name in _TAG.findall(text)]
    opened = sum(name in _FORMATTING for name in names)
    others = sum(name.removeprefix("/") not in _FORMATTING for name in names)
    # HTML opens every unclosed formatting element anew in every block that follows, so that 50 KB of
    # them become 50 MB and take seconds. What could grow like that is shown as the text it is.
    return html.escape(text) if opened * others > _MOST_COPIES else nh3.clean(text)


def _fill(text: str, fields: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: fields.get(found[1].strip(), ""), text)
