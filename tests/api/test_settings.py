from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from api.settings import Environment, Settings
from auth.settings import SettingInvalid


def test_without_any_variable_the_defaults_hold() -> None:
    settings = Settings.from_environ({})

    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 3)
    assert settings.access_ttl == timedelta(minutes=10)
    assert settings.key_folder == Path("data/keys")


def test_nobody_is_trusted_to_name_clients_unless_told() -> None:
    assert Settings.from_environ({}).trusted_proxies == ()


def test_an_empty_variable_is_an_unset_one() -> None:
    assert Settings.from_environ({"JAVUMBO_PORT": ""}).port == 8000


def test_variables_of_others_do_not_matter() -> None:
    assert Settings.from_environ({"PATH": "/bin", "PORT": "1"}).port == 8000


def test_values_are_read_and_typed() -> None:
    settings = Settings.from_environ(
        {
            "JAVUMBO_PORT": "0",
            "JAVUMBO_KEYS": "/keys",
            "JAVUMBO_ACCESS_TTL": "30s",
            "JAVUMBO_ENV": "production",
            "JAVUMBO_ISSUER": "https://cards.example",
            "JAVUMBO_CORS_ORIGINS": "https://a.example, http://localhost:5173",
            "JAVUMBO_TRUSTED_PROXIES": "127.0.0.1, fd00::/8",
        }
    )

    assert settings.port == 0
    assert settings.key_folder == Path("/keys")
    assert settings.env is Environment.PRODUCTION
    assert settings.cors_origins == ("https://a.example", "http://localhost:5173")
    assert settings.trusted_proxies == (ip_network("127.0.0.1"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٣"),
        ("PORT", "eighty"),
        ("WORKERS", "0"),
        ("ACCESS_TTL", "10"),
        ("ACCESS_TTL", "m"),
        ("ACCESS_TTL", "0s"),
        ("ACCESS_TTL", "2d"),
        ("ACCESS_TTL", "9999999999d"),
        ("ENV", "test"),
        ("ISSUER", "cards.example"),
        ("ISSUER", "https://cards.example?a=1"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://*.example.org"),
        ("CORS_ORIGINS", "https://cards.example/path"),
        ("CORS_ORIGINS", "https://"),
        ("CORS_ORIGINS", "null"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("TRUSTED_PROXIES", "127.0.0.1, 300.1.2.3"),
        ("TRUSTED_PROXIES", "10.0.0.5/8"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        Settings.from_environ({f"JAVUMBO_{name}": value})

    assert str(refused.value).startswith(f"JAVUMBO_{name}: ")
    assert "\n" not in str(refused.value)


def test_a_misspelt_setting_is_told_with_the_one_meant() -> None:
    with pytest.raises(SettingInvalid, match="JAVUMBO_WORKER: there is no such setting; did you mean JAVUMBO_WORKERS?"):
        Settings.from_environ({"JAVUMBO_WORKER": "4"})


def test_an_unknown_setting_is_told() -> None:
    with pytest.raises(SettingInvalid, match="no such setting$"):
        Settings.from_environ({"JAVUMBO_QQQQQQQQQQQQ": "1"})


def test_in_production_the_issuer_must_be_given() -> None:
    with pytest.raises(SettingInvalid, match="JAVUMBO_ISSUER"):
        Settings.from_environ({"JAVUMBO_ENV": "production"})


def test_all_workers_together_hash_as_many_passwords_as_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)

    assert Settings.from_environ({"JAVUMBO_WORKERS": "4"}).hashes_at_once == 2
    assert Settings.from_environ({"JAVUMBO_WORKERS": "32"}).hashes_at_once == 1


def test_the_url_of_a_redis_is_shown_nowhere() -> None:
    settings = Settings.from_environ({"JAVUMBO_REDIS_URL": "redis://:hidden@cache.example:6379/0"})

    assert settings.redis_url == "redis://:hidden@cache.example:6379/0"
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize("value", ["true", "1", "Yes", "nein"])
def test_yes_and_no_are_the_only_answers(value: str) -> None:
    with pytest.raises(SettingInvalid, match="^JAVUMBO_START_WITHOUT_REDIS: must be yes or no$"):
        Settings.from_environ({"JAVUMBO_START_WITHOUT_REDIS": value})
