"""Decks."""

from datetime import datetime
from http import HTTPStatus

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from api import pagination, text
from api.authentication import signed_in
from api.collection import changes, decks
from api.collection.decks import DeckWithCounts
from api.errors import ChangedSince, DeckNameTaken, DeckNotFound, InputRefused, QuotaReached
from api.preconditions import if_match, tagged
from api.problems import raises
from api.routes.options import ChoicesView, OptionsInput, OptionsView
from api.routes.synchronising import ChangePage, SinceQuery
from api.services import services
from api.shapes import CountsView, Input, Versioned
from api.study.preferences import Choices
from api.writing import Collection, removes, writes
from auth.claim_rules import MAX_ID
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("decks", __name__, url_prefix="/v1/decks", tag="Decks")


class NewDeck(Input):
    """A deck: its name is yours alone, not differing from another's in case alone; `::` puts it inside another."""

    name: text.DeckName
    options: OptionsInput = Field(default_factory=OptionsInput)


class DeckEdit(Input):
    """What to change. With another name a deck moves, with all those below it."""

    name: text.DeckName | None = None
    options: OptionsInput | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> "DeckEdit":
        if self.name is None and self.options is None:
            raise ValueError("must name name or options")
        return self


class DeckView(Versioned):
    """A deck, with what is left to study today in it and below, what was chosen for it, and how it is studied."""

    id: int
    name: str
    counts: CountsView
    choices: ChoicesView
    options: OptionsView
    created_at: datetime

    @classmethod
    def of(cls, deck: DeckWithCounts) -> "DeckView":
        """Show a deck."""
        return cls(
            id=deck.id,
            name=deck.name,
            counts=CountsView.model_validate(deck.counts),
            choices=ChoicesView.of(deck.choices),
            options=OptionsView.of(deck.options),
            created_at=deck.created_at,
            change=deck.change,
        )


class DeckPage(ChangePage):
    """Decks in the order of their names, each followed by those below it."""

    items: list[DeckView]


class DeletionQuery(Input):
    """What becomes of the cards."""

    cards_to: int | None = Field(
        default=None, ge=1, le=MAX_ID, description="The deck all cards are moved to; else they are deleted, too."
    )


@bp.get("")
@signed_in(COLLECTION_READ)
@bp.input(SinceQuery, location="query", arg_name="query")
@bp.output(DeckPage)
def list_decks(query: SinceQuery, caller: Claims) -> DeckPage:
    """List your decks, or those that have changed."""
    with services().collections.reading(caller.user_id) as collection:
        return _page(collection, query) if query.updated_since is None else _changed(collection, query.updated_since)


@bp.post("")
@signed_in(COLLECTION_WRITE)
@bp.input(NewDeck, arg_name="new")
@writes(bp, DeckView, HTTPStatus.CREATED)
@raises(DeckNameTaken, QuotaReached)
def create_deck(new: NewDeck, collection: Collection) -> DeckView:
    """Create a deck, and those that it lies in."""
    return DeckView.of(decks.create(collection, new.name, new.options.over(Choices())))


@bp.get("/<int:deck_id>")
@signed_in(COLLECTION_READ)
@bp.output(DeckView)
@raises(DeckNotFound)
def get_deck(deck_id: int, caller: Claims) -> tuple[Versioned, HTTPStatus, dict[str, str]]:
    """Read a deck."""
    with services().collections.reading(caller.user_id) as collection:
        return tagged(DeckView.of(decks.get(collection, deck_id)))


@bp.patch("/<int:deck_id>")
@signed_in(COLLECTION_WRITE)
@bp.input(DeckEdit, arg_name="edit")
@writes(bp, DeckView, takes_if_match=True)
@raises(DeckNotFound, DeckNameTaken, InputRefused, ChangedSince, QuotaReached)
def edit_deck(deck_id: int, edit: DeckEdit, collection: Collection) -> DeckView:
    """Rename or move a deck, or choose its options."""
    chosen = None if edit.options is None else edit.options.over(decks.require(collection, deck_id).choices)
    return DeckView.of(decks.edit(collection, deck_id, edit.name, chosen, if_match()))


@bp.delete("/<int:deck_id>")
@signed_in(COLLECTION_WRITE)
@bp.input(DeletionQuery, location="query", arg_name="query")
@removes(bp)
@raises(DeckNotFound, InputRefused, ChangedSince)
def delete_deck(deck_id: int, query: DeletionQuery, collection: Collection) -> None:
    """Delete a deck with everything below it, or move its cards elsewhere first. It can be restored for a day."""
    decks.delete(collection, deck_id, query.cards_to, if_match())


def _page(collection: Collection, query: SinceQuery) -> DeckPage:
    found = decks.page(collection, pagination.text_of(query.cursor), query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, lambda deck: decks.name_key(deck.name))
    return DeckPage(
        items=[DeckView.of(deck) for deck in items],
        next_cursor=cursor,
        deleted_ids=[],
        change=changes.latest(collection),
    )


def _changed(collection: Collection, since: int) -> DeckPage:
    found = changes.of_decks(collection, since)
    return DeckPage(
        items=[DeckView.of(deck) for deck in found.items],
        next_cursor=None,
        deleted_ids=found.deleted_ids,
        change=changes.latest(collection),
    )
