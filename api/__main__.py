"""Entry of `python -m api serve`."""

import argparse
import os
import sys

from api import server
from api.settings import Settings
from auth.settings import SettingInvalid


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m api", description="JAVUMBO, a flashcard service.")
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="create what is missing, and serve until Ctrl-C")
    serve.set_defaults(run=lambda settings: server.run(settings))
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(Settings.from_environ(os.environ))
    except SettingInvalid as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
