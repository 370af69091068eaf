from datetime import timedelta
from pathlib import Path

import pytest

from auth.settings import AuthSettings, SettingInvalid


def test_the_defaults_are_those_that_are_documented() -> None:
    settings = AuthSettings.from_environ({})

    assert settings.access_ttl == timedelta(minutes=10)
    assert settings.key_folder == Path("data/keys")
    assert settings.run_folder == Path("data/run")
    assert settings.passphrase is None


def test_the_folder_of_keys_can_lie_elsewhere() -> None:
    assert AuthSettings.from_environ({"JAVUMBO_DATA": "/d", "JAVUMBO_KEYS": "/k"}).key_folder == Path("/k")


def test_what_it_does_not_know_belongs_to_others() -> None:
    assert AuthSettings.from_environ({"JAVUMBO_WORKERS": "not a number"}) == AuthSettings.from_environ({})


def test_a_passphrase_is_given_or_lies_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"a passphrase\r\nand a second line")

    given = AuthSettings.from_environ({"JAVUMBO_KEYS_PASSPHRASE": "a passphrase"})
    read = AuthSettings.from_environ({"JAVUMBO_KEYS_PASSPHRASE_FILE": str(file)})

    assert given.passphrase == read.passphrase == b"a passphrase"


def test_a_passphrase_is_not_shown() -> None:
    assert "tell nobody" not in repr(AuthSettings.from_environ({"JAVUMBO_KEYS_PASSPHRASE": "tell nobody"}))


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"JAVUMBO_KEYS_PASSPHRASE_FILE": "absent"}, "JAVUMBO_KEYS_PASSPHRASE_FILE: cannot be read"),
        ({"JAVUMBO_KEYS_PASSPHRASE_FILE": "empty"}, "JAVUMBO_KEYS_PASSPHRASE_FILE: .* begins with an empty line"),
        (
            {"JAVUMBO_KEYS_PASSPHRASE_FILE": "empty", "JAVUMBO_KEYS_PASSPHRASE": "x"},
            "JAVUMBO_KEYS_PASSPHRASE: is set, and so is",
        ),
    ],
)
def test_a_passphrase_that_cannot_be_had_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").touch()

    with pytest.raises(SettingInvalid, match=reason):
        _ = AuthSettings.from_environ(environ).passphrase


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCESS_TTL", "10"),
        ("ACCESS_TTL", "25h"),
        ("REFRESH_IDLE", "0s"),
        ("JWKS_MAX_AGE", "２s"),
        ("REMEMBERED_TOKENS", "0"),
        ("REMEMBERED_TOKENS", "many"),
        ("ISSUER", "cards.example"),
        ("ISSUER", "https://cards.example?x"),
    ],
)
def test_a_wrong_value_is_told_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid, match=f"^JAVUMBO_{name}: must "):
        AuthSettings.from_environ({f"JAVUMBO_{name}": value})
