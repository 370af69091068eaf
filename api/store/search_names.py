"""What a search calls by name: decks, tags, note types and fields."""
# ruff: noqa: S608 - what is put together are fragments of ours and names of bound values

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from api.errors import SearchNotUnderstood
from api.store.decks import LEVEL
from api.store.search_scope import Scope
from api.study import search_keywords
from api.study.folding import folded
from api.study.search_terms import FieldIs, Pattern

_LEVEL_OF_NAMES = "::"


def decks(pattern: Pattern, scope: Scope) -> str:
    """Return the SELECT of the ids of decks of such a name, and of those below them."""
    parts = tuple(part.replace(_LEVEL_OF_NAMES, LEVEL) if isinstance(part, str) else part for part in pattern.parts)
    named = _within("name_key", replace(pattern, parts=parts), LEVEL, scope)
    return f"SELECT id FROM decks WHERE user_id = :user_id AND deleted_at IS NULL AND {named}"


def tag(pattern: Pattern, scope: Scope) -> str:
    """Return the condition that a row of `note_tags` is of such a tag, or of one below it."""
    return _within("tag_key", pattern, _LEVEL_OF_NAMES, scope)


def note_types(pattern: Pattern, scope: Scope) -> Sequence[int]:
    """Return the ids of the note types of such a name."""
    return [found.id for found in scope.note_types if pattern.matches(folded(found.name))]


def fields(query: FieldIs, scope: Scope) -> Mapping[int, Sequence[int]]:
    """Return where a field stands among those of a note, with the ids of the note types that have it there.

    SearchNotUnderstood if none has it.
    """
    found: dict[int, list[int]] = defaultdict(list)
    for note_type in scope.note_types:
        for number, name in enumerate(note_type.fields):
            if folded(name) == query.name:
                found[number].append(note_type.id)
    if not found:
        raise SearchNotUnderstood(query.position, search_keywords.unknown(query.name))
    return found


def _within(column: str, pattern: Pattern, level: str, scope: Scope) -> str:
    """Return the condition that a name is this or, past what separates levels, begins with it."""
    if not pattern.is_plain:
        return f"({scope.like(column, pattern)} OR {scope.like(column, pattern, after=level + '%')})"
    name, below = pattern.text, pattern.text + level
    end = below[:-1] + chr(ord(below[-1]) + 1)
    # One range, for an index serves that better than an OR; between a name and those below it there may be others.
    return (
        f"({column} >= {scope.bind(name)} AND {column} < {scope.bind(end)}"
        f" AND ({column} = {scope.bind(name)} OR {column} >= {scope.bind(below)}))"
    )
