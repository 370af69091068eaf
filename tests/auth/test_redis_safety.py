import pytest

from auth.redis_safety import forgets_at_restart, server_of, why_unsafe

GOOD = {"redis_version": "7.0.15", "role": "master", "maxmemory_policy": "noeviction", "aof_enabled": 1}


def test_one_with_an_append_only_file_forgets_nothing() -> None:
    assert not forgets_at_restart(GOOD)
    assert forgets_at_restart({**GOOD, "aof_enabled": 0})


@pytest.mark.parametrize("version", ["7.0.0", "7.2.4", "8.2.1", "10.0.0"])
def test_every_version_from_seven_on_will_do(version: str) -> None:
    assert why_unsafe({**GOOD, "redis_version": version}) is None


@pytest.mark.parametrize("name", ["redis_version", "role", "maxmemory_policy"])
def test_what_is_not_said_is_not_assumed(name: str) -> None:
    said = {key: value for key, value in GOOD.items() if key != name}

    assert why_unsafe(said) is not None


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"redis_version": "6.2.14"}, "redis_version"),
        ({"redis_version": ""}, "redis_version"),
        ({"role": "slave"}, "replicaof"),
        ({"cluster_enabled": 1}, "cluster-enabled"),
        ({"maxmemory_policy": "volatile-lru"}, "maxmemory-policy"),
    ],
)
def test_what_cannot_be_relied_on_is_refused_by_the_name_of_its_setting(said: dict[str, object], named: str) -> None:
    assert why_unsafe(GOOD) is None
    assert named in (why_unsafe({**GOOD, **said}) or "")


def test_servers_are_called_by_their_names() -> None:
    assert server_of(GOOD) == "redis 7.0.15"
    assert server_of({**GOOD, "valkey_version": "9.1.2"}) == "valkey 9.1.2"
