"""Views that write to a collection: one transaction, with the answer kept in it for those who repeat the request.

A client that has heard nothing repeats its request with the same `Idempotency-Key` and gets the first answer, once and
for a day, whatever became of the worker that gave it (draft-ietf-httpapi-idempotency-key-header-07).
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint
from flask import Request, Response, request

from api.collection import answering
from api.errors import InvalidHeader
from api.preconditions import etag
from api.services import services
from api.shapes import Versioned
from api.store.answers import Answer
from api.store.collection import Collection as Collection  # what views pass on
from api.store.quota import Purpose as Purpose
from auth.claims import Claims

KEY = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_WRITES = "_javumbo_writes"


@dataclass(frozen=True)
class Writes:
    """What a view that writes takes besides its body."""

    takes_if_match: bool


def writes(
    bp: APIBlueprint,
    output: Any,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    purpose: Purpose = Purpose.CHANGE,
    takes_if_match: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Pass the caller's collection, open for writing, as `collection`; answer with what the view returns."""

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def in_one_transaction(*args: Any, caller: Claims, **named: Any) -> Response:
            key = _key()
            asked = "" if key is None else _digest()
            with services().collections.writing(caller.user_id, purpose) as collection:
                answer = answering.once(
                    collection, key, asked, lambda: _answer(asked, view(*args, collection=collection, **named), status)
                )
            return _response(answer)

        setattr(in_one_transaction, _WRITES, Writes(takes_if_match))
        documented: Callable[..., Any] = bp.output(output, status)(in_one_transaction)
        return documented

    return declare


def removes(bp: APIBlueprint) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Do as `writes` for a view that deletes: it succeeds whatever the quota, so the answer that is kept is empty."""
    return writes(bp, {}, HTTPStatus.NO_CONTENT, purpose=Purpose.REMOVE, takes_if_match=True)


def writes_of(view: Callable[..., Any]) -> Writes | None:
    """Return what a view that writes takes, if it is one."""
    return getattr(view, _WRITES, None)


def _key() -> str | None:
    key = request.headers.get(KEY)
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidHeader(KEY, "must be 1 to 255 printable ASCII characters without spaces")
    return key


def _digest() -> str:
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    digest.update(Request.get_data(request))
    return digest.hexdigest()


def _answer(asked: str, result: Any, status: HTTPStatus) -> Answer:
    if status is HTTPStatus.NO_CONTENT:
        return Answer(asked, status, None, b"")
    tag = etag(result.change) if isinstance(result, Versioned) else None
    return Answer(asked, status, tag, result.model_dump_json().encode())


def _response(answer: Answer) -> Response:
    headers = {} if answer.etag is None else {"ETag": answer.etag}
    return Response(answer.body, answer.status, headers, content_type="application/json")
