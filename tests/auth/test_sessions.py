from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from auth.refresh_tokens import RefreshClaims
from auth.sessions import MOST_ROTATIONS, Session, SessionRules, Verdict
from auth.settings import AuthSettings
from tests.clocks import NOON

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
WINDOW = timedelta(seconds=30)


@pytest.fixture
def rules(auth_settings: AuthSettings) -> SessionRules:
    return SessionRules(auth_settings)


def opened(rules: SessionRules, at: datetime = NOON) -> Session:
    return rules.opened("S" * 22, 7, "web", "192.0.2.1", at)


def presented(generation: int, user_id: int = 7) -> RefreshClaims:
    return RefreshClaims(user_id, "S" * 22, generation, "J" * 22, NOON, NOON + 30 * DAY)


def rotated(rules: SessionRules, *instants: datetime) -> Session:
    session = opened(rules)
    for instant in instants:
        session = rules.rotated(session, "192.0.2.1", instant)
    return session


def test_a_session_begins_in_its_first_generation_with_all_its_times(rules: SessionRules) -> None:
    session = opened(rules)

    assert (session.generation, session.rotations) == (1, ())
    assert session.access_until == NOON + timedelta(minutes=10)
    assert session.refresh_until == NOON + 30 * DAY
    assert session.expires_at == NOON + 90 * DAY


def test_a_rotation_keeps_where_and_when_it_was_last_used(rules: SessionRules) -> None:
    session = rules.rotated(opened(rules), "192.0.2.9", NOON + DAY)

    assert (session.generation, session.address, session.last_used_at) == (2, "192.0.2.9", NOON + DAY)
    assert session.created_at == NOON
    assert session.access_until == NOON + DAY + timedelta(minutes=10)


def test_no_token_outlives_the_session_itself(rules: SessionRules) -> None:
    session = opened(rules)
    late = rules.rotated(session, "192.0.2.1", session.expires_at - SECOND)

    assert late.refresh_until == rules.access_expiry(late) == session.expires_at


def test_the_latest_expiry_handed_out_is_kept_when_lifetimes_are_made_shorter(auth_settings: AuthSettings) -> None:
    session = opened(SessionRules(auth_settings))
    shorter = SessionRules(replace(auth_settings, access_ttl=SECOND))

    assert shorter.rotated(session, "192.0.2.1", NOON + SECOND).access_until == session.access_until


def test_a_lifetime_that_was_made_longer_changes_no_token_that_was_handed_out(auth_settings: AuthSettings) -> None:
    session = opened(SessionRules(auth_settings))
    longer = SessionRules(replace(auth_settings, access_ttl=DAY))

    assert longer.access_expiry(session) == session.access_until == NOON + timedelta(minutes=10)
    assert longer.access_expiry(longer.rotated(session, "192.0.2.1", NOON)) == NOON + DAY


@pytest.mark.parametrize(
    ("generation", "after", "verdict"),
    [
        (4, timedelta(0), Verdict.ROTATE),
        (4, 25 * DAY, Verdict.ROTATE),
        (3, timedelta(0), Verdict.REPEAT),
        (3, WINDOW, Verdict.REPEAT),
        (3, WINDOW + SECOND, Verdict.REUSED),
        (2, timedelta(0), Verdict.SUPERSEDED),
        (2, WINDOW - 10 * SECOND, Verdict.SUPERSEDED),
        (2, WINDOW - 9 * SECOND, Verdict.REUSED),
        (1, timedelta(0), Verdict.REUSED),
        (5, timedelta(0), Verdict.REUSED),
        (4, 30 * DAY, Verdict.OVER),
        (3, 90 * DAY, Verdict.OVER),
        (4, -timedelta(hours=1), Verdict.ROTATE),
        (3, -timedelta(hours=1), Verdict.REPEAT),
    ],
)
def test_what_a_refresh_token_is_good_for(
    rules: SessionRules, generation: int, after: timedelta, verdict: Verdict
) -> None:
    """Rotated out: the first generation two hours ago, the second ten seconds before the third."""
    last = NOON + timedelta(hours=2)
    session = rotated(rules, NOON + SECOND, last - 10 * SECOND, last)

    assert rules.judge(session, presented(generation), last + after) is verdict


def test_an_ended_session_is_over_whatever_is_presented(rules: SessionRules) -> None:
    session = replace(rotated(rules, NOON), ended_at=NOON)

    assert {rules.judge(session, presented(generation), NOON) for generation in (1, 2, 3)} == {Verdict.OVER}


def test_a_refresh_token_of_another_user_opens_nothing(rules: SessionRules) -> None:
    assert rules.judge(opened(rules), presented(1, user_id=8), NOON) is Verdict.OVER


def test_more_rotations_than_are_remembered_make_no_thief_of_a_late_request(rules: SessionRules) -> None:
    instants = [NOON + number * timedelta(milliseconds=1) for number in range(MOST_ROTATIONS + 10)]
    session = rotated(rules, *instants)

    assert len(session.rotations) == MOST_ROTATIONS
    assert rules.judge(session, presented(1), NOON + SECOND) is Verdict.SUPERSEDED
    assert rules.judge(session, presented(1), NOON + WINDOW + SECOND) is Verdict.REUSED
