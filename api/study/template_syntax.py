"""The syntax of Anki's template language: text with fields in double braces, and sections that depend on them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

LONGEST = 50_000
_DEEPEST = 50
_MOST_TAGS = 1_000
_MOST_FILTERS = 10
_LONGEST_QUOTE = 60

_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|\{\{(?P<inside>.*?)(?P<end>\}\}|\Z)", re.DOTALL)


@dataclass
class TemplateFault(Exception):
    """A side of a template cannot be used, for a reason that its author understands."""

    reason: str


@dataclass(frozen=True, slots=True)
class Tag:
    """What stands between double braces, and where: a field with filters, or the begin or end of a section.

    `mark` is `#`, `^`, `/` or nothing; filters are in the order in which they apply; `name_end` is where the name ends.
    """

    source: str
    start: int
    name_end: int
    mark: str
    name: str
    filters: tuple[str, ...]

    @property
    def end(self) -> int:
        """Where the text behind it begins."""
        return self.start + len(self.source)

    @property
    def closing(self) -> str:
        """What closes the section that this opens, to be read in a fault."""
        return _shortened(f"{{{{/{self.name}}}}}")

    def __str__(self) -> str:
        return _shortened(self.source)


@dataclass(frozen=True, slots=True)
class Replacement:
    """The place of a field, with the filters its content goes through, the first that applies first."""

    field: str
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What is shown only where a field is filled, or only where it is blank."""

    field: str
    where_blank: bool
    nodes: tuple["Node", ...]


Node: TypeAlias = str | Replacement | Section


def tags(text: str) -> Iterator[Tag]:
    """Yield what stands between double braces, but for that in comments of HTML. TemplateFault."""
    for found in _TOKEN.finditer(text):
        if found["inside"] is not None:
            yield _tag(found)


def parse(text: str) -> tuple[Node, ...]:
    """Read one side of a template. TemplateFault."""
    return _remembered(text) if len(text) <= LONGEST else _read(text)


def _read(text: str) -> tuple[Node, ...]:
    reading = _Reading([], [[]])
    position = 0
    for count, tag in enumerate(tags(text), start=1):
        if count > _MOST_TAGS:
            raise TemplateFault(f"it names fields more than {_MOST_TAGS:,} times")
        reading.add(text[position : tag.start])
        reading.take(tag)
        position = tag.end
    reading.add(text[position:])
    return reading.finished()


_remembered = lru_cache(maxsize=256)(_read)


@dataclass(frozen=True)
class _Reading:
    """A template being read: the sections that are open, and what was read so far outside and in each of them."""

    opened: list[Tag]
    levels: list[list[Node]]

    def add(self, node: Node) -> None:
        if node != "":
            self.levels[-1].append(node)

    def take(self, tag: Tag) -> None:
        if tag.mark == "":
            self.add(Replacement(tag.name, tag.filters))
        elif tag.mark == "/":
            self._close(tag)
        else:
            self._open(tag)

    def finished(self) -> tuple[Node, ...]:
        if self.opened:
            raise TemplateFault(f"{self.opened[-1]} is not closed: {self.opened[-1].closing} is missing")
        return tuple(self.levels[0])

    def _open(self, tag: Tag) -> None:
        self.opened.append(tag)
        self.levels.append([])
        if len(self.opened) > _DEEPEST:
            raise TemplateFault(f"sections lie more than {_DEEPEST} deep in one another")

    def _close(self, tag: Tag) -> None:
        if not self.opened:
            raise TemplateFault(f"{tag} closes a section that is not open")
        section = self.opened.pop()
        if section.name != tag.name:
            raise TemplateFault(f"{tag} comes before {section.closing}, which closes {section}")
        nodes = tuple(self.levels.pop())
        self.add(Section(section.name, section.mark == "^", nodes))


def _tag(found: re.Match[str]) -> Tag:
    inside = found["inside"].rstrip()
    name_end = found.start("inside") + len(inside)
    content = inside.lstrip("{").lstrip()
    mark = content[:1] if content[:1] in ("#", "^", "/") else ""
    *filters, name = [content[1:]] if mark else content.split(":")
    applied = tuple(each.strip() for each in reversed(filters))
    tag = Tag(found[0], found.start(), name_end, mark, name.strip(), applied)
    if not found["end"]:
        raise TemplateFault(f"{tag} is not closed: }}}} is missing")
    if not (tag.name or filters):
        raise TemplateFault(f"{tag} names no field")
    if len(filters) > _MOST_FILTERS:
        raise TemplateFault(f"{tag} has more than {_MOST_FILTERS} filters")
    return tag


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
