"""JSON shapes that several routes share. More fields may come; none of these is ever renamed."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.store.cards import Card
from api.study import rendering
from api.study.schedule import State
from api.study.scheduler import Scheduler


class Input(BaseModel):
    """What comes in: unknown members are refused, so that a misspelt one does not pass for an absent one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class View(BaseModel):
    """What goes out."""

    model_config = ConfigDict(from_attributes=True)


class DeckReference(View):
    """The deck a card lies in."""

    id: int
    name: str


class CardView(View):
    """A card: `front` and `back` as stored, `question` and `answer` as sanitised HTML to show."""

    id: int
    note_id: int
    deck: DeckReference
    front: str
    back: str
    question: str
    answer: str
    tags: list[str]
    state: State
    due: datetime | None = Field(description="When the card enters the queue; null while it is new.")
    review_count: int
    lapses: int
    created_at: datetime

    @classmethod
    def of(cls, card: Card, scheduler: Scheduler) -> "CardView":
        """Show a card."""
        rendered = rendering.render(card.template, dict(zip(card.field_names, card.fields, strict=False)))
        front, back = (*card.fields, "", "")[:2]
        return cls(
            id=card.id,
            note_id=card.note_id,
            deck=DeckReference(id=card.deck_id, name=card.deck_name),
            front=front,
            back=back,
            question=rendered.question,
            answer=rendered.answer,
            tags=list(card.tags),
            state=card.schedule.state,
            due=scheduler.due(card.schedule),
            review_count=card.schedule.review_count,
            lapses=card.schedule.lapses,
            created_at=card.created_at,
        )


class CountsView(View):
    """How many cards today's queue would still serve."""

    new: int
    learning: int
    due: int


class FieldError(View):
    """What is wrong with one part of the request."""

    location: Literal["body", "query"]
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
