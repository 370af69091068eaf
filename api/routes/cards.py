"""Cards, and the notes they are made from."""

from http import HTTPStatus
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from api import pagination, text
from api.authentication import signed_in
from api.collection import cards
from api.collection.cards import CardEdit, NoteEdit
from api.errors import CardNotFound, ChangedSince, DeckNotFound, InputRefused, QuotaReached
from api.pagination import PageQuery
from api.preconditions import if_match, tagged
from api.problems import raises
from api.routes.card_format import FormatQuery
from api.services import services
from api.shapes import CardView, Input, Versioned, View
from api.writing import Collection, removes, writes
from auth.claim_rules import MAX_ID
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("cards", __name__, url_prefix="/v1", tag="Cards")


class CardEditInput(Input):
    """What to change; what is absent stays. Text and tags are those of the note; the rest is this card's alone."""

    front: text.FirstField | None = Field(default=None, description="The note's first field.")
    back: text.FieldText | None = Field(default=None, description="The note's second field.")
    fields: dict[text.Name, text.FieldText] | None = Field(default=None, description="Fields by their names.")
    tags: text.Tags | None = None
    deck_id: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] | None = Field(
        default=None, description="The deck to move the card to."
    )
    suspended: Annotated[bool, Field(strict=True)] | None = None
    buried: Annotated[bool, Field(strict=True)] | None = Field(default=None, description="Until tomorrow.")
    flag: Annotated[int, Field(strict=True, ge=0, le=7)] | None = None

    @model_validator(mode="after")
    def _is_clear(self) -> "CardEditInput":
        if all(getattr(self, name) is None for name in type(self).model_fields):
            raise ValueError(f"must name one of {', '.join(type(self).model_fields)}")
        if self.fields is not None and (self.front is not None or self.back is not None):
            raise ValueError("must name fields, or front and back, and not both")
        return self

    @property
    def of_note(self) -> NoteEdit:
        """What is to be changed of the note."""
        return NoteEdit(self.front, self.back, self.fields, self.tags)

    @property
    def of_card(self) -> CardEdit:
        """What is to be changed of this card."""
        return CardEdit(self.deck_id, self.suspended, self.buried, self.flag)


class DeckCardsQuery(PageQuery, FormatQuery):
    """Which page of a deck's cards, and how they are shown."""


class DeckCardPage(View):
    """Cards in the order they were added."""

    items: list[CardView]
    next_cursor: str | None


@bp.get("/decks/<int:deck_id>/cards")
@signed_in(COLLECTION_READ)
@bp.input(DeckCardsQuery, location="query", arg_name="query")
@bp.output(DeckCardPage)
@raises(DeckNotFound)
def list_cards_of_deck(deck_id: int, query: DeckCardsQuery, caller: Claims) -> DeckCardPage:
    """List the cards of a deck, without those of the decks below it; a page of very long cards ends sooner."""
    after = pagination.id_of(query.cursor)
    with services().collections.reading(caller.user_id) as collection:
        found = cards.page(collection, deck_id, after, query.limit + 1)
    items, cursor = pagination.page_of(found, cards.fitting(found, query.limit), lambda card: card.id)
    return DeckCardPage(items=[CardView.of(card, as_text=query.is_text) for card in items], next_cursor=cursor)


@bp.get("/cards/<int:card_id>")
@signed_in(COLLECTION_READ)
@bp.input(FormatQuery, location="query", arg_name="query")
@bp.output(CardView)
@raises(CardNotFound)
def get_card(card_id: int, query: FormatQuery, caller: Claims) -> tuple[Versioned, HTTPStatus, dict[str, str]]:
    """Read a card."""
    with services().collections.reading(caller.user_id) as collection:
        card = cards.get(collection, card_id)
    return tagged(CardView.of(card, as_text=query.is_text))


@bp.patch("/cards/<int:card_id>")
@signed_in(COLLECTION_WRITE)
@bp.input(CardEditInput, arg_name="edit")
@writes(bp, CardView, takes_if_match=True)
@raises(CardNotFound, DeckNotFound, InputRefused, ChangedSince, QuotaReached)
def edit_card(card_id: int, edit: CardEditInput, collection: Collection) -> CardView:
    """Change a card's note, and so every card made from it; or move, suspend, bury or flag this card."""
    return CardView.of(cards.edit(collection, card_id, edit.of_note, edit.of_card, if_match()))


@bp.delete("/cards/<int:card_id>")
@signed_in(COLLECTION_WRITE)
@removes(bp)
@raises(CardNotFound, ChangedSince)
def delete_card(card_id: int, collection: Collection) -> None:
    """Delete a card's note with every card made from it. It can be restored for a day."""
    cards.delete(collection, card_id, if_match())
