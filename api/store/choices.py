"""Preferences and options of decks as the databases keep them: JSON, with what is not chosen left out."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from typing import Any

from api.study.options import Mix, NewOrder, StudyOptions
from api.study.preferences import Choices, Preferences

_STEPS = {"learning_steps", "relearning_steps"}


def dump_choices(choices: Choices) -> str:
    """Write what was chosen for a deck."""
    return json.dumps(_dumped(choices))


@lru_cache
def load_choices(text: str) -> Choices:
    """Read what was chosen for a deck."""
    return Choices(**_loaded(json.loads(text)))


def dump_preferences(preferences: Preferences) -> str:
    """Write preferences."""
    return json.dumps(
        {
            "time_zone": preferences.time_zone,
            "rollover_hour": preferences.rollover_hour,
            "options": _dumped(preferences.options),
        }
    )


@lru_cache
def load_preferences(text: str) -> Preferences:
    """Read preferences; what is absent is as it is for everybody."""
    members = json.loads(text)
    options = StudyOptions(**_loaded(members.pop("options", {})))
    return Preferences(**members, options=options)


def _dumped(options: Choices | StudyOptions) -> dict[str, Any]:
    members = {entry.name: getattr(options, entry.name) for entry in fields(options)}
    return {
        name: [step // timedelta(minutes=1) for step in value] if name in _STEPS else value
        for name, value in members.items()
        if value is not None
    }


def _loaded(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _READ[name](value) if name in _READ else value for name, value in members.items()}


def _steps(minutes: list[int]) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=step) for step in minutes)


_READ: dict[str, Callable[[Any], Any]] = {
    "new_order": NewOrder,
    "mix": Mix,
    "learning_steps": _steps,
    "relearning_steps": _steps,
}
