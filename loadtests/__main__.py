"""`python -m loadtests`: measurements of the whole service."""

import argparse
import sys

from loadtests import compare, forensics, mix_ups, report, writes
from loadtests.capacity import command as capacity
from loadtests.scenarios import play


def main() -> int:
    """Run what was asked for, and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m loadtests", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    comparing = commands.add_parser("compare", help="all designs by turns: what requests cost under each")
    compare.add_arguments(comparing)
    comparing.set_defaults(run=compare.run)
    writing = commands.add_parser("writes", help="durable cards per second, beside a bare loop that commits the same")
    writes.add_arguments(writing)
    writing.set_defaults(run=writes.run)
    growing = commands.add_parser("capacity", help="how cost grows with users, sessions, cards and workers")
    capacity.add_arguments(growing)
    growing.set_defaults(run=capacity.run)
    mixing = commands.add_parser("mix-ups", help="how often somebody is taken for somebody else")
    mix_ups.add_arguments(mixing)
    mixing.set_defaults(run=mix_ups.run)
    checking = commands.add_parser("check", help="whether every marked card is where it belongs, and every file sound")
    forensics.add_arguments(checking)
    checking.set_defaults(run=forensics.run)
    playing = commands.add_parser("scenarios", help="people at work at once, and what must be true of it")
    play.add_arguments(playing)
    playing.set_defaults(run=play.run)
    reporting = commands.add_parser("report", help="a page with plots of what the others have written")
    report.add_arguments(reporting)
    reporting.set_defaults(run=report.run)
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
