"""Lists that a program can ask for what has changed since it asked last."""

from pydantic import Field

from api.pagination import PageQuery
from api.shapes import View
from auth.claim_rules import MAX_ID


class SinceQuery(PageQuery):
    """A page of a list, or with `updated_since` what has changed of it."""

    updated_since: int | None = Field(
        default=None, ge=0, le=MAX_ID, description="The `change` of the list that you have: what is newer is listed."
    )


class ChangePage(View):
    """A page of a list that can be kept as a copy."""

    next_cursor: str | None
    deleted_ids: list[int] = Field(description="With `updated_since`: the ids of what was deleted.")
    change: int = Field(
        description="The last change of the collection. That of the first page is the `updated_since` of the next time."
    )
