"""How decks are studied, as it comes in and goes out."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from api.shapes import Input, View
from api.study.options import Mix, NewOrder, StudyOptions
from api.study.preferences import Choices

_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60


def _growing(steps: list[int]) -> list[int]:
    if steps != sorted(steps):
        raise ValueError("must not grow shorter")
    return steps


Steps = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=_DAY_MINUTES)]], Field(max_length=10), AfterValidator(_growing)
]
PerDay = Annotated[int, Field(strict=True, ge=0, le=9999)]
Retention = Annotated[float, Field(ge=0.7, le=0.99)]


class OptionsInput(Input):
    """What to choose; null gives up a choice, and what is absent stays."""

    new_per_day: PerDay | None = Field(default=None, description="New cards a day.")
    reviews_per_day: PerDay | None = Field(default=None, description="Reviews of learnt cards a day.")
    desired_retention: Retention | None = Field(
        default=None, description="How likely a card is to be remembered when it comes back."
    )
    learning_steps_minutes: Steps | None = Field(default=None, description="Waits between the first answers.")
    relearning_steps_minutes: Steps | None = Field(default=None, description="Waits after a card was forgotten.")
    new_order: NewOrder | None = None
    mix: Mix | None = Field(default=None, description="What comes first, after cards in learning.")

    def over(self, choices: Choices) -> Choices:
        """Return these choices with what is given instead."""
        return Choices(**{**vars(choices), **self.given()})

    def over_options(self, options: StudyOptions) -> StudyOptions:
        """Return these options with what is given instead, and what everybody has where that is null."""
        usual = vars(StudyOptions())
        chosen = {name: usual[name] if value is None else value for name, value in self.given().items()}
        return replace(options, **chosen)

    def given(self) -> dict[str, Any]:
        """Return the members that are given, as options call them."""
        return {
            name.removesuffix("_minutes"): _steps(getattr(self, name))
            if name.endswith("_minutes")
            else getattr(self, name)
            for name in self.model_fields_set
        }


class ChoicesView(View):
    """What has been chosen for a deck; null where it goes by the deck above, and at last by the preferences."""

    new_per_day: int | None
    reviews_per_day: int | None
    desired_retention: float | None
    learning_steps_minutes: list[int] | None
    relearning_steps_minutes: list[int] | None
    new_order: NewOrder | None
    mix: Mix | None

    @classmethod
    def of(cls, choices: Choices) -> "ChoicesView":
        """Show choices."""
        return cls(**_members(choices))


class OptionsView(View):
    """How something is studied."""

    new_per_day: int
    reviews_per_day: int
    desired_retention: float
    learning_steps_minutes: list[int]
    relearning_steps_minutes: list[int]
    new_order: NewOrder
    mix: Mix

    @classmethod
    def of(cls, options: StudyOptions) -> "OptionsView":
        """Show options."""
        return cls(**_members(options))


def _members(options: Choices | StudyOptions) -> dict[str, Any]:
    members = dict(vars(options))
    for name in ("learning_steps", "relearning_steps"):
        members[f"{name}_minutes"] = _minutes(members.pop(name))
    return members


def _minutes(steps: tuple[timedelta, ...] | None) -> list[int] | None:
    return None if steps is None else [step // _MINUTE for step in steps]


def _steps(minutes: list[int] | None) -> tuple[timedelta, ...] | None:
    return None if minutes is None else tuple(timedelta(minutes=step) for step in minutes)
