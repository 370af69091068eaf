"""What is promised of the light read, and whether a comparison says that it is kept, if it says anything."""

from collections.abc import Mapping

from loadtests.comparison import Comparison

MOST_ADDED = 0.10
"""What ours may add to the light read, as a share of the floor."""
LEAST_TIMES = {"files": 8.0, "redis": 4.0, "flask_stack": 10.0}
"""How many times as much as ours the others add at least."""
LEAST_ROUNDS = 30
"""From how many rounds on something can be said."""


def why_unsaid(comparison: Comparison) -> list[str]:
    """Return what keeps a comparison from saying anything, a sentence each."""
    why = [
        f"{kind}: the floor came out as {comparison.measured(kind).ratio('control', 'floor'):.3f} of itself"
        for kind in comparison.slices
        if not comparison.is_steady(kind)
    ]
    if "read" in comparison.slices:
        rounds = len(comparison.slices["read"]["floor"])
        if rounds < LEAST_ROUNDS:
            why.append(f"read: {rounds} rounds are too few, {LEAST_ROUNDS} say something")
        if comparison.added("read", "ours") <= 0:
            why.append("read: ours came out below the floor")
        if not comparison.within.times:
            why.append("read: within one process, the floor did not come out as itself")
        elif comparison.added_within("ours") <= 0:
            why.append("read: within one process, ours came out below the floor")
    return why


def broken(comparison: Comparison) -> list[str]:
    """Return which promises are not kept, a sentence each: across HTTP, and within one process.

    It says something where `why_unsaid` has nothing to say.
    """
    floor = comparison.measured("read").median("floor")
    designs = ("ours", *LEAST_TIMES)
    across = {design: comparison.added("read", design) for design in designs}
    within = {design: comparison.added_within(design) for design in designs}
    return _broken("", floor, across) + _broken("within one process ", floor, within)


def _broken(where: str, floor: float, added: Mapping[str, float]) -> list[str]:
    ours = added["ours"]
    faults = []
    if ours > MOST_ADDED * floor:
        faults.append(f"{where}ours adds {ours / floor:.1%} to the floor, more than {MOST_ADDED:.0%}")
    for design, least in LEAST_TIMES.items():
        if added[design] < least * ours:
            faults.append(
                f"{where}{design} adds {added[design] / ours:.1f} times what ours adds, less than {least:.0f} times"
            )
    return faults
