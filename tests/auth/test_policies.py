import pytest

from auth.gcra import Rate
from auth.policies import Policy, Standing, rate

POLICY = Policy("some", Rate(quota=60, window=60_000, burst=10))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("60/1m", Rate(60, 60_000, 60)),
        ("6000/1m/600", Rate(6000, 60_000, 600)),
        ("1/1d/5", Rate(1, 86_400_000, 5)),
        ("25000/1s", Rate(25_000, 1_000, 25_000)),
    ],
)
def test_a_rate_is_a_quota_a_window_and_perhaps_a_burst(text: str, read: Rate) -> None:
    assert rate(text) == read


@pytest.mark.parametrize(
    "text", ["", "60", "60/1m/", "/1m", "60/", "0/1m", "60/1m/0", "25001/1s", "60/2d", "60/0s", "60/1m/60/1", "6e1/1m"]
)
def test_what_is_no_rate_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="such as 60/1m or 6000/1m/600"):
        rate(text)


@pytest.mark.parametrize(("level", "remaining", "wait"), [(0, 10, 1), (60_000, 9, 1), (600_000, 0, 1), (720_000, 0, 3)])
def test_a_standing_tells_what_remains_and_for_how_long(level: int, remaining: int, wait: int) -> None:
    standing = Standing(POLICY, level)

    assert (standing.remaining, standing.wait) == (remaining, wait)


def test_a_share_keeps_its_name() -> None:
    assert POLICY.share(3) == Policy("some", Rate(20, 60_000, 3))
