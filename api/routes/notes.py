"""Adding notes, and the tags they have."""

from http import HTTPStatus
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import Field, model_validator

from api import pagination, text
from api.authentication import signed_in
from api.collection import notes
from api.collection.notes import AddedNote, NewNote
from api.errors import DeckNotFound, InputRefused, QuotaReached
from api.pagination import PageQuery
from api.problems import raises
from api.services import services
from api.shapes import CardView, DeckReference, Input, View
from api.writing import Collection, writes
from auth.claim_rules import MAX_ID
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("notes", __name__, url_prefix="/v1", tag="Notes")


class NewNoteInput(Input):
    """A note with a front and a back, or of any note type with its fields; all HTML. Its cards are made from it."""

    front: text.FirstField | None = None
    back: text.FieldText | None = None
    note_type: Annotated[int, Field(strict=True, ge=1, le=MAX_ID)] | text.Name | None = Field(
        default=None, description="A note type, by its id or name."
    )
    fields: dict[text.Name, text.FieldText] | None = Field(default=None, description="Fields by their names.")
    tags: text.Tags = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "NewNoteInput":
        simple, full = (self.front, self.back), (self.note_type, self.fields)
        if None not in simple and full == (None, None):
            return self
        if None not in full and simple == (None, None):
            return self
        raise ValueError("must have front and back, or note_type and fields")

    def note(self) -> NewNote:
        """Return the note to be added."""
        if self.note_type is not None and self.fields is not None:
            return NewNote(self.note_type, self.fields, self.tags)
        return NewNote("Basic", {"Front": self.front or "", "Back": self.back or ""}, self.tags)


class NewNotesInput(Input):
    """Notes to be added to one deck, all of them or none."""

    notes: list[NewNoteInput] = Field(min_length=1, max_length=500)


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
    def of(cls, added: AddedNote) -> "AddedNoteView":
        """Show a note just added."""
        return cls(
            note_id=added.note_id,
            cards=[CardView.of(card) for card in added.cards],
            duplicates=[
                DuplicateView(note_id=other.note_id, deck=DeckReference(id=other.deck_id, name=other.deck_name))
                for other in added.duplicates
            ],
        )


class AddedNotesView(View):
    """The notes just added, in the order in which they came."""

    items: list[AddedNoteView]


class TagPage(View):
    """Tags in the order of their names."""

    items: list[str]
    next_cursor: str | None


@bp.post("/decks/<int:deck_id>/cards")
@signed_in(COLLECTION_WRITE)
@bp.input(NewNoteInput, arg_name="new")
@writes(bp, AddedNoteView, HTTPStatus.CREATED)
@raises(DeckNotFound, InputRefused, QuotaReached)
def add_card(deck_id: int, new: NewNoteInput, collection: Collection) -> AddedNoteView:
    """Add a note to a deck, with its cards."""
    return AddedNoteView.of(notes.add(collection, deck_id, new.note()))


@bp.post("/decks/<int:deck_id>/cards/batch")
@signed_in(COLLECTION_WRITE)
@bp.input(NewNotesInput, arg_name="new")
@writes(bp, AddedNotesView, HTTPStatus.CREATED)
@raises(DeckNotFound, InputRefused, QuotaReached)
def add_cards(deck_id: int, new: NewNotesInput, collection: Collection) -> AddedNotesView:
    """Add up to 500 notes to a deck, all or none."""
    added = notes.add_many(collection, deck_id, [note.note() for note in new.notes])
    return AddedNotesView(items=[AddedNoteView.of(note) for note in added])


@bp.get("/tags")
@signed_in(COLLECTION_READ)
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(TagPage)
def list_tags(query: PageQuery, caller: Claims) -> TagPage:
    """List the tags that your notes have."""
    with services().collections.reading(caller.user_id) as collection:
        found = notes.tags(collection, pagination.text_of(query.cursor), query.limit + 1)
    items, cursor = pagination.page_of(found, query.limit, notes.tag_key)
    return TagPage(items=list(items), next_cursor=cursor)
