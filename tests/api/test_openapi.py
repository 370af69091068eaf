import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.openapi_links import LINKS


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.json is not None
    return dict(answer.json)


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_refusal_is_a_problem_document(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    (content_type,) = response["content"]
                    # OAuth clients look for plain JSON (RFC 6749 §5.2).
                    expected = "application/json" if path.startswith("/oauth/") else "application/problem+json"
                    assert content_type == expected, (path, method, status)


def test_who_may_call_is_in_the_document(document: dict[str, Any]) -> None:
    sign_in, decks = document["paths"]["/v1/sessions"]["post"], document["paths"]["/v1/decks"]["get"]

    assert "security" not in sign_in
    assert decks["security"] == [{"bearer": ["collection:read"]}]
    assert "401" in decks["responses"]


def test_a_stale_review_is_documented_with_its_card(document: dict[str, Any]) -> None:
    conflict = document["paths"]["/v1/cards/{card_id}/reviews"]["post"]["responses"]["409"]

    schema = conflict["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/StaleReviewView"}


def test_the_host_of_the_first_request_is_not_remembered(client: FlaskClient) -> None:
    answer = client.get("/openapi.json", headers={"Host": "attacker.example"})

    assert "attacker.example" not in answer.text


def test_the_documentation_page_works_without_the_internet(client: FlaskClient) -> None:
    page = client.get("/docs/")
    with client.get("/docs/swagger-ui-bundle.js") as script:
        size = len(script.data)

    assert page.status_code == 200
    assert re.findall(r'(?:src|href)="(?!/docs/)', page.text) == []
    assert size > 100_000


def test_every_model_is_listed_once_and_every_reference_leads_to_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    references = set(re.findall(r"#/components/schemas/([^\"']+)", str(document)))

    assert not any("." in name for name in schemas)
    assert references <= set(schemas)


def test_operations_are_called_as_in_the_code(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]

    assert len(names) == len(set(names))
    assert {"sign_up", "get_card", "review_card"} <= set(names)


def test_every_link_leads_from_an_operation_to_another_and_gives_it_what_its_path_needs(
    document: dict[str, Any],
) -> None:
    operations = {
        operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()
    }

    for name, targets in LINKS.items():
        answers = [answer for status, answer in operations[name]["responses"].items() if status.startswith("2")]
        assert [set(answer["links"]) for answer in answers] == [set(targets)]
        for target, parameters in targets.items():
            needed = {each["name"] for each in operations[target]["parameters"] if each["in"] == "path"}
            assert set(parameters) == needed, (name, target)


def test_every_write_to_a_collection_takes_a_key(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            writes = operation.get("security") == [{"bearer": ["collection:write"]}]
            assert writes == ("Idempotency-Key" in [each["name"] for each in operation["parameters"]]), (method, path)
