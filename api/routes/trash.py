"""What was deleted within a day, and bringing it back."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from api import pagination
from api.authentication import signed_in
from api.collection import trash
from api.collection.trash import DeletionKind
from api.errors import DeckIsDeleted, DeckNameTaken, DeletionNotFound, QuotaReached, RestoreMakesTooManyCards
from api.pagination import PageQuery
from api.problems import raises
from api.services import services
from api.shapes import View
from api.writing import Collection, Purpose, writes
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("trash", __name__, url_prefix="/v1/trash", tag="Trash")


class DeletionView(View):
    """One deletion: a deck with everything below it, or a note with its cards."""

    id: int
    kind: DeletionKind
    title: str = Field(description="The deck's name, or the beginning of the note's first field, as plain text.")
    cards: int = Field(description="How many cards were deleted with it.")
    deleted_at: datetime


class DeletionPage(View):
    """Deletions of the last 24 hours, the latest first."""

    items: list[DeletionView]
    next_cursor: str | None


@bp.get("")
@signed_in(COLLECTION_READ)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(DeletionPage)
def list_deletions(query: PageQuery, caller: Claims) -> DeletionPage:
    """List what was deleted in the last 24 hours, the latest first."""
    with services().collections.reading(caller.user_id) as collection:
        found = trash.page(collection, pagination.id_before(query.cursor), query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, lambda deletion: deletion.id)
    return DeletionPage(items=[DeletionView.model_validate(deletion) for deletion in items], next_cursor=cursor)


@bp.post("/<int:deletion_id>/restore")
@signed_in(COLLECTION_WRITE)
@writes(bp, DeletionView, purpose=Purpose.RESTORE)
@raises(DeletionNotFound, DeckNameTaken, DeckIsDeleted, RestoreMakesTooManyCards, QuotaReached)
def restore_deletion(deletion_id: int, collection: Collection) -> DeletionView:
    """Bring back all that a deletion has deleted."""
    return DeletionView.model_validate(trash.restore(collection, deletion_id))
