"""schemathesis makes requests out of our OpenAPI document, on the live server with a valid token."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from tests.live import PASSWORD, LiveServer, User, serving

BUDGET = 9
REQUEST_LINE_TOO_LONG = 414
# Not positive_data_acceptance: a schema cannot say what a cursor is, or that a name is taken.
# Not negative_data_rejection: aiming mends what was made wrong.
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
Case = schemathesis.Case[Any]
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


class Aim:
    """Points every other request at something that exists, so that more than the refusals are tried."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._count = 0

    def __call__(self, case: Case, label: str) -> None:
        self._count += 1
        if self._count % 2:
            return
        existing: dict[str, Callable[[], Any]] = {
            "deck_id": self._new_deck,
            "card_id": self._reviewed_card if label.startswith("DELETE") else self._new_card,
            "note_type_id": self._new_note_type,
            "deletion_id": self._new_deletion,
            "session_id": lambda: self.sign_in()["session_id"],
        }
        for name in case.path_parameters or {}:
            if name in existing:
                case.path_parameters[name] = existing[name]()
        if self._count % 4 == 0:
            # What was made up here names decks and cursors that there are not.
            case.query = {"keep": "current"} if label == "DELETE /v1/sessions" else {}
            case.headers.pop("If-Match", None)
        if label in self._bodies():
            case.body = self._bodies()[label]
        elif isinstance(case.body, dict):
            case.body |= self._members(label)

    def _members(self, label: str) -> dict[str, Any]:
        """What a body must have to succeed."""
        confirmed = {"password": PASSWORD}
        always: dict[str, dict[str, Any]] = {
            "POST /v1/sessions": {"username": self.user.username, **confirmed},
            "DELETE /v1/sessions": confirmed,
            "DELETE /v1/sessions/{session_id}": confirmed,
            "POST /v1/api-tokens": {"name": "a program", "scopes": ["collection:read"], **confirmed},
        }
        if label == "POST /v1/sessions/refresh":
            return {"refresh_token": self.sign_in()["refresh_token"]}
        if label == "POST /oauth/token":
            return {"grant_type": "refresh_token", "refresh_token": self.sign_in()["refresh_token"], "scope": ""}
        return always.get(label, {})

    def _bodies(self) -> dict[str, Any]:
        """What a body must be to succeed, where its members go together."""
        note = {"front": f"aim {self._count}", "back": "b"}
        return {
            "POST /v1/decks/{deck_id}/cards": note,
            "POST /v1/decks/{deck_id}/cards/batch": {"notes": [note, {**note, "tags": ["t"]}]},
            "POST /v1/cards/{card_id}/reviews": {"rating": "good", "duration_ms": 1, "review_count": 0},
            "POST /v1/decks": {"name": f"made {self._count}"},
            "PATCH /v1/decks/{deck_id}": {"name": f"moved {self._count}", "options": {"new_per_day": 5}},
            "PATCH /v1/cards/{card_id}": {"front": "new", "flag": 3, "suspended": False},
            "POST /v1/note-types": self._note_type(),
            "PATCH /v1/note-types/{note_type_id}": {"css": ".card {}"},
            "PATCH /v1/preferences": {"time_zone": "Asia/Kathmandu"},
        }

    def _note_type(self) -> dict[str, Any]:
        template = {"name": "Card", "question": "{{Word}}", "answer": "{{FrontSide}}"}
        return {"name": f"aim {self._count}", "fields": [{"name": "Word"}], "templates": [template]}

    def _new_note_type(self) -> int:
        return int(self.user.ask("POST", "/v1/note-types", self._note_type()).json()["id"])

    def _new_deletion(self) -> int:
        self.user.ask("DELETE", f"/v1/cards/{self._new_card()}")
        return int(self.user.ask("GET", "/v1/trash").json()["items"][0]["id"])

    def _reviewed_card(self) -> int:
        card = self._new_card()
        review = {"rating": "good", "duration_ms": 1, "review_count": 0}
        self.user.ask("POST", f"/v1/cards/{card}/reviews", review)
        return card

    def sign_in(self) -> dict[str, str]:
        credentials = {"username": self.user.username, "password": PASSWORD}
        signed_in: dict[str, str] = self.user.ask("POST", "/v1/sessions", credentials).json()
        return signed_in

    def _new_deck(self) -> int:
        created = self.user.ask("POST", "/v1/decks", {"name": f"aim {self._count}"})
        return int(created.json()["id"])

    def _new_card(self) -> int:
        return int(self.user.add_card(f"aim {self._count}").json()["cards"][0]["id"])


def try_operation(operation: Any, aim: Aim, headers: dict[str, str], budget: int) -> set[int]:
    """Make requests for one operation; return the statuses that came back. Each answer must be documented."""
    statuses: set[int] = set()

    @seed(20261123)
    @settings(max_examples=budget, deadline=None, database=None, suppress_health_check=HEALTH)
    @given(case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    def fuzz(case: Case) -> None:
        aim(case, operation.label)
        answer = case.call(headers=headers)
        if answer.status_code == REQUEST_LINE_TOO_LONG:
            return  # gunicorn's own answer: it never reached the application
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    fuzz()
    return statuses


def by_a_victim(server: LiveServer) -> dict[str, int]:
    """Do once what would have ended the account or the password that everything else goes on with."""
    victim, another = User(server, "victim").sign_up(), "another good one"
    change = {"password": PASSWORD, "new_password": another}
    changed = victim.ask("PUT", "/v1/accounts/me/password", change)
    command = [sys.executable, "-m", "api", "accounts", "reset", "victim", "--json"]
    told = subprocess.run(command, env=server.environ, capture_output=True, text=True, check=True).stdout
    reset = {"username": "victim", "code": json.loads(told)["code"], "new_password": PASSWORD}
    was_reset = victim.ask("POST", "/v1/accounts/password-reset", reset)
    deleted = victim.sign_in().ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})
    return {
        "PUT /v1/accounts/me/password": changed.status_code,
        "POST /v1/accounts/password-reset": was_reset.status_code,
        "DELETE /v1/accounts/me": deleted.status_code,
    }


@pytest.mark.timeout(1200)  # the long one makes more than ten thousand requests
@pytest.mark.parametrize("budget", [BUDGET, pytest.param(400, marks=pytest.mark.long)])
def test_no_5xx_no_undocumented_answer_and_every_operation_succeeds_at_least_once(tmp_path: Path, budget: int) -> None:
    seen: dict[str, set[int]] = defaultdict(set)
    with serving(tmp_path, issuer="https://cards.example") as server:
        user = User(server, "anna").sign_up()
        aim = Aim(user)
        schema = schemathesis.openapi.from_url(server.url + "/openapi.json")
        operations: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
        for operation in operations:
            # A session of its own: some of what is tried ends it.
            user.token = aim.sign_in()["access_token"]
            headers = {"Authorization": f"Bearer {user.token}"}
            seen[operation.label] = try_operation(operation, aim, headers, budget)
        for label, status in by_a_victim(server).items():
            seen[label].add(status)

    assert len(operations) >= 18
    assert not any(status >= 500 for statuses in seen.values() for status in statuses)
    assert [label for label, statuses in seen.items() if not statuses & {200, 201, 204}] == []
