"""Every route that is limited strictly: what it answers beyond the limit, that nothing comes of it, and for how long.

With Redis, whose clock nobody moves; and alone, where a worker admits its part, by the clock of the test.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.account.accounts import NewAccount
from api.app import create_app
from api.services import Services
from api.settings import Settings
from auth import encoding
from tests import oauth, redis_process
from tests.api.routes.limited import CASES, Case, Owner, refreshes
from tests.api.test_metrics import numbers
from tests.callers import PASSWORD, sign_in
from tests.clocks import ManualClock
from tests.files import query
from tests.limits import limited
from tests.redis_process import RedisProcess

RATE = "2/1m"
KNOWN = "https://iana.org/assignments/http-problem-types#"
EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisProcess]:
    with redis_process.running() as server:
        yield server


@pytest.fixture(params=["Redis", "alone"])
def redis_url(request: pytest.FixtureRequest) -> str:
    if request.param == "alone":
        return ""
    server: RedisProcess = request.getfixturevalue("redis")
    return server.url


@pytest.fixture
def settings(tmp_path: Path, clock: ManualClock, redis_url: str) -> Settings:
    strict = ("limit_sign_up", "limit_sign_in", "limit_refresh", "limit_password", "limit_reset")
    # Names in Redis begin with the issuer: so each test has buckets of its own.
    issuer = f"http://{encoding.random_id()}.example"
    return limited(tmp_path, clock, redis_url=redis_url, issuer=issuer, **dict.fromkeys(strict, RATE))


@pytest.fixture
def anna(services: Services) -> Owner:
    if services.redis is not None:
        services.redis.look()
    # Made without a request, and without cookies: nothing is charged yet, and no browser is known.
    services.accounts.create(NewAccount("anna", "Anna", PASSWORD))
    caller = sign_in(create_app(services).test_client(use_cookies=False), "anna")
    return Owner(**vars(caller), code=services.recovery.issue(caller.user_id).text)


def used_up(case: Case, anna: Owner) -> TestResponse:
    """Use the limit up; return the answer to a good request then."""
    for _ in range(2):
        answer = case.charged(anna)
        assert answer.status_code not in (429, 503), answer.text
    return case.good(anna)


def everything(services: Services) -> dict[str, list[dict[str, Any]]]:
    file = services.settings.accounts_file
    tables = [row["name"] for row in query(file, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: [dict(row) for row in query(file, f"SELECT * FROM {table}")] for table in tables}


def is_shared(services: Services) -> bool:
    return services.redis is not None


@EVERY
def test_beyond_the_limit_even_a_good_request_is_told_to_wait(services: Services, anna: Owner, case: Case) -> None:
    answer = used_up(case, anna)

    status, code = (429, "quota-exceeded") if is_shared(services) else (503, "temporary-reduced-capacity")
    body = answer.get_json()
    assert (answer.status_code, body["status"]) == (status, status)
    assert (body["type"], body["violated-policies"]) == (KNOWN + code, [case.policy])
    assert 1 <= int(answer.headers["Retry-After"]) <= 30
    assert "WWW-Authenticate" not in answer.headers


@EVERY
def test_of_a_request_beyond_the_limit_nothing_comes(services: Services, anna: Owner, case: Case) -> None:
    for _ in range(2):
        case.charged(anna)
    before = everything(services)

    answer = case.good(anna)

    assert "violated-policies" in answer.get_json()
    assert "Set-Cookie" not in answer.headers
    assert everything(services) == before


@EVERY
@pytest.mark.parametrize("redis_url", [""])
def test_it_is_admitted_after_just_what_it_was_told_to_wait(clock: ManualClock, anna: Owner, case: Case) -> None:
    wait = timedelta(seconds=int(used_up(case, anna).headers["Retry-After"]))

    clock.advance(wait - timedelta(milliseconds=1))
    early = case.good(anna)
    clock.advance(timedelta(milliseconds=1))
    late = case.good(anna)

    assert (early.status_code, early.headers["Retry-After"]) == (503, "1")
    assert late.status_code == case.status, late.text


@EVERY
def test_one_address_beyond_its_limit_is_not_another(anna: Owner, case: Case) -> None:
    is_of_session = case.policy in ("password", "refresh")
    used_up(case, anna)

    anna.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"

    assert (case.good(anna).status_code == case.status) != is_of_session


def test_an_oauth_client_is_told_so_in_words_it_knows(anna: Owner) -> None:
    answer = used_up(CASES["OAuth token"], anna)

    assert answer.content_type == "application/json"
    assert answer.get_json()["error"] == "temporarily_unavailable"


@pytest.mark.parametrize("name", ["refresh", "refresh by cookie", "OAuth token"])
def test_what_is_done_with_refresh_tokens_has_one_limit(anna: Owner, name: str) -> None:
    used_up(CASES["refresh"], anna)

    answer = CASES[name].good(anna)

    assert answer.get_json()["violated-policies"] == ["refresh"]


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_who_has_stolen_a_session_cannot_keep_its_owner_from_revoking_it(anna: Owner, kind: str) -> None:
    used_up(CASES["refresh"], anna)

    revoked = oauth.revoke(anna.client, anna.token if kind == "access" else anna.refresh_token)

    assert revoked.status_code == 200
    assert not oauth.is_signed_in(anna)


def test_an_api_token_is_revoked_whatever_was_counted(anna: Owner) -> None:
    program = oauth.api_token(anna)
    used_up(CASES["refresh"], anna)

    assert oauth.revoke(anna.client, program.token).status_code == 200
    assert not oauth.is_signed_in(program)


def test_a_token_that_has_been_revoked_before_is_counted_as_a_refresh(anna: Owner) -> None:
    oauth.revoke(anna.client, anna.token)

    answers = [oauth.revoke(anna.client, token) for token in (anna.token, anna.refresh_token, anna.token)]

    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert answers[-1].get_json()["violated-policies"] == ["refresh"]
    assert answers[-1].get_json()["error"] == "temporarily_unavailable"


@pytest.mark.parametrize("garbage", [oauth.refresh, oauth.revoke])
def test_garbage_is_counted_for_its_address_and_costs_no_neighbour_their_session(
    anna: Owner, garbage: Callable[[FlaskClient, str], TestResponse]
) -> None:
    answers = [garbage(anna.client, "garbage") for _ in range(3)]

    assert answers[-1].get_json()["violated-policies"] == ["refresh"]
    assert refreshes(anna).status_code == 200


def test_sign_ins_that_succeed_have_a_limit_too(anna: Owner) -> None:
    good = CASES["sign in"].good
    # One has been made before, with a browser without cookies; six for each that may fail are admitted.
    assert [good(anna).status_code for _ in range(11)] == [201] * 11

    assert good(anna).get_json()["violated-policies"] == ["sign-ins"]


def test_a_password_is_guessed_at_with_one_session_and_not_with_another(anna: Owner) -> None:
    another = Owner(**vars(sign_in(anna.client, "anna")))

    used_up(CASES["end session"], anna)

    assert CASES["create API token"].good(anna).get_json()["violated-policies"] == ["password"]
    assert CASES["create API token"].good(another).status_code == 201


def test_a_new_account_that_is_not_made_has_no_collection(services: Services, anna: Owner) -> None:
    used_up(CASES["sign up"], anna)

    assert [path.name for path in services.settings.collections_folder.glob("*.db")] == ["user_1.db"]


def test_refusals_are_counted_by_policy(services: Services, anna: Owner) -> None:
    code = "quota_exceeded" if is_shared(services) else "capacity_reduced"
    name = f'javumbo_limited_requests_total{{code="{code}",policy="reset"}}'
    used_up(CASES["reset password"], anna)

    CASES["reset password"].good(anna)

    assert numbers(services.metrics)[name] == 2


def test_what_has_no_limit_of_its_own_is_served_all_the_while(anna: Owner) -> None:
    for case in CASES.values():
        case.charged(anna)
        case.charged(anna)

    assert anna.ask("GET", "/v1/decks").status_code == 200
    assert anna.client.get("/.well-known/jwks.json").status_code == 200
