"""Fixtures: a key ring on disk and the tokens it signs."""

from pathlib import Path

import pytest

from auth.key_folder import KeyFolder
from auth.keystore import KeyStore
from auth.settings import AuthSettings
from auth.tokens import AccessTokens
from tests.auth.operators import Operator
from tests.clocks import NOON, ManualClock


@pytest.fixture
def auth_settings(tmp_path: Path) -> AuthSettings:
    return AuthSettings.from_environ({"JAVUMBO_DATA": str(tmp_path), "JAVUMBO_ISSUER": "https://cards.example"})


@pytest.fixture
def store(auth_settings: AuthSettings) -> KeyStore:
    folder = KeyFolder(auth_settings.key_folder)
    folder.create(NOON)
    return KeyStore(folder)


@pytest.fixture
def tokens(store: KeyStore, auth_settings: AuthSettings, clock: ManualClock) -> AccessTokens:
    return AccessTokens(store, auth_settings, clock)


@pytest.fixture
def operator(tmp_path: Path, clock: ManualClock, capsys: pytest.CaptureFixture[str]) -> Operator:
    operator = Operator(tmp_path, clock, capsys)
    operator.told("init")
    return operator
