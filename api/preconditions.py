"""`ETag` and `If-Match` (RFC 9110 §8.8.3, §13.1.1): the number of the change a thing was last written by."""

import re
from http import HTTPStatus

from flask import request

from api.collection.expectation import Expectation
from api.shapes import Versioned

_CHANGE = re.compile(r"[0-9]{1,16}")


def etag(change: int) -> str:
    """Return the tag of a thing that was last written by a change."""
    return f'"{change}"'


def tagged(item: Versioned) -> tuple[Versioned, HTTPStatus, dict[str, str]]:
    """Answer with a thing and its tag."""
    return item, HTTPStatus.OK, {"ETag": etag(item.change)}


def if_match() -> Expectation:
    """Return what the current request expects of the thing it changes; a tag that is none of ours fits nothing."""
    tags = request.if_match
    if "If-Match" not in request.headers or tags.star_tag:
        return Expectation()
    return Expectation(frozenset(int(tag) for tag in tags.as_set() if tag and _CHANGE.fullmatch(tag)))
