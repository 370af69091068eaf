"""Words in notes, as SQLite finds them. Of a search, this is all that another engine would say otherwise.

PostgreSQL: an index of `sought` by `gin_trgm_ops` serves LIKE by itself, and `split_part` cuts out a line.
"""
# ruff: noqa: S608 - what is put together are fragments of ours and names of bound values

from collections.abc import Iterable

from api.store.search_scope import Scope
from api.study.search_terms import Pattern

_LENGTH = 3
_MOST = 16


def contains(pattern: Pattern, scope: Scope) -> str:
    """Return the condition that the text of a note contains a pattern."""
    if pattern.is_plain:
        return f"instr(notes.sought, {scope.bind(pattern.text)}) > 0"
    return scope.like("notes.sought", pattern, "%", "%")


def line_is(number: int, pattern: Pattern, scope: Scope) -> str:
    """Return the condition that a line of a note's text, counted from 0, is like a pattern: the text of that field."""
    end, line = scope.bind("\n"), _line(number, scope)
    # To cut out a line takes ten times as long as to see that there is none like it.
    if pattern.is_plain:
        text = scope.bind(pattern.text)
        return f"instr({end} || notes.sought || {end}, {end} || {text} || {end}) > 0 AND {line} = {text}"
    return f"{contains(pattern, scope)} AND {scope.like(line, pattern)}"


def _line(number: int, scope: Scope) -> str:
    last, end = scope.bind(number), scope.bind("\n")
    return f"""COALESCE((
        WITH RECURSIVE lines (number, line, rest) AS (
            SELECT -1, '', notes.sought || {end}
            UNION ALL
            SELECT number + 1, substr(rest, 1, instr(rest, {end}) - 1), substr(rest, instr(rest, {end}) + 1)
            FROM lines WHERE number < {last} AND rest <> ''
        )
        SELECT line FROM lines WHERE number = {last}
    ), '')"""


def notes_with(patterns: Iterable[Pattern], scope: Scope) -> str | None:
    """Return the SELECT of the notes that can contain all patterns; None if these are too short to tell.

    The index knows which three characters in a row a note contains, and not where: whoever asks has to look.
    """
    trigrams = {trigram: None for pattern in patterns for text in pattern.literals for trigram in _trigrams(text)}
    if not trigrams:
        return None
    quoted = (f'"{trigram.replace(chr(34), chr(34) * 2)}"' for trigram in list(trigrams)[:_MOST])
    return f"SELECT rowid AS note_id FROM note_index WHERE note_index MATCH {scope.bind(' '.join(quoted))}"


def _trigrams(text: str) -> list[str]:
    """Return three characters after three, and the last three: a few that cover all of a text."""
    starts = [*range(0, len(text) - _LENGTH + 1, _LENGTH), len(text) - _LENGTH]
    return [text[start : start + _LENGTH] for start in starts if start >= 0]
