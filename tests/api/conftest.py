"""Fixtures: an operator at the command line of the service."""

import pytest

from api.settings import Settings
from tests.api.operators import Operator
from tests.clocks import ManualClock


@pytest.fixture
def operator(settings: Settings, clock: ManualClock, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(settings, clock, capsys)
