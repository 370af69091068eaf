"""Turns a note's fields into the two sides of a card: HTML that is safe to show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import nh3

_PLACEHOLDER = re.compile(r"\{\{([^{}]+)\}\}")


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
    return Rendered(nh3.clean(question), nh3.clean(answer))


def _fill(text: str, fields: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: fields.get(found[1].strip(), ""), text)
