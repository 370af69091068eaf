"""What operators do with keys from the command line."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from auth import keystore
from auth.clock import SystemClock
from auth.errors import KeyRingInvalid


def main(arguments: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m auth", description="The signing keys of JAVUMBO.")
    keys = parser.add_subparsers(required=True, metavar="keys").add_parser("keys", help="work with the key ring")
    commands = keys.add_subparsers(required=True, metavar="command")
    commands.add_parser("init", help="make a key ring where there is none")
    parser.parse_args(arguments)
    return _init(folder_of(environ))


def folder_of(environ: Mapping[str, str]) -> Path:
    """Return the folder of keys that the settings name, as the service finds it."""
    return Path(environ.get("JAVUMBO_KEYS") or Path(environ.get("JAVUMBO_DATA") or "data") / "keys")


def _init(folder: Path) -> int:
    try:
        keystore.create(folder, SystemClock().now())
    except (KeyRingInvalid, OSError) as error:
        print(f"JAVUMBO_KEYS: {error}", file=sys.stderr)
        return 2
    print(f"The key ring in {folder.absolute()} is made. Keep a copy of it where nobody else can read it.")
    return 0
