"""The text of a note as words are searched in it."""

from collections.abc import Sequence

from api.study.cloze import without_deletions
from api.study.folding import folded
from api.study.plain_text import plain


def sought(fields: Sequence[str]) -> str:
    """Return what is to be seen of all fields, a line each, without regard to case."""
    return folded("\n".join(" ".join(plain(without_deletions(field)).split()) for field in fields))
