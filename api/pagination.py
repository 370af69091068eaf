"""Lists in pages: an opaque cursor says where the next page starts."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import Field

from api.errors import InvalidCursor
from api.shapes import Input
from auth import encoding
from auth.claim_rules import MAX_ID

Item = TypeVar("Item")


class PageQuery(Input):
    """Which page of a list."""

    cursor: str | None = Field(default=None, max_length=2000, description="`next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=200)


def text_of(cursor: str | None) -> str:
    """Return the text a cursor stands for; empty for the first page. InvalidCursor."""
    value = "" if cursor is None else _decode(cursor)
    if not isinstance(value, str):
        raise InvalidCursor
    return value


def id_of(cursor: str | None) -> int:
    """Return the id a cursor stands for; 0 for the first page. InvalidCursor."""
    value = 0 if cursor is None else _decode(cursor)
    if type(value) is not int or not 0 <= value <= MAX_ID:
        raise InvalidCursor
    return value


def page_of(
    found: Sequence[Item], limit: int, position: Callable[[Item], str | int]
) -> tuple[Sequence[Item], str | None]:
    """Cut what was found, which may be one more than the limit, to a page and the cursor of the next."""
    if len(found) <= limit:
        return found, None
    return found[:limit], encoding.encode(json.dumps(position(found[limit - 1]), ensure_ascii=False).encode())


def _decode(cursor: str) -> Any:
    try:
        value = json.loads(encoding.decode(cursor))
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair can be spelt, and not stored
    except (ValueError, RecursionError) as error:
        raise InvalidCursor from error
    return value
