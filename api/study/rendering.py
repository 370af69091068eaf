"""Turns a note's fields into the two sides of a card: HTML that is safe to show."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from api.study.filters import Place, filtered
from api.study.plain_text import is_blank
from api.study.sanitising import sanitised
from api.study.template_syntax import Node, Replacement, TemplateFault, parse
from api.study.templates import FRONT_SIDE, Kind, Template

_LONGEST_SIDE = 300_000
_MOST_GROWTH = 4
_ROOM = 10_000


@dataclass(frozen=True)
class Surroundings:
    """What a template can show besides fields: the deck with those it lies in, the tags, and names."""

    deck: str
    tags: tuple[str, ...]
    note_type: str
    card: str


@dataclass(frozen=True)
class Rendered:
    """The two sides of a card as sanitised HTML."""

    question: str
    answer: str


def render(
    kind: Kind, template: Template, ordinal: int, fields: Mapping[str, str], surroundings: Surroundings
) -> Rendered:
    """Show a card. An unknown field is nothing; a side that cannot be shown is a message that says why."""
    number = ordinal + 1
    values = {f"c{number}": "1", **fields} if kind is Kind.CLOZE else dict(fields)
    question = _Side(values, surroundings, number, in_answer=False).html_of(template.question)
    values[FRONT_SIDE] = question
    return Rendered(question, _Side(values, surroundings, number, in_answer=True).html_of(template.answer))


class _TooLong(Exception):
    """A side would show its fields again and again."""


_SPECIAL: Mapping[str, Callable[[Surroundings], str]] = {
    "Tags": lambda around: " ".join(around.tags),
    "Type": lambda around: around.note_type,
    "Deck": lambda around: around.deck,
    "Subdeck": lambda around: around.deck.rpartition("::")[2],
    "Card": lambda around: around.card,
}


@dataclass
class _Side:
    """One side of a card as it is being written."""

    values: Mapping[str, str]
    surroundings: Surroundings
    number: int
    in_answer: bool
    written: list[str] = field(default_factory=list)
    blank: dict[str, bool] = field(default_factory=dict)
    room: int = 0

    def html_of(self, text: str) -> str:
        """Return what this side of a template shows."""
        size = len(text) + sum(map(len, self.values.values()))
        self.room = min(_LONGEST_SIDE, _ROOM + _MOST_GROWTH * size)
        try:
            self._write(parse(text))
        except TemplateFault as fault:
            return html.escape(f"This side cannot be shown. The template has a mistake: {fault.reason}.", quote=False)
        except _TooLong:
            return "This side cannot be shown. It would be too long."
        return sanitised("".join(self.written))

    def _write(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if isinstance(node, str):
                self.written.append(node)
            elif isinstance(node, Replacement):
                self.written.append(self._shown(node))
            elif self._is_blank(node.field) == node.where_blank:
                self._write(node.nodes)

    def _shown(self, node: Replacement) -> str:
        value = self._value(node.field)
        place = Place(node.field, self.number, self.in_answer)
        shown = filtered(value, node.filters, place) if node.filters else value
        self.room -= max(len(value), len(shown))
        if self.room < 0:
            raise _TooLong
        return shown

    def _value(self, name: str) -> str:
        if name in self.values:
            return self.values[name]
        return html.escape(_SPECIAL[name](self.surroundings)) if name in _SPECIAL else ""

    def _is_blank(self, name: str) -> bool:
        if name not in self.blank:
            self.blank[name] = is_blank(self._value(name))
        return self.blank[name]
