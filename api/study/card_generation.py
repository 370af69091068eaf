"""Which cards a note has: one for each template that asks something, or for each number of its cloze deletions."""

from collections.abc import Mapping, Sequence

from api.study import cloze
from api.study.plain_text import is_blank
from api.study.template_syntax import Node, Replacement, Section, TemplateFault, parse, tags
from api.study.templates import SPECIAL, Kind, Template


def ordinals(kind: Kind, templates: Sequence[Template], fields: Mapping[str, str]) -> list[int]:
    """Return the ordinals of a note's cards, counted from 0. A template that cannot be read makes none."""
    if kind is Kind.CLOZE:
        shown = {name for template in templates[:1] for name in _cloze_fields(template)}
        numbers = {number for name in shown for number in cloze.numbers(fields.get(name, ""))}
        return sorted(number - 1 for number in numbers)
    filled = {name for name, text in fields.items() if not is_blank(text)}
    return [ordinal for ordinal, template in enumerate(templates) if _asks(_nodes(template), filled)]


def _nodes(template: Template) -> tuple[Node, ...]:
    try:
        return parse(template.question)
    except TemplateFault:
        return ()


def _cloze_fields(template: Template) -> set[str]:
    return {tag.name for tag in tags(template.question) if "cloze" in tag.filters} if _nodes(template) else set()


def _asks(nodes: Sequence[Node], filled: set[str]) -> bool:
    return any(
        node.field in filled
        if isinstance(node, Replacement)
        else isinstance(node, Section) and _is_shown(node, filled) and _asks(node.nodes, filled)
        for node in nodes
    )


def _is_shown(section: Section, filled: set[str]) -> bool:
    # A card does not come and go with the tags or the deck of its note.
    return section.field in SPECIAL or (section.field in filled) != section.where_blank
