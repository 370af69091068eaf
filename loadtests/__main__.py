"""`python -m loadtests`: measurements of the whole service."""

import argparse
import sys

from loadtests import compare, forensics
from loadtests.scenarios import play


def main() -> int:
    """Run what was asked for, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    comparing = commands.add_parser("compare", help="all designs by turns: what requests cost under each")
    compare.add_arguments(comparing)
    comparing.set_defaults(run=compare.run)
    checking = commands.add_parser("check", help="whether every marked card is where it belongs, and every file sound")
    forensics.add_arguments(checking)
    checking.set_defaults(run=forensics.run)
    playing = commands.add_parser("scenarios", help="people at work at once, and what must be true of it")
    play.add_arguments(playing)
    playing.set_defaults(run=play.run)
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
