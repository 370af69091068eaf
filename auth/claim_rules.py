"""What kinds of values the claims of a token have (RFC 7519 §4.1); anything missing or odd is refused."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from auth.errors import InvalidClaim

MAX_ID = 2**53 - 1
"""Ids are integers that JSON and JavaScript keep exact."""

ALWAYS = datetime.fromtimestamp(0, UTC)

_MAX_DATE = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second a datetime can hold.

Rule = Callable[[object], bool]


def check(payload: Mapping[str, Any], rules: Mapping[str, Rule]) -> None:
    """Make sure that every claim is there and of its kind. InvalidClaim names the first that is not."""
    for name, is_valid in rules.items():
        if name not in payload:
            raise InvalidClaim(name, "is missing")
        require(name, payload[name], is_valid)


def require(name: str, value: object, is_valid: Rule) -> None:
    """Make sure that a claim is of its kind. InvalidClaim."""
    if not is_valid(value):
        raise InvalidClaim(name, "is not of the kind it must be")


def is_text(value: object) -> bool:
    """Tell whether this is text, and not empty."""
    return isinstance(value, str) and value != ""


def is_id(value: object) -> bool:
    """Tell whether this can be an id."""
    return _is_integer(value, MAX_ID)


def is_date(value: object) -> bool:
    """Tell whether this is a date in whole seconds."""
    return _is_integer(value, _MAX_DATE)


def matches(pattern: re.Pattern[str]) -> Rule:
    """Tell whether a value is text of this form, from its beginning to its end."""
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


RANDOM_ID = r"[A-Za-z0-9_-]{22}"
"""What an id of `auth.encoding.random_id` looks like."""

is_random_id = matches(re.compile(RANDOM_ID))


def instant(date: int) -> datetime:
    """Return the instant of a date claim."""
    return datetime.fromtimestamp(date, UTC)


def _is_integer(value: object, maximum: int) -> bool:
    # A bool is an int to Python, and is not one to anybody else.
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= maximum
