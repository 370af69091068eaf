import pytest

from api.study.queue import Counts, DailyLimits, left_today

LIMITS = DailyLimits(new=20, reviews=200)


@pytest.mark.parametrize(
    ("waiting", "studied", "left"),
    [
        (Counts(108, 0, 0), Counts(), Counts(20, 0, 0)),
        (Counts(5, 0, 0), Counts(), Counts(5, 0, 0)),
        (Counts(108, 3, 0), Counts(new=20), Counts(0, 3, 0)),
        (Counts(108, 0, 0), Counts(new=25), Counts(0, 0, 0)),
        (Counts(0, 0, 300), Counts(due=150), Counts(0, 0, 50)),
        (Counts(0, 500, 0), Counts(new=20, due=200), Counts(0, 500, 0)),
    ],
)
def test_limits_hold_back_new_cards_and_reviews_but_never_learning(
    waiting: Counts, studied: Counts, left: Counts
) -> None:
    assert left_today(waiting, studied, LIMITS) == left
