"""JSON shapes that several routes share. More fields may come; none of these is ever renamed."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.store.cards import Card
from api.study import rendering
from api.study.plain_text import plain
from api.study.rendering import Surroundings
from api.study.schedule import State


class Input(BaseModel):
    """What comes in: unknown members are refused, so that a misspelt one does not pass for an absent one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class View(BaseModel):
    """What goes out."""

    model_config = ConfigDict(from_attributes=True)


class Versioned(View):
    """Something that can be changed."""

    change: int = Field(description="The change of the collection that it was last written by: its ETag.")


class DeckReference(View):
    """The deck a card lies in."""

    id: int
    name: str


class NoteTypeReference(View):
    """The type of a card's note."""

    id: int
    name: str


class CardView(Versioned):
    """A card: `front` and `back` as stored, `question` and `answer` as sanitised HTML to show, or as plain text."""

    id: int
    note_id: int
    deck: DeckReference
    note_type: NoteTypeReference
    template: str = Field(description="The name of the template that makes this card of its note.")
    front: str = Field(description="The first field of the note.")
    back: str = Field(description="The second field of the note.")
    fields: dict[str, str] = Field(description="All fields of the note, by their names, as stored.")
    question: str
    answer: str
    tags: list[str]
    state: State
    due: datetime | None = Field(description="When the card enters the queue; null while it is new.")
    review_count: int
    lapses: int
    suspended: bool = Field(description="Never shown until this is false.")
    buried: bool = Field(description="Not shown again today.")
    flag: int = Field(description="A colour from 1 to 7, or 0.")
    created_at: datetime

    @classmethod
    def of(cls, card: Card, *, as_text: bool = False) -> "CardView":
        """Show a card."""
        fields = dict(zip(card.field_names, card.fields, strict=True))
        surroundings = Surroundings(card.deck_name, card.tags, card.note_type_name, card.template.name)
        sides = rendering.render(card.kind, card.template, card.ordinal, fields, surroundings)
        front, back = (*card.fields, "", "")[:2]
        return cls(
            id=card.id,
            note_id=card.note_id,
            deck=DeckReference(id=card.deck_id, name=card.deck_name),
            note_type=NoteTypeReference(id=card.note_type_id, name=card.note_type_name),
            template=card.template.name,
            front=front,
            back=back,
            fields=fields,
            question=plain(sides.question) if as_text else sides.question,
            answer=plain(sides.answer) if as_text else sides.answer,
            tags=list(card.tags),
            state=card.schedule.state,
            due=card.due,
            review_count=card.schedule.review_count,
            lapses=card.schedule.lapses,
            suspended=card.arrangement.is_suspended,
            buried=card.is_buried,
            flag=card.arrangement.flag,
            created_at=card.created_at,
            change=card.change,
        )


class CountsView(View):
    """How many cards today's queue would still serve."""

    new: int
    learning: int
    due: int


class FieldError(View):
    """What is wrong with one part of the request."""

    location: Literal["body", "query", "header"]
    field: str
    message: str


class ProblemView(View):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="A stable identifier of the kind of problem: what a program should look at.")
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldError] | None = Field(default=None, description="With status 422: each part that is wrong.")
    violated_policies: list[str] | None = Field(
        default=None, alias="violated-policies", description="Where limits refuse the request: their names."
    )


class OAuthProblemView(ProblemView):
    """Why a request was refused, with what OAuth clients look at (RFC 6749 §5.2)."""

    error: str = Field(description="What OAuth clients call this error.")
    error_description: str


class StaleReviewView(ProblemView):
    """The card has been reviewed since it was shown."""

    card: CardView = Field(description="The card as it now is.")
