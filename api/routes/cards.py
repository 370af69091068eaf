"""Cards, and the notes they are made from."""

from http import HTTPStatus
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from api import pagination, text
from api.authentication import signed_in
from api.collection import cards
from api.collection.cards import AddedNote
from api.errors import CardNotFound, DeckNotFound, QuotaReached
from api.pagination import PageQuery
from api.problems import raises
from api.services import services
from api.shapes import CardView, DeckReference, Input, View
from api.study.scheduler import Scheduler
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("cards", __name__, url_prefix="/v1", tag="Cards")

Tags = Annotated[list[text.Tag], Field(max_length=100)]


class NewNote(Input):
    """A note with a front and a back, both HTML; one card is made from it."""

    front: text.FirstField
    back: text.FieldText
    tags: Tags = Field(default_factory=list)


class NoteEdit(Input):
    """What to change; what is absent stays as it is."""

    front: text.FirstField | None = None
    back: text.FieldText | None = None
    tags: Tags | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> "NoteEdit":
        if self.front is None and self.back is None and self.tags is None:
            raise ValueError("must name front, back or tags")
        return self


class DuplicateView(View):
    """Another note with the same front, and where its first card lies."""

    note_id: int
    deck: DeckReference


class AddedNoteView(View):
    """The note just added, its cards with the deck they went to, and up to ten notes with the same front."""

    note_id: int
    cards: list[CardView]
    duplicates: list[DuplicateView]

    @classmethod
    def of(cls, added: AddedNote, scheduler: Scheduler) -> "AddedNoteView":
        """Show a note just added."""
        return cls(
            note_id=added.note_id,
            cards=[CardView.of(card, scheduler) for card in added.cards],
            duplicates=[
                DuplicateView(note_id=other.note_id, deck=DeckReference(id=other.deck_id, name=other.deck_name))
                for other in added.duplicates
            ],
        )


class CardPage(View):
    """Cards in the order they were added."""

    items: list[CardView]
    next_cursor: str | None


@bp.get("/decks/<int:deck_id>/cards")
@signed_in(COLLECTION_READ)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(CardPage)
@raises(DeckNotFound)
def list_cards(deck_id: int, query: PageQuery, caller: Claims) -> CardPage:
    """List the cards of a deck; a page of very long cards ends sooner."""
    after = pagination.id_of(query.cursor)
    with services().collections.reading(caller.user_id) as collection:
        found = cards.page(collection, deck_id, after, query.limit + 1)
    items, cursor = pagination.page_of(found, cards.fitting(found, query.limit), lambda card: card.id)
    return CardPage(items=[CardView.of(card, services().scheduler) for card in items], next_cursor=cursor)


@bp.post("/decks/<int:deck_id>/cards")
@signed_in(COLLECTION_WRITE)
@bp.input(NewNote, arg_name="new")
@bp.output(AddedNoteView, HTTPStatus.CREATED)
@raises(DeckNotFound, QuotaReached)
def add_card(deck_id: int, new: NewNote, caller: Claims) -> AddedNoteView:
    """Add a card to a deck."""
    with services().collections.writing(caller.user_id) as collection:
        added = cards.add(collection, deck_id, (new.front, new.back), new.tags)
    return AddedNoteView.of(added, services().scheduler)


@bp.get("/cards/<int:card_id>")
@signed_in(COLLECTION_READ)
@bp.output(CardView)
@raises(CardNotFound)
def get_card(card_id: int, caller: Claims) -> CardView:
    """Read a card."""
    with services().collections.reading(caller.user_id) as collection:
        card = cards.get(collection, card_id)
    return CardView.of(card, services().scheduler)


@bp.patch("/cards/<int:card_id>")
@signed_in(COLLECTION_WRITE)
@bp.input(NoteEdit, arg_name="edit")
@bp.output(CardView)
@raises(CardNotFound, QuotaReached)
def edit_card(card_id: int, edit: NoteEdit, caller: Claims) -> CardView:
    """Change a card's note, and so every card made from it."""
    with services().collections.writing(caller.user_id) as collection:
        card = cards.edit(collection, card_id, edit.front, edit.back, edit.tags)
    return CardView.of(card, services().scheduler)


@bp.delete("/cards/<int:card_id>")
@signed_in(COLLECTION_WRITE)
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(CardNotFound)
def delete_card(card_id: int, caller: Claims) -> tuple[str, HTTPStatus]:
    """Delete a card's note with every card made from it."""
    with services().collections.writing(caller.user_id, beyond_quota=True) as collection:
        cards.delete(collection, card_id)
    return "", HTTPStatus.NO_CONTENT
