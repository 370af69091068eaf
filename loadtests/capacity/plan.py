"""What is measured: sizes of everything that can grow, and how long it is looked at."""

from dataclasses import dataclass

Rows = list[dict[str, float]]
"""One for each size; the first member is the size."""
MOST_TIMES = {"authentication_us": 1.15, "zipf_read_us": 1.3}
"""How much dearer each may be for the most users than for the fewest."""


@dataclass(frozen=True)
class Plan:
    """Sizes from the smallest on, with which the others are compared."""

    users: tuple[int, ...] = (10, 100, 1_000, 10_000)
    sessions: tuple[int, ...] = (10, 1_000, 10_000)
    revoked: tuple[int, ...] = (0, 1_000, 10_000, 100_000)
    cards: tuple[int, ...] = (500, 5_000, 50_000)
    workers: tuple[int, ...] = (1, 2, 3, 4)
    slices: int = 30
    seconds: float = 1.0
    """Of one slice of requests over HTTP."""

    @property
    def fewer_slices(self) -> int:
        """How many slices there are of what takes long and is only printed."""
        return max(2, self.slices // 3)
