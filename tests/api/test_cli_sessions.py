"""What operators see of sessions and of the record from the command line, and ending one."""

from datetime import timedelta

from flask.testing import FlaskClient

from api.services import Services
from auth.sessions import EndedBy
from tests.api.operators import Operator, api_token
from tests.callers import Caller, sign_in
from tests.clocks import ManualClock
from tests.files import query


def test_sessions_are_a_table_of_those_that_are_open(
    operator: Operator, client: FlaskClient, anna: Caller, ben: Caller, clock: ManualClock, services: Services
) -> None:
    clock.advance(timedelta(minutes=1))
    later = sign_in(client, "anna", kind="cli")
    services.sessions.end(ben.user_id, ben.session_id, EndedBy.SIGN_OUT)

    head, first, second, total = operator.told("sessions", "list").splitlines()

    assert head.split("  ")[0] == "SID"
    instants = ["2026-11-23", "12:01:00", "UTC"] * 2
    assert first.split() == [later.session_id, "anna", "cli", "127.0.0.1", *instants, "-"]
    assert second.split()[0] == anna.session_id
    assert total == "2 open sessions."


def test_sessions_of_one_account_are_listed_alone_and_name_who_replayed_them(
    operator: Operator, services: Services, anna: Caller, ben: Caller
) -> None:
    query(services.settings.accounts_file, "UPDATE sessions SET replayed_from = '192.0.2.7'")

    told = operator.data("sessions", "list", "ben")

    assert told["total"] == 1
    (session,) = told["sessions"]
    assert (session["sid"], session["username"], session["replayed_from"]) == (ben.session_id, "ben", "192.0.2.7")
    assert session["created_at"] == session["last_used_at"] == "2026-11-23T12:00:00+00:00"


def test_a_session_whose_time_is_over_is_not_listed(operator: Operator, anna: Caller, clock: ManualClock) -> None:
    clock.advance(timedelta(days=30))

    assert operator.data("sessions", "list") == {"total": 0, "sessions": []}
    assert operator.told("sessions", "list").splitlines()[1:] == ["0 open sessions."]


def test_a_session_is_listed_while_its_access_token_lives(
    operator: Operator, services: Services, anna: Caller, clock: ManualClock
) -> None:
    query(services.settings.accounts_file, "UPDATE sessions SET refresh_until = 0")

    assert operator.data("sessions", "list")["total"] == 1
    clock.advance(timedelta(minutes=10))
    assert operator.data("sessions", "list")["total"] == 0


def test_a_long_list_says_that_it_is_not_all(operator: Operator, client: FlaskClient, anna: Caller) -> None:
    for _ in range(2):
        sign_in(client, "anna")

    told = operator.told("sessions", "list", "--limit", "2").splitlines()

    assert told[-1] == "3 open sessions; these are the 2 used last. --limit shows more."
    assert len(told) == 4


def test_one_session_can_be_ended_by_its_sid(operator: Operator, client: FlaskClient, anna: Caller) -> None:
    other = sign_in(client, "anna")

    assert operator.data("sessions", "end", other.session_id) == {"sid": other.session_id, "user_id": anna.user_id}

    assert [who.ask("GET", "/v1/decks").status_code for who in (other, anna)] == [401, 200]
    assert "no open session" in operator.refused("sessions", "end", other.session_id)
    assert "no open session" in operator.refused("sessions", "end", "S" * 22)


def test_the_sid_of_an_api_token_ends_that(
    operator: Operator, services: Services, client: FlaskClient, anna: Caller
) -> None:
    program = Caller(client, anna.user_id, api_token(services, anna))
    (token,) = services.api_tokens.page(anna.user_id, 0, 10)

    operator.told("sessions", "end", token.sid)

    assert [who.ask("GET", "/v1/decks").status_code for who in (program, anna)] == [401, 200]
    assert services.api_tokens.page(anna.user_id, 0, 10) == []


def test_the_record_is_listed_with_the_newest_first_also_when_its_tokens_have_expired(
    operator: Operator, client: FlaskClient, anna: Caller, clock: ManualClock
) -> None:
    operator.told("sessions", "end", anna.session_id)
    clock.advance(timedelta(hours=1))
    other = sign_in(client, "anna")
    operator.told("sessions", "end", other.session_id)

    told = operator.data("revocations", "list")

    assert [entry["sid"] for entry in told["revocations"]] == [other.session_id, anna.session_id]
    assert told["revocations"][0] == {
        "seq": 2,
        "sid": other.session_id,
        "ended_at": "2026-11-23T13:00:00+00:00",
        "until": "2026-11-23T13:10:00+00:00",
    }
    last = operator.told("revocations", "list", "--limit", "1").splitlines()[-1]
    assert last == "2 entries in the record; these are the 1 newest. --limit shows more."
