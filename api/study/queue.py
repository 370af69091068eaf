"""How much of what waits in decks, each with its limits and those of the decks around it, is still to be studied."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Part = Literal["new", "due"]


@dataclass(frozen=True)
class Counts:
    """Numbers of cards by the part of the queue they stand in."""

    new: int = 0
    learning: int = 0
    due: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.new + other.new, self.learning + other.learning, self.due + other.due)


@dataclass(frozen=True)
class DeckToday:
    """One deck today: its levels, what waits in it, what has been studied by the state before, and its limits."""

    id: int
    levels: tuple[str, ...]
    waiting: Counts
    studied: Counts
    limits: Counts


@dataclass(frozen=True)
class Today:
    """Decks, each before those below it. A card counts towards the limits of every deck that it lies in."""

    decks: Sequence[DeckToday]

    @cached_property
    def counts(self) -> dict[int, Counts]:
        """What today's queue of each deck, with those below, would still serve."""
        left: dict[tuple[str, ...], Counts] = {}
        for deck in reversed(self.decks):
            below = left.get(deck.levels, Counts())
            room = self._room[deck.levels]
            found = Counts(
                new=min(room.new, deck.waiting.new + below.new),
                learning=deck.waiting.learning + below.learning,
                due=min(room.due, deck.waiting.due + below.due),
            )
            left[deck.levels] = found
            around = self._around(deck.levels)
            if around is not None:
                left[around] = left.get(around, Counts()) + found
        return {deck.id: left[deck.levels] for deck in self.decks}

    def serving(self, root: int, part: Part) -> list[int]:
        """Return the decks that have cards for this part of a deck's queue: no limit on the way to it is reached."""
        top = next(deck.levels for deck in self.decks if deck.id == root)
        return [
            deck.id
            for deck in self.decks
            if deck.levels[: len(top)] == top
            and getattr(deck.waiting, part) > 0
            and self._is_open(deck.levels, len(top), part)
        ]

    @cached_property
    def _room(self) -> dict[tuple[str, ...], Counts]:
        """What the limit of each deck leaves after what was studied in it and below."""
        studied = {deck.levels: deck.studied for deck in self.decks}
        for deck in reversed(self.decks):
            around = self._around(deck.levels)
            if around is not None:
                studied[around] += studied[deck.levels]
        return {
            deck.levels: Counts(
                new=max(0, deck.limits.new - studied[deck.levels].new),
                due=max(0, deck.limits.due - studied[deck.levels].due),
            )
            for deck in self.decks
        }

    def _is_open(self, levels: tuple[str, ...], top: int, part: Part) -> bool:
        on_the_way = (levels[:depth] for depth in range(top, len(levels) + 1))
        return all(getattr(self._room[way], part) > 0 for way in on_the_way if way in self._room)

    @cached_property
    def _known(self) -> frozenset[tuple[str, ...]]:
        return frozenset(deck.levels for deck in self.decks)

    def _around(self, levels: tuple[str, ...]) -> tuple[str, ...] | None:
        return next((levels[:depth] for depth in range(len(levels) - 1, 0, -1) if levels[:depth] in self._known), None)
