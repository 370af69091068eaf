"""Fixtures: a key ring on disk and the tokens it signs."""

from datetime import timedelta
from pathlib import Path

import pytest

from auth import keystore
from auth.keystore import KeyStore
from auth.settings import AuthSettings
from auth.tokens import AccessTokens
from tests.clocks import NOON, ManualClock


@pytest.fixture
def auth_settings(tmp_path: Path) -> AuthSettings:
    return AuthSettings(
        issuer="https://cards.example",
        audience="javumbo",
        access_lifetime=timedelta(minutes=10),
        session_lifetime=timedelta(days=90),
        keys=tmp_path / "keys",
        hashes_at_once=1,
        hashes_waiting=8,
    )


@pytest.fixture
def store(auth_settings: AuthSettings) -> KeyStore:
    keystore.create(auth_settings.keys, NOON)
    return KeyStore(auth_settings.keys)


@pytest.fixture
def tokens(store: KeyStore, auth_settings: AuthSettings, clock: ManualClock) -> AccessTokens:
    return AccessTokens(store, auth_settings, clock)
