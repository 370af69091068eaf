"""Rows of answers given to requests with an `Idempotency-Key`."""

import zlib
from dataclasses import dataclass
from datetime import datetime

from api.store.collection import Collection
from api.store.instants import to_ms


@dataclass(frozen=True)
class Answer:
    """What was answered, and a digest of the request that it was the answer to."""

    request: str
    status: int
    etag: str | None
    body: bytes


def find(collection: Collection, key: str, since: datetime) -> Answer | None:
    """Return the answer kept under a key, unless it is from before an instant."""
    row = collection.run("answer_by_key", key=key, since=to_ms(since))
    return None if row is None else Answer(row["request"], row["status"], row["etag"], zlib.decompress(row["body"]))


def insert(collection: Collection, key: str, answer: Answer) -> None:
    """Keep an answer."""
    collection.run(
        "insert_answer",
        key=key,
        request=answer.request,
        status=answer.status,
        etag=answer.etag,
        body=zlib.compress(answer.body, 1),
        created_at=to_ms(collection.now),
    )


def forget(collection: Collection, before: datetime) -> None:
    """Forget answers from before an instant."""
    collection.run("delete_old_answers", before=to_ms(before))
