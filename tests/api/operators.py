"""Somebody at the command line of the service, and what there is to look at."""

import json
from datetime import timedelta
from typing import Any

import pytest

from api.account.accounts import Confirmation
from api.account.api_tokens import NewApiToken
from api.cli import main
from api.services import Services
from api.settings import Settings
from tests.callers import PASSWORD, Caller
from tests.clocks import ManualClock


class Operator:
    """What somebody types, with the settings of the service, and what they are told."""

    def __init__(self, settings: Settings, clock: ManualClock, capsys: pytest.CaptureFixture[str]) -> None:
        self.environ = {"JAVUMBO_DATA": str(settings.data), "JAVUMBO_WRITE_TIMEOUT": "1s"}
        self.clock = clock
        self._capsys = capsys

    def told(self, *arguments: str) -> str:
        assert main(list(arguments), self.environ, self.clock) == 0
        return self._capsys.readouterr().out

    def data(self, *arguments: str) -> Any:
        return json.loads(self.told(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        assert main(list(arguments), self.environ, self.clock) == 2
        out, err = self._capsys.readouterr()
        assert out == ""
        return err


def api_token(services: Services, owner: Caller) -> str:
    new = NewApiToken("a program", frozenset({"collection:read"}), timedelta(days=30))
    return services.api_tokens.create(Confirmation(owner.user_id, "", PASSWORD), new)[1]
