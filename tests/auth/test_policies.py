"""How policies are written, and where somebody stands with one."""

import pytest

from auth.gcra import Rate
from auth.policies import MOST, MOST_WORKERS, Policy, Standing, rate

DAY = 86_400_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60/1m", Rate(60, 60_000, 60)),
        ("6000/1m/600", Rate(6000, 60_000, 600)),
        ("1/1s/1", Rate(1, 1000, 1)),
        ("1/1d/5", Rate(1, DAY, 5)),
        ("10/12h/25000", Rate(10, DAY // 2, 25_000)),
        ("25000/1d", Rate(25_000, DAY, 25_000)),
        ("25000/86400s/1", Rate(25_000, DAY, 1)),
    ],
)
def test_a_rate_is_a_quota_a_window_and_perhaps_a_burst(text: str, expected: Rate) -> None:
    assert rate(text) == expected


@pytest.mark.parametrize("text", ["", "60", "60/1m/60/1", "/", "//", "60,1m", "60 per minute"])
def test_what_has_another_form_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 60/1m or 6000/1m/600"):
        rate(text)


@pytest.mark.parametrize(
    "text",
    [
        *("0/1m", "-1/1m", "25001/1m", "1.5/1m", "+1/1m", " 1/1m", "1 /1m", "٣/1m", "6e1/1m", "x/1m", "/1m"),
        *("60/", "60/1", "60/m", "60/0s", "60/2d", "60/25h", "60/1w", "60/-1m", "60/999ms", "60/1.5m", "60/ 1m"),
        *("60/1m/", "60/1m/0", "60/1m/25001", "60/1m/x", "60/1m/-1", "60/1m/1s"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_the_form_and_the_bounds(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 60/1m .* at most 25000, the window 1s to 1d$"):
        rate(text)


def test_a_standing_says_what_remains_and_rounds_the_wait_up_to_a_second() -> None:
    policy = Policy("few", Rate(quota=4, window=10_000, burst=4))

    levels = [0, 1, 10_000, 30_001, 40_000, 80_000]

    # In milliseconds 2500, 1, 2500, 1, 2500 and 12 500.
    assert [Standing(policy, level).outlook for level in levels] == [(4, 3), (3, 1), (3, 3), (0, 1), (0, 3), (0, 13)]


def test_the_share_of_a_policy_goes_by_its_name() -> None:
    assert Policy("few", Rate(9, 1000, 5)).share(4) == Policy("few", Rate(2, 1000, 1))


@pytest.mark.parametrize("largest", [f"{MOST}/1d", f"1/1d/{MOST}", f"{MOST}/1d/1"])
def test_whatever_is_allowed_is_counted_exactly_in_redis(largest: str) -> None:
    amortised, strict = rate(largest), rate(largest).scaled(20, 60)
    settled = amortised.memory * (MOST_WORKERS + 1)

    # As a level is kept at the end of a period: settled by all workers, or of the widest that is derived from another.
    kept = [
        MOST_WORKERS * amortised.capacity + settled * amortised.quota,
        strict.capacity + strict.memory * strict.quota,
    ]

    assert max(kept) < 2**53
    assert 10_000_000_000_000 + 2 * max(settled, strict.memory) < 2**53
