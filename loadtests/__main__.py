"""`python -m loadtests`: measurements of the whole service."""

import argparse
import sys
from typing import Protocol

from loadtests import compare, forensics, mix_ups, report, state, writes
from loadtests.capacity import command as capacity
from loadtests.scenarios import play


class Command(Protocol):
    """A module that offers one."""

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Say what can be chosen."""

    def run(self, arguments: argparse.Namespace, /) -> int:
        """Do it, and return the exit code."""


COMMANDS: dict[str, tuple[Command, str]] = {
    "compare": (compare, "all designs by turns: what requests cost under each"),
    "writes": (writes, "durable cards per second, beside a bare loop that commits the same"),
    "capacity": (capacity, "how cost grows with users, sessions, cards and workers"),
    "mix-ups": (mix_ups, "how often somebody is taken for somebody else"),
    "state": (state, "how long it takes to read and to write what a design keeps of its caller"),
    "scenarios": (play, "people at work at once, and what must be true of it"),
    "check": (forensics, "whether every marked card is where it belongs, and every file sound"),
    "report": (report, "a page with plots of what the others have written"),
}


def main() -> int:
    """Run what was asked for, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (command, about) in COMMANDS.items():
        one = commands.add_parser(name, help=about)
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
