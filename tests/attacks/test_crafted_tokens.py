"""Every token an attacker might craft is refused, each with the same answer (RFC 8725, DESIGN: tokens)."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.attacks import crafted
from tests.attacks.crafted import NOW
from tests.attacks.forge import Forge, ask, assert_refused
from tests.callers import Caller


@pytest.mark.parametrize("group", crafted.GROUPS, ids=lambda group: group.__name__)
def test_it_is_refused_and_told_nothing(client: FlaskClient, forge: Forge, group: Any) -> None:
    tokens = dict(group(forge))

    for name, token in tokens.items():
        assert_refused(client, token, name)


def test_there_are_many_and_each_is_another(forge: Forge) -> None:
    tokens = crafted.crafted(forge)

    assert len(set(tokens.values())) > 200
    assert len(tokens) == sum(len(list(group(forge))) for group in crafted.GROUPS), "a name is used twice"


def test_what_the_attacker_began_with_is_good(client: FlaskClient, forge: Forge) -> None:
    assert ask(client, f"Bearer {forge.token()}").status_code == 200


def test_an_issue_date_within_a_minute_is_believed(client: FlaskClient, forge: Forge) -> None:
    assert ask(client, f"Bearer {forge.with_claims(iat=NOW + 60, nbf=NOW + 60)}").status_code == 200


def test_an_expired_token(client: FlaskClient, anna: Caller, clock: Any) -> None:
    assert ask(client, f"Bearer {anna.token}").status_code == 200

    clock.advance(timedelta(minutes=10))

    assert_refused(client, anna.token, "expired, and remembered from before")
