"""How cost grows: with users, sessions, revoked entries, cards in a collection and workers.

What is promised is what authentication and a whole read cost with the most users, compared with the fewest.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from loadtests import results
from loadtests.capacity import cards, revoked, sessions, users, workers
from loadtests.capacity.paper import on_paper
from loadtests.capacity.plan import MOST_TIMES, Plan, Rows
from loadtests.measuring import CONTROL, Restless

AXES: dict[str, Callable[[Plan], Rows]] = {
    "users": users.measure,
    "sessions": sessions.measure,
    "revoked": revoked.measure,
    "cards": cards.measure,
    "workers": workers.measure,
}


def broken_promises(rows: Rows) -> list[str]:
    """Return which promises on users are not kept, a sentence each."""
    few, many = rows[0], rows[-1]
    grown = {name: many[name] / few[name] for name in MOST_TIMES}
    return [
        f"{name} with {many['users']:,} users is {grown[name]:.2f} times that with {few['users']:,}, more than {most}"
        for name, most in MOST_TIMES.items()
        if grown[name] > most
    ]


def is_steady(document: Mapping[str, Rows]) -> bool:
    """Tell whether everything that was measured twice came out as itself."""
    rows = [row for rows in document.values() for row in rows]
    controls = [value for row in rows for name, value in row.items() if name.endswith("_control")]
    return all(CONTROL[0] <= value <= CONTROL[1] for value in controls)


def table(rows: Rows) -> list[str]:
    """Return what was measured of one axis: a line for each figure, and how it has grown from the first size on."""
    size, *figures = rows[0]
    lines = [f"{size:26}" + "".join(f"{row[size]:22,.0f}" for row in rows)]
    for figure in figures:
        first = rows[0][figure]
        lines.append((f"  {figure:24}" + "".join(_cell(row[figure], first) for row in rows)).rstrip())
    return lines


def _cell(value: float, first: float) -> str:
    number = f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"
    return f"{number:>13}" + (f"{value / first:8.2f}×" if first else f"{'':9}")


def numbers(text: str) -> tuple[int, ...]:
    """Read numbers, two at least and each more than the one before."""
    found = tuple(map(int, text.split(",")))
    if len(found) < 2 or found[0] < 1 or list(found) != sorted(set(found)):
        raise argparse.ArgumentTypeError("must be two numbers at least, from the least on")
    return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    usual = Plan()
    users = ",".join(map(str, usual.users))
    parser.add_argument("--only", default=",".join(AXES), help=f"what grows, of {', '.join(AXES)}")
    parser.add_argument("--users", type=numbers, default=usual.users, help=f"how many, from the least on ({users})")
    parser.add_argument("--slices", type=int, default=usual.slices, help=f"slices of each ({usual.slices})")
    parser.add_argument(
        "--seconds", type=float, default=usual.seconds, help=f"length of one by HTTP ({usual.seconds:g})"
    )
    parser.add_argument("--json", type=Path, help="file to write the results to")


def run(arguments: argparse.Namespace) -> int:
    """Measure; 0 if the promises are kept, 1 if not, 2 if nothing could be measured."""
    names = [name for name in arguments.only.split(",") if name]
    if not names or set(names) - set(AXES) or arguments.slices < 2:
        print(f"--only takes some of {', '.join(AXES)}, and there must be two slices at least")
        return 2
    plan = replace(Plan(), users=arguments.users, slices=arguments.slices, seconds=arguments.seconds)
    try:
        document = measure(names, plan)
    except Restless:
        print(Restless.ADVICE)
        return 2
    if arguments.json is not None:
        results.write(arguments.json, document)
    print("\n".join(on_paper(document)))
    return _judge(document)


def measure(names: Sequence[str], plan: Plan) -> dict[str, Rows]:
    """Measure one after the other, and print each. Restless."""
    document = {}
    for name in names:
        document[name] = AXES[name](plan)
        print("\n".join(table(document[name])) + "\n")
    return document


def _judge(document: Mapping[str, Rows]) -> int:
    if not is_steady(document):
        print("\n" + Restless.ADVICE)
        return 2
    broken = broken_promises(document["users"]) if "users" in document else []
    print("\nkept" if not broken else "\nNOT kept: " + "; ".join(broken))
    return 1 if broken else 0
