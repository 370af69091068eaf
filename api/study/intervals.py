"""In how many days a card comes back that rests on no step, by Anki's rules: what FSRS finds ideal, within limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.study.fuzz import LONGEST, bounds, fuzzed, nearest
from api.study.schedule import Rating


@dataclass(frozen=True)
class Intervals:
    """The interval that each rating leads to, in days, out of the ideal ones: never fewer than `least`."""

    ideal: Mapping[Rating, float]
    least: int
    fraction: float

    def graduating(self) -> dict[Rating, int]:
        """Return those of a card that leaves its steps."""
        found = {rating: self._fuzzed(rating, self.least) for rating in (Rating.AGAIN, Rating.HARD, Rating.GOOD)}
        return found | {Rating.EASY: self._fuzzed(Rating.EASY, found[Rating.GOOD] + 1)}

    def of_review(self, last: int) -> dict[Rating, int]:
        """Return those of a card in review whose interval was `last`: each better rating adds a day at least."""
        least = min(max(self.least, nearest(self.ideal[Rating.AGAIN])), LONGEST)
        found = {Rating.AGAIN: least}
        for rating in (Rating.HARD, Rating.GOOD, Rating.EASY):
            found[rating] = fuzzed(self.ideal[rating], max(least, _kept(self.ideal[rating], last)), self.fraction)
            least = found[rating] + 1
        return found

    def _fuzzed(self, rating: Rating, least: int) -> int:
        return fuzzed(nearest(self.ideal[rating]), least, self.fraction)


def _kept(ideal: float, last: int) -> int:
    """Return how much of the last interval is kept: fuzz alone takes nothing away, and no growth."""
    if nearest(ideal) > last:
        return last + 1
    _, upper = bounds(ideal)
    return last if last <= upper else 1
