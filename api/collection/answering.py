"""Doing a thing once, however often it is asked for under one `Idempotency-Key`."""

from collections.abc import Callable

from api.errors import IdempotencyKeyReused
from api.store import answers
from api.store.answers import Answer
from api.store.collection import Collection
from api.store.expiry import KEPT


def once(collection: Collection, key: str | None, request: str, act: Callable[[], Answer]) -> Answer:
    """Act, and keep the answer in the same transaction; or give the answer that is kept. IdempotencyKeyReused."""
    if key is None:
        return act()
    kept = answers.find(collection, key, collection.now - KEPT)
    if kept is None:
        kept = act()
        answers.forget(collection, collection.now - KEPT)  # an old one may have the key
        answers.insert(collection, key, kept)
    elif kept.request != request:
        raise IdempotencyKeyReused
    return kept
