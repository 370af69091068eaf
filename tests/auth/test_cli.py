import runpy
import sys
from pathlib import Path

import pytest

from auth import keystore
from auth.cli import folder_of, main


def test_init_makes_a_ring_where_the_service_looks_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["keys", "init"], {"JAVUMBO_DATA": str(tmp_path)})

    assert code == 0
    assert keystore.exists(tmp_path / "keys")
    assert str(tmp_path / "keys") in capsys.readouterr().out


def test_init_refuses_to_touch_an_existing_ring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"JAVUMBO_KEYS": str(tmp_path)}
    (tmp_path / "something").touch()

    assert main(["keys", "init"], environ) == 2
    assert "JAVUMBO_KEYS" in capsys.readouterr().err


def test_the_folder_follows_the_settings() -> None:
    assert folder_of({}) == Path("data/keys")
    assert folder_of({"JAVUMBO_DATA": "/d"}) == Path("/d/keys")
    assert folder_of({"JAVUMBO_DATA": "/d", "JAVUMBO_KEYS": "/k"}) == Path("/k")


def test_it_is_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVUMBO_DATA", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["python -m auth", "keys", "init"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("auth", run_name="__main__")

    assert ended.value.code == 0
    assert keystore.exists(tmp_path / "keys")
