import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from api import server
from api.cli import main
from api.server import prepare, prepare_redis
from api.settings import Environment, Settings
from auth.redis_link import find_fault
from auth.settings import SettingInvalid
from tests import redis_process
from tests.clocks import NOON


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    return Settings.from_environ({"JAVUMBO_DATA": str(tmp_path / "data")})


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_is_missing_is_made_once(fresh: Settings) -> None:
    prepare(fresh, NOON)
    before = contents(fresh.data)

    prepare(fresh, NOON)

    assert contents(fresh.data) == before
    assert {path.name for path in fresh.data.iterdir()} == {"accounts.db", "collections", "keys"}


def test_nobody_else_can_look_into_the_data(fresh: Settings) -> None:
    prepare(fresh, NOON)

    made = [fresh.data, *fresh.data.rglob("*")]

    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, fresh: Settings) -> None:
    fresh.data.write_text("a file, not a folder")

    with pytest.raises(SettingInvalid, match="^JAVUMBO_DATA: cannot write to the folder"):
        prepare(fresh, NOON)


def test_a_folder_where_nobody_can_write_is_told(fresh: Settings) -> None:
    with pytest.raises(SettingInvalid, match="^JAVUMBO_DATA: cannot write to the folder /proc/data"):
        prepare(replace(fresh, data=Path("/proc/data")), NOON)


def test_a_place_where_no_keys_can_be_made_is_told(fresh: Settings) -> None:
    with pytest.raises(SettingInvalid, match="^JAVUMBO_KEYS: "):
        prepare(replace(fresh, keys=Path("/proc/data/keys")), NOON)


def test_accounts_that_are_missing_beside_collections_are_not_made_anew(fresh: Settings) -> None:
    prepare(fresh, NOON)
    fresh.accounts_file.unlink()
    (fresh.collections_folder / "user_1.db").touch()

    with pytest.raises(SettingInvalid, match="restore it from a backup"):
        prepare(fresh, NOON)

    assert not fresh.accounts_file.exists()


def test_a_key_ring_that_is_damaged_stops_the_start(fresh: Settings) -> None:
    prepare(fresh, NOON)
    (fresh.key_folder / "ring.json").write_text("{")

    with pytest.raises(SettingInvalid, match="^JAVUMBO_KEYS: .*ring.json"):
        prepare(fresh, NOON)


def test_in_production_no_keys_are_made(fresh: Settings) -> None:
    production = replace(fresh, env=Environment.PRODUCTION)

    with pytest.raises(SettingInvalid, match=r"^JAVUMBO_KEYS: .*python -m auth keys init"):
        prepare(production, NOON)

    assert not fresh.key_folder.exists()


def test_a_port_in_use_is_told(fresh: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SettingInvalid, match=f"^JAVUMBO_PORT: cannot listen on 127.0.0.1 port {port}"):
            server.run(replace(fresh, port=port))


@pytest.mark.parametrize("host", ["203.0.113.1", "not a host", "a..b", "256.256.256.256"])
def test_an_address_that_is_not_ours_is_told(fresh: Settings, host: str) -> None:
    with pytest.raises(SettingInvalid, match="^JAVUMBO_HOST: "):
        server.run(replace(fresh, host=host))


def test_where_no_redis_is_given_the_workers_are_told_of_one_of_our_own(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(fresh, NOON)
    monkeypatch.setenv("JAVUMBO_REDIS_URL", "")  # so that it is put back

    started = prepare_redis(fresh)

    assert started is not None
    fault = find_fault(Settings.from_environ(os.environ).redis_url)
    started.stop()
    assert fault is None


def test_a_redis_that_is_given_is_asked_and_none_is_started(fresh: Settings) -> None:
    with redis_process.running() as redis:
        assert prepare_redis(replace(fresh, redis_url=redis.url)) is None

    assert not fresh.redis_folder.exists()


def test_a_given_redis_that_is_down_is_told_unless_that_is_wanted(fresh: Settings) -> None:
    down = replace(fresh, redis_url="unix://user@/nowhere/redis.sock?password=secret")

    with pytest.raises(SettingInvalid, match="^JAVUMBO_REDIS_URL: /nowhere/redis.sock cannot be used ") as told:
        prepare_redis(down)

    assert "secret" not in str(told.value)
    assert prepare_redis(replace(down, start_without_redis=True)) is None


def test_a_wrong_setting_ends_the_command_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JAVUMBO_PORT", "eighty")

    assert main(["serve"]) == 2
    assert capsys.readouterr().err == "JAVUMBO_PORT: must be a whole number from 0 to 65535\n"


def test_serve_runs_the_server_with_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served: list[Settings] = []
    monkeypatch.setattr(server, "run", served.append)
    monkeypatch.setenv("JAVUMBO_DATA", str(tmp_path))

    assert main(["serve"]) == 0
    assert served[0].data == tmp_path
