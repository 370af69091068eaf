import pytest

from auth.redis_url import address_of, redis_url


@pytest.mark.parametrize(
    "value",
    [
        "",
        "redis://cache.example",
        "redis://:secret@cache.example:6380/1",
        "redis://user:sec%2Fret@[::1]:6379",
        "rediss://cache.example/0?ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=no",
        "unix:///run/redis.sock",
        "unix://user@/run/redis.sock?db=1&password=secret",
    ],
)
def test_urls_are_taken_as_they_are(value: str) -> None:
    assert redis_url(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "127.0.0.1:6379",
        "http://127.0.0.1:6379",
        "redis:///1",
        "redis://:secret",
        "redis://:secret/2@cache.example:6379",
        "redis://user:secret@cache.example:port",
        "redis://cache.example/secret",
        "redis://cache.example?db=secret",
        "redis://[secret",
        "unix://secret",
        "unix:secret",
    ],
)
def test_what_is_no_url_of_a_redis_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(ValueError, match="must be a URL such as redis://") as refused:
        redis_url(value)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["socket_timeout", "protocol", "retry_on_timeout", "host", "timeout"])
def test_what_the_code_depends_on_is_not_chosen_in_the_url(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' cannot be chosen in the URL"):
        redis_url(f"redis://cache.example?{name}=9")


def test_options_of_tls_are_for_tls() -> None:
    with pytest.raises(ValueError, match="'ssl_ca_certs' is for rediss:// alone"):
        redis_url("redis://cache.example?ssl_ca_certs=/etc/ca.pem")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://user:secret@cache.example:6380/1", "cache.example:6380"),
        ("rediss://cache.example", "cache.example:6379"),
        ("redis://[::1]:6379", "[::1]:6379"),
        ("unix:///run/redis.sock?password=secret", "/run/redis.sock"),
    ],
)
def test_only_its_place_is_named(url: str, address: str) -> None:
    assert address_of(url) == address
