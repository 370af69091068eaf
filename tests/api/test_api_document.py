"""docs/api.md lists what the service answers with, all of it and nothing else."""

import json
import re
from collections.abc import Callable
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import problem_catalogue
from api.account.limits import Policies
from api.problem import Problem
from api.problems import type_of
from api.settings import Settings
from auth.policies import rate
from tests.callers import Caller
from tests.live import ROOT

DOCUMENT = (ROOT / "docs" / "api.md").read_text("utf-8")
ANY_OTHER = "any other"
ERROR = SimpleNamespace(scope="account", wait=7, change=5)
"""Has whatever the headers of any problem are made from."""

CALLS: dict[str, Callable[[FlaskClient, Caller], Any]] = {
    "credentials-missing": lambda client, anna: client.get("/v1/decks"),
    "wrong-credentials": lambda client, anna: client.post("/v1/sessions", json={"username": "anna", "password": "no"}),
    "ambiguous-credentials": lambda client, anna: client.get(f"/v1/decks?access_token={anna.token}"),
    "invalid-token": lambda client, anna: client.get("/v1/decks", headers={"Authorization": "Bearer no"}),
}


def listed() -> list[tuple[str, str]]:
    """Return status and code of every row of the table of errors."""
    return re.findall(rf"^\| (\d{{3}}|{ANY_OTHER}) \| `([a-z-]+)` \| [^|]+ \| [^|]+ \|$", DOCUMENT, re.MULTILINE)


def answered() -> set[tuple[str, str]]:
    """Return status and code of every problem there is."""
    raised = {(str(problem.status.value), problem.code) for problem in problem_catalogue.PROBLEMS.values()}
    of_http = {(str(status.value), code) for status, (code, _) in problem_catalogue.HTTP_CODES.items()}
    return raised | of_http | {("500", "internal-error"), (ANY_OTHER, "http-error")}


def problems_of(code: str) -> list[Problem]:
    return [problem for problem in problem_catalogue.PROBLEMS.values() if problem.code == code]


def challenged() -> dict[str, str]:
    """Return the challenge that the document gives for each code."""
    rows = re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \| (.*(?:Bearer|the same).*) \|$", DOCUMENT, re.MULTILINE)
    return {code: told for codes, told in rows for code in re.findall(r"`([a-z-]+)`", codes)}


def test_every_problem_is_listed_with_its_status() -> None:
    assert answered() - set(listed()) == set()


def test_nothing_is_listed_that_is_never_answered() -> None:
    assert set(listed()) - answered() == set()


def test_no_problem_is_listed_twice() -> None:
    assert len(listed()) == len(set(listed()))


def test_the_rows_are_in_the_order_of_their_statuses() -> None:
    statuses = [status for status, _ in listed()]

    assert statuses == sorted(statuses)


def test_a_problem_asks_for_patience_if_and_only_if_its_status_is_429_or_503() -> None:
    for problem in problem_catalogue.PROBLEMS.values():
        assert ("Retry-After" in problem.headers(ERROR)) == (problem.status.value in (429, 503)), problem.code


def test_every_challenge_is_listed() -> None:
    having = {
        problem.code for problem in problem_catalogue.PROBLEMS.values() if "WWW-Authenticate" in problem.headers(ERROR)
    }

    assert set(challenged()) == having


def test_each_challenge_names_the_error_that_the_document_names() -> None:
    for code, told in challenged().items():
        for problem in problems_of(code):
            challenge = problem.headers(ERROR)["WWW-Authenticate"]
            assert challenge.startswith('Bearer realm="javumbo"')
            assert re.findall(r'error="\w+"', challenge) == re.findall(r'error="\w+"', told), code
            assert ("scope=" in challenge) == ("`scope`" in told), code


def test_problems_that_others_know_too_have_the_types_that_the_document_gives() -> None:
    codes = {code for _, code in listed()}

    told = re.search(r"but for `([a-z-]+)` and `([a-z-]+)`.*?it is `(\S+)` and the code", DOCUMENT, re.DOTALL)

    assert told is not None
    assert {type_of(code) for code in codes if not type_of(code).startswith("urn:javumbo:problem:")} == {
        told[3] + told[1],
        told[3] + told[2],
    }


def test_every_limit_is_listed_with_its_rate_and_its_setting() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|[^|]+\|[^|]+\| `([0-9a-z/]+)` \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)
    settings = Settings.from_environ({})
    strict = vars(Policies.of(settings)).values()
    rates = {policy.name: policy.rate for policy in strict}
    rates |= {"user": settings.limit_api, "refused": settings.limit_refused}

    assert {name: rate(written) for name, written, _ in rows} == rates
    assert set(re.findall(r"`JAVUMBO_(LIMIT_\w+)`", str(rows))) == {
        field.name.upper() for field in fields(Settings) if field.name.startswith("limit_")
    }


@pytest.mark.parametrize("code", CALLS)
def test_the_service_answers_with_the_code_that_the_document_gives(
    client: FlaskClient, anna: Caller, code: str
) -> None:
    answer = CALLS[code](client, anna)

    assert answer.json["type"] == f"urn:javumbo:problem:{code}"
    assert (str(answer.status_code), code) in listed()


def test_the_problem_shown_is_a_real_one(client: FlaskClient, anna: Caller) -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[0])

    answer = client.get("/v1/decks/7", headers={"Authorization": f"Bearer {anna.token}"})

    assert {**dict(answer.json or {}), "request_id": ""} == {**shown, "request_id": ""}
