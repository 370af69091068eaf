"""Decks."""

from datetime import datetime
from http import HTTPStatus

from apiflask import APIBlueprint

from api import pagination, text
from api.authentication import signed_in
from api.collection import decks
from api.errors import DeckNameTaken, DeckNotFound, QuotaReached
from api.pagination import PageQuery
from api.problems import raises
from api.services import services
from api.shapes import CountsView, Input, View
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("decks", __name__, url_prefix="/v1/decks", tag="Decks")


class DeckInput(Input):
    """A deck's name: yours alone, and not differing from another's in case alone."""

    name: text.DeckName


class DeckView(View):
    """A deck, with what is left to study today."""

    id: int
    name: str
    counts: CountsView
    created_at: datetime


class DeckPage(View):
    """Decks in the order of their names."""

    items: list[DeckView]
    next_cursor: str | None


@bp.get("")
@signed_in(COLLECTION_READ)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(DeckPage)
def list_decks(query: PageQuery, caller: Claims) -> DeckPage:
    """List your decks."""
    after_key = pagination.text_of(query.cursor)
    with services().collections.reading(caller.user_id) as collection:
        found = decks.page(collection, after_key, query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, lambda deck: decks.name_key(deck.name))
    return DeckPage(items=[DeckView.model_validate(deck) for deck in items], next_cursor=cursor)


@bp.post("")
@signed_in(COLLECTION_WRITE)
@bp.input(DeckInput, arg_name="new")
@bp.output(DeckView, HTTPStatus.CREATED)
@raises(DeckNameTaken, QuotaReached)
def create_deck(new: DeckInput, caller: Claims) -> DeckView:
    """Create a deck."""
    with services().collections.writing(caller.user_id) as collection:
        return DeckView.model_validate(decks.create(collection, new.name))


@bp.get("/<int:deck_id>")
@signed_in(COLLECTION_READ)
@bp.output(DeckView)
@raises(DeckNotFound)
def get_deck(deck_id: int, caller: Claims) -> DeckView:
    """Read a deck."""
    with services().collections.reading(caller.user_id) as collection:
        return DeckView.model_validate(decks.get(collection, deck_id))


@bp.patch("/<int:deck_id>")
@signed_in(COLLECTION_WRITE)
@bp.input(DeckInput, arg_name="edit")
@bp.output(DeckView)
@raises(DeckNotFound, DeckNameTaken, QuotaReached)
def rename_deck(deck_id: int, edit: DeckInput, caller: Claims) -> DeckView:
    """Rename a deck."""
    with services().collections.writing(caller.user_id) as collection:
        return DeckView.model_validate(decks.rename(collection, deck_id, edit.name))


@bp.delete("/<int:deck_id>")
@signed_in(COLLECTION_WRITE)
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(DeckNotFound)
def delete_deck(deck_id: int, caller: Claims) -> tuple[str, HTTPStatus]:
    """Delete a deck with its cards."""
    with services().collections.writing(caller.user_id, beyond_quota=True) as collection:
        decks.delete(collection, deck_id)
    return "", HTTPStatus.NO_CONTENT
