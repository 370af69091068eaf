"""What a user prefers: calendar and study options."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import AfterValidator, Field

from api.authentication import signed_in
from api.collection import preferences
from api.errors import ChangedSince, QuotaReached
from api.preconditions import if_match, tagged
from api.problems import raises
from api.routes.options import OptionsInput, OptionsView
from api.services import services
from api.shapes import Input, Versioned
from api.study.preferences import Preferences, time_zones
from api.writing import Collection, writes
from auth.claims import COLLECTION_READ, COLLECTION_WRITE, Claims

bp = APIBlueprint("preferences", __name__, url_prefix="/v1/preferences", tag="Preferences")


def _known(name: str) -> str:
    if name not in time_zones():
        raise ValueError("must be the name of a time zone, such as America/Sao_Paulo")
    return name


class PreferencesEdit(Input):
    """What to change; what is absent stays, and an option that is null is again what it is for everybody."""

    time_zone: Annotated[str, Field(max_length=100), AfterValidator(_known)] | None = None
    rollover_hour: Annotated[int, Field(strict=True, ge=0, le=23)] | None = Field(
        default=None, description="The hour at which a study day begins."
    )
    options: OptionsInput | None = None

    def over(self, old: Preferences) -> Preferences:
        """Return the preferences with what is given instead."""
        return replace(
            old,
            time_zone=old.time_zone if self.time_zone is None else self.time_zone,
            rollover_hour=old.rollover_hour if self.rollover_hour is None else self.rollover_hour,
            options=old.options if self.options is None else self.options.over_options(old.options),
        )


class PreferencesView(Versioned):
    """The calendar, and how decks are studied that have chosen nothing else."""

    time_zone: str
    rollover_hour: int
    options: OptionsView

    @classmethod
    def of(cls, collection: Collection) -> "PreferencesView":
        """Show the preferences of an open collection."""
        preferred = collection.preferences
        return cls(
            time_zone=preferred.time_zone,
            rollover_hour=preferred.rollover_hour,
            options=OptionsView.of(preferred.options),
            change=collection.preferences_change,
        )


@bp.get("")
@signed_in(COLLECTION_READ)
@bp.output(PreferencesView)
def get_preferences(caller: Claims) -> tuple[Versioned, HTTPStatus, dict[str, str]]:
    """Read what you prefer."""
    with services().collections.reading(caller.user_id) as collection:
        return tagged(PreferencesView.of(collection))


@bp.patch("")
@signed_in(COLLECTION_WRITE)
@bp.input(PreferencesEdit, arg_name="edit")
@writes(bp, PreferencesView, takes_if_match=True)
@raises(ChangedSince, QuotaReached)
def edit_preferences(edit: PreferencesEdit, collection: Collection) -> PreferencesView:
    """Choose a time zone, the hour at which days begin, and how decks are studied."""
    preferences.prefer(collection, edit.over(collection.preferences), if_match())
    return PreferencesView.of(collection)
