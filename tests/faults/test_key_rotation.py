"""The drill: keys of every algorithm follow each other under load, and nobody notices."""

import json
from pathlib import Path

import pytest
import requests

from tests.faults.load import Load, steady_load
from tests.live import LiveServer, User, serving, until

SETTINGS = {"jwks_max_age": "1s", "access_ttl": "6s", "refresh_idle": "6s", "clock_margin": "2s"}
LEAD = "2s"


def states(server: LiveServer) -> dict[str, str]:
    keys = json.loads(server.keys("list", "--json").stdout)["keys"]
    return {key["kid"]: key["state"] for key in keys if key["purpose"] == "session"}


def published(server: LiveServer) -> set[str]:
    return {key["kid"] for key in requests.get(server.url + "/.well-known/jwks.json", timeout=5).json()["keys"]}


def assert_every_living_token_can_be_verified(server: LiveServer, load: Load) -> None:
    before = load.living()
    kids = published(server)
    assert {token.kid for token in before if token.lives()} <= kids


def rotate(server: LiveServer, load: Load, algorithm: str) -> None:
    rotated = server.keys("rotate", "--purpose", "session", "--alg", algorithm, "--lead", LEAD)
    assert rotated.returncode == 0, rotated.stderr

    def new_tokens_have_it() -> bool:
        assert_every_living_token_can_be_verified(server, load)
        return load.newest().algorithm == algorithm

    until(new_tokens_have_it)


def prune_until_one_is_left(server: LiveServer) -> None:
    """Prune as cron does, again and again, until the time of the old keys is over."""

    def one_is_left() -> bool:
        assert server.keys("prune").returncode == 0
        return len(states(server)) == 1

    until(one_is_left)


def test_rotating_through_every_algorithm_and_pruning_fails_no_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path, **SETTINGS) as server:
        user = User(server, "anna").sign_up()
        with steady_load(server, user, expected={200, 201}) as load:
            for algorithm in ("ES256", "RS256", "EdDSA"):
                rotate(server, load, algorithm)
            newest = load.newest().kid
            until(lambda: {token.kid for token in load.living()} == {newest})
            prune_until_one_is_left(server)
            until(lambda: published(server) & set(states(server)) == {newest})
            seen = sum(load.answers.values())
            until(lambda: sum(load.answers.values()) > seen + 100)
        left = states(server)

    with capsys.disabled():
        print(f"\nrotation drill: {dict(load.answers)}")
    assert load.failures == []
    assert left == {newest: "signing"}
    assert all(load.answers[what] > 20 for what in (("sign in", 201), ("read", 200), ("write", 201)))
