"""Templates: how the cards of a note are made, in Anki's template language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.errors import BrokenTemplate
from api.study.template_syntax import LONGEST, Tag, TemplateFault, parse, tags

SPECIAL = frozenset(("Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag"))
"""What a template can name besides fields: what is around the note."""

FRONT_SIDE = "FrontSide"
"""What the answer can name besides: the question."""

_NUMBER = re.compile("c[0-9]+")


class Kind(StrEnum):
    """Whether a note has a card for each template, or for each number of its cloze deletions."""

    STANDARD = "standard"
    CLOZE = "cloze"


@dataclass(frozen=True)
class Template:
    """How one card is made from a note, in Anki's template language: fields in double braces."""

    name: str
    question: str
    answer: str


def check(template: Template, kind: Kind, field_names: Sequence[str]) -> None:
    """Require that both sides can be read and name fields there are, and that the question asks. BrokenTemplate."""
    for side, text in (("question", template.question), ("answer", template.answer)):
        try:
            _check_names(text, side, kind, field_names)
            if side == "question":
                _check_question(text, kind, field_names)
        except TemplateFault as fault:
            raise BrokenTemplate(template.name, side, fault.reason) from fault


def renamed(text: str, names: Mapping[str, str | None]) -> str:
    """Return one side of a template with other names for fields, and otherwise unchanged.

    A field that is now called None is gone: what names it goes too, with what is shown only where it
    is filled; what is shown where it is blank stays. A text that cannot be read stays as it is.
    """
    try:
        parse(text)
    except TemplateFault:
        return text
    written = []
    gone: list[bool] = []
    position = 0
    for tag in tags(text):
        if not any(gone):
            written.append(text[position : tag.start])
        position = tag.end
        if tag.mark == "/":
            gone.pop()
        if not any(gone):
            written.append(_with_name(tag, names))
        if tag.mark in ("#", "^"):
            gone.append(tag.mark == "#" and names.get(tag.name, tag.name) is None)
    return "".join(written) + text[position:]


def _with_name(tag: Tag, names: Mapping[str, str | None]) -> str:
    name = names.get(tag.name, tag.name)
    end = tag.name_end - tag.start
    return "" if name is None else tag.source[: end - len(tag.name)] + name + tag.source[end:]


def _check_names(text: str, side: str, kind: Kind, field_names: Sequence[str]) -> None:
    if len(text) > LONGEST:
        raise TemplateFault(f"it is longer than {LONGEST:,} characters")
    parse(text)
    for tag in tags(text):
        if tag.name == FRONT_SIDE and side == "question":
            raise TemplateFault(f"{tag} is for the answer: it stands for the question")
        if not (tag.name in field_names or tag.name in SPECIAL | {FRONT_SIDE} or _is_number(tag, kind)):
            raise TemplateFault(f"{tag} names no field of this note type; the fields are {', '.join(field_names)}")


def _is_number(tag: Tag, kind: Kind) -> bool:
    return kind is Kind.CLOZE and tag.mark != "" and _NUMBER.fullmatch(tag.name) is not None


def _check_question(text: str, kind: Kind, field_names: Sequence[str]) -> None:
    shown = [tag for tag in tags(text) if not tag.mark and tag.name in field_names]
    if kind is Kind.CLOZE and not any("cloze" in tag.filters for tag in shown):
        raise TemplateFault("it has no {{cloze:…}} with a field of this note type, so it would hide nothing")
    if not shown:
        raise TemplateFault("it shows no field, so there would be nothing to ask")
