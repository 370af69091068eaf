from datetime import timedelta
from typing import Any

import pytest

from tests.api.routes.test_studying import answer, next_of, sign_in_again
from tests.callers import Caller
from tests.clocks import ManualClock


def prefer(caller: Caller, **change: Any) -> Any:
    return caller.ask("PATCH", "/v1/preferences", change)


def test_everybody_begins_with_the_same_preferences(anna: Caller) -> None:
    assert anna.ask("GET", "/v1/preferences").json == {
        "change": 0,
        "time_zone": "UTC",
        "rollover_hour": 4,
        "options": {
            "new_per_day": 20,
            "reviews_per_day": 200,
            "desired_retention": 0.9,
            "learning_steps_minutes": [1, 10],
            "relearning_steps_minutes": [10],
            "new_order": "added",
            "mix": "reviews_first",
        },
    }


def test_what_is_changed_is_kept_and_the_rest_stays(anna: Caller) -> None:
    prefer(anna, time_zone="America/Sao_Paulo")

    changed = prefer(anna, options={"new_per_day": 5}).json

    assert changed == anna.ask("GET", "/v1/preferences").json
    assert (changed["time_zone"], changed["options"]["new_per_day"], changed["rollover_hour"]) == (
        "America/Sao_Paulo",
        5,
        4,
    )


def test_an_option_that_is_null_is_again_what_it_is_for_everybody(anna: Caller) -> None:
    prefer(anna, options={"new_per_day": 5})

    assert prefer(anna, options={"new_per_day": None}).json["options"]["new_per_day"] == 20


@pytest.mark.parametrize(
    ("zone", "hour", "due"),
    [("UTC", 4, "T04:00:00Z"), ("America/Sao_Paulo", 4, "T07:00:00Z"), ("Asia/Kathmandu", 0, "T18:15:00Z")],
)
def test_cards_are_due_when_the_day_of_the_user_begins(anna: Caller, zone: str, hour: int, due: str) -> None:
    prefer(anna, time_zone=zone, rollover_hour=hour)

    card = answer(anna, anna.add_card(), "easy").json["card"]

    assert card["due"].endswith(due)


def test_the_daily_limit_begins_anew_with_the_day_of_the_user(anna: Caller, clock: ManualClock) -> None:
    prefer(anna, time_zone="Asia/Tokyo", options={"new_per_day": 1})  # it is 21:00 there
    answer(anna, next_of(anna, "Verbal Tenses")["card"], "easy")
    assert next_of(anna, "Verbal Tenses")["card"] is None

    clock.advance(timedelta(hours=7))
    anna = sign_in_again(anna)

    assert next_of(anna, "Verbal Tenses")["counts"]["new"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "localtime"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": ""},
        {"rollover_hour": 24},
        {"rollover_hour": -1},
        {"rollover_hour": 4.5},
        {"options": {"new_per_day": "5"}},
        {"unknown": 1},
    ],
)
def test_preferences_that_make_no_sense_are_refused(anna: Caller, change: dict[str, Any]) -> None:
    assert prefer(anna, **change).status_code == 422
    assert anna.ask("GET", "/v1/preferences").json["change"] == 0  # type: ignore[index]
