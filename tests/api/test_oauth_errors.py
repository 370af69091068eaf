import re

import pytest

from api import oauth_errors, problem_catalogue
from tests.live import ROOT

DOCUMENT = (ROOT / "docs" / "api.md").read_text("utf-8")


def listed() -> dict[str, tuple[int, str]]:
    rows = re.findall(r"^\| ((?:`[a-z-]+`(?:, )?)+) \| (\d{3})[^|]* \| `(\w+)` \|$", DOCUMENT, re.MULTILINE)
    return {code: (int(status), error) for codes, status, error in rows for code in re.findall(r"[a-z-]+", codes)}


def test_the_document_lists_what_oauth_clients_are_told() -> None:
    told = {code: oauth_errors.of_problem(code) for code in listed()}

    assert listed() == {code: (error.status.value, error.code) for code, error in told.items()}
    assert set(listed()) >= set(oauth_errors._ERRORS)


def test_every_problem_that_is_told_apart_is_one_that_there_is() -> None:
    known = {problem.code for problem in problem_catalogue.PROBLEMS.values()} | {
        code for code, _ in problem_catalogue.HTTP_CODES.values()
    }

    assert set(oauth_errors._ERRORS) - known == {"internal-error"}


@pytest.mark.parametrize(
    ("detail", "expected"),
    [('say "no" \\ now', "say no  now"), ("naïve\r\n\0", "nave"), ("it's all right", "it's all right")],
)
def test_a_description_has_only_the_characters_that_it_may_have(detail: str, expected: str) -> None:
    assert oauth_errors.description(detail, []) == expected


def test_a_description_names_the_parameters_that_are_wrong() -> None:
    wrong = [{"field": "token", "message": "is missing"}, {"field": "scope", "message": "is odd"}]

    assert oauth_errors.description("See 'errors'.", wrong) == "token: is missing; scope: is odd"
