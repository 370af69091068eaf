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


def id_before(cursor: str | None) -> int:
    """Return the id a cursor of a list with the latest first stands for; past every id for the first page."""
    return MAX_ID + 1 if cursor is None else id_of(cursor)


def pair_of(cursor: str) -> tuple[int, int]:
    """Return the two numbers a cursor stands for. InvalidCursor."""
    value = _decode(cursor)
    if not isinstance(value, list) or len(value) != 2 or any(type(part) is not int for part in value):
        raise InvalidCursor
    if not all(0 <= part <= MAX_ID for part in value):
        raise InvalidCursor
    return value[0], value[1]


def cursor_of(position: object) -> str:
    """Return the cursor that stands for a place in a list."""
    return encoding.encode(json.dumps(position, ensure_ascii=False).encode())


def page_of(
    found: Sequence[Item], limit: int, position: Callable[[Item], str | int | list[int]]
) -> tuple[Sequence[Item], str | None]:
    """Cut what was found, which may be one more than the limit, to a page and the cursor of the next."""
    if len(found) <= limit:
        return found, None
    return found[:limit], cursor_of(position(found[limit - 1]))


def _decode(cursor: str) -> Any:
    try:
        value = json.loads(encoding.decode(cursor))
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair can be spelt, and not stored
    except (ValueError, RecursionError) as error:
        raise InvalidCursor from error
    return value
