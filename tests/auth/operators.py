"""Somebody at the command line of the keys."""

import json
from pathlib import Path
from typing import Any

import pytest

from auth.cli import main
from auth.key_folder import KeyFolder
from auth.settings import AuthSettings
from tests.clocks import ManualClock


class Operator:
    """What somebody types, and what they are told."""

    def __init__(self, data: Path, clock: ManualClock, capsys: pytest.CaptureFixture[str]) -> None:
        self.environ = {"JAVUMBO_DATA": str(data)}
        self.clock = clock
        self._capsys = capsys

    def run(self, *arguments: str) -> int:
        return main(["keys", *arguments], self.environ, self.clock)

    def told(self, *arguments: str, code: int = 0) -> str:
        assert self.run(*arguments) == code
        return self._capsys.readouterr().out

    def refused(self, *arguments: str) -> str:
        assert self.run(*arguments) == 2
        return self._capsys.readouterr().err

    def data(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self.told(*arguments, "--json", code=code))

    @property
    def folder(self) -> KeyFolder:
        settings = AuthSettings.from_environ(self.environ)
        return KeyFolder(settings.key_folder, lambda: settings.passphrase)

    def kids(self, state: str, purpose: str = "session") -> list[str]:
        return [key["kid"] for key in self.data("list")["keys"] if (key["state"], key["purpose"]) == (state, purpose)]

    def snapshot(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.path.iterdir() if path.name != ".lock"}
