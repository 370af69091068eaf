"""Fuzz: chance, as in Anki, that keeps cards apart which were learnt together; the same for whoever asks twice."""

import math
from hashlib import blake2b

LONGEST = 36500
"""The longest interval, in days."""

_SHORTEST = 2.5
_RANGES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, math.inf, 0.05))


def fraction(card_id: int, review_count: int) -> float:
    """Return where in its range the next interval of a card lies, from 0 to below 1: its luck for this review."""
    digest = blake2b(f"{card_id}:{review_count}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def fuzzed(ideal: float, least: int, fraction: float) -> int:
    """Return an interval near the ideal one, in whole days and no fewer than `least`."""
    lower, upper = bounds(ideal, least)
    return lower + math.floor(fraction * (1 + upper - lower))


def bounds(ideal: float, least: int = 1) -> tuple[int, int]:
    """Return the first and the last of the intervals that fuzz may make of an ideal one, in days."""
    least = min(least, LONGEST)
    ideal = min(max(ideal, least), LONGEST)
    delta = _delta(ideal)
    return max(nearest(ideal - delta), least), min(nearest(ideal + delta), LONGEST)


def nearest(days: float) -> int:
    """Return the nearest whole number; the greater one half-way."""
    return math.floor(days + 0.5)


def _delta(days: float) -> float:
    if days < _SHORTEST:
        return 0.0
    return 1.0 + sum(factor * max(0.0, min(days, end) - start) for start, end, factor in _RANGES)
