"""Rows of answers given to requests with an `Idempotency-Key`."""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime

from api.store.collection import Collection
from api.store.instants import to_ms
from auth import encoding

_LONGEST_KEY = 64


@dataclass(frozen=True)
class Answer:
    """What was answered, and a digest of the request that it was the answer to."""

    request: str
    status: int
    etag: str | None
    body: bytes


def find(collection: Collection, key: str, since: datetime) -> Answer | None:
    """Return the answer kept under a key, unless it is from before an instant."""
    row = collection.run("answer_by_key", key=_kept(key), since=to_ms(since))
    return None if row is None else Answer(row["request"], row["status"], row["etag"], zlib.decompress(row["body"]))


def insert(collection: Collection, key: str, answer: Answer) -> None:
    """Keep an answer."""
    collection.run(
        "insert_answer",
        key=_kept(key),
        request=answer.request,
        status=answer.status,
        etag=answer.etag,
        body=zlib.compress(answer.body, 1),
        created_at=to_ms(collection.now),
    )


def forget(collection: Collection, before: datetime) -> None:
    """Forget answers from before an instant."""
    collection.run("delete_old_answers", before=to_ms(before))


def _kept(key: str) -> str:
    """Return what stands for a key: a long one is kept twice, in its row and in an index, and need not be so long."""
    if len(key) <= _LONGEST_KEY:
        return key
    # No key has a space, so that none is taken for the digest of another.
    return " " + encoding.encode(hashlib.sha256(key.encode()).digest())
