"""How a deck is studied: what its owner can choose."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class NewOrder(StrEnum):
    """In which order new cards come: as they were added, or shuffled once for good."""

    ADDED = "added"
    RANDOM = "random"


class Mix(StrEnum):
    """Whether what is due comes before new cards or after them."""

    REVIEWS_FIRST = "reviews_first"
    NEW_FIRST = "new_first"


@dataclass(frozen=True)
class StudyOptions:
    """How one deck is studied."""

    new_per_day: int = 20
    reviews_per_day: int = 200
    desired_retention: float = 0.9
    learning_steps: tuple[timedelta, ...] = (timedelta(minutes=1), timedelta(minutes=10))
    relearning_steps: tuple[timedelta, ...] = (timedelta(minutes=10),)
    new_order: NewOrder = NewOrder.ADDED
    mix: Mix = Mix.REVIEWS_FIRST
