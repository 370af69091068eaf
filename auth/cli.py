"""`python -m auth keys …`: what it understands, and how it says what came of it."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta

from auth.clock import Clock, SystemClock
from auth.errors import AuthError
from auth.key_commands import KeyCommands, Outcome
from auth.keys import Algorithm
from auth.ring_document import Purpose
from auth.settings import DAY, AuthSettings, SettingInvalid, duration

Command = Callable[[KeyCommands, argparse.Namespace], Outcome]

_LEAD = "10m"


def main(arguments: list[str], environ: Mapping[str, str] = os.environ, clock: Clock | None = None) -> int:
    """Run one command and return its exit code: 0, 1 if something is left to do, 2 if it was refused."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = AuthSettings.from_environ(environ)
        commands = KeyCommands(settings, clock or SystemClock(), dry_run=getattr(chosen, "dry_run", False))
        outcome: Outcome = chosen.run(commands, chosen)
    except SettingInvalid as error:
        return _refuse(str(error))
    except (AuthError, OSError) as error:
        return _refuse(f"JAVUMBO_KEYS: {error}")
    print(json.dumps(outcome.data, indent=2) if chosen.json else "\n".join(outcome.lines))
    return outcome.code


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m auth", description="The signing keys of JAVUMBO.")
    keys = parser.add_subparsers(required=True, metavar="keys").add_parser("keys", help="work with the key ring")
    commands = keys.add_subparsers(required=True, metavar="command")

    def add(name: str, help_text: str, run: Command, *, changes: bool = False) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("--json", action="store_true", help="print data for programs")
        if changes:
            command.add_argument("--dry-run", action="store_true", help="only say what would be done")
        command.set_defaults(run=run)
        return command

    init = add("init", "make a key ring where there is none", lambda keys, chosen: keys.init(chosen.alg), changes=True)
    init.add_argument("--alg", type=Algorithm, choices=list(Algorithm), default=Algorithm.EDDSA)
    add("list", "tell where every key stands, and when it can go", lambda keys, _: keys.states())
    rotate = add("rotate", "add a key that signs after a while; nobody is signed out", _rotate, changes=True)
    rotate.add_argument("--purpose", type=Purpose, choices=list(Purpose), help="only for this; else for both")
    rotate.add_argument("--alg", type=Algorithm, choices=list(Algorithm), help="else that of the key before")
    rotate.add_argument("--lead", type=_duration, default=_LEAD, help=f"until the new key signs ({_LEAD})")
    rotate.add_argument("--if-older-than", type=_duration, metavar="AGE", help="do nothing while the newest is younger")
    revoke = add("revoke", "stop believing a key at once; whom it signed in must sign in again", _revoke, changes=True)
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("kid", nargs="?", help="the key's id, or how it begins")
    which.add_argument("--all", action="store_true", help="every key: signs everybody out")
    revoke.add_argument("--yes", action="store_true", help="do not ask")
    add("prune", "take out keys that are expired or revoked", lambda keys, _: keys.prune(), changes=True)
    check = add("check", "ask hosts whether they publish the keys that sign next", lambda keys, c: keys.check(c.url))
    check.add_argument("url", nargs="+", help="the address of a host, or of its JWKS")
    return parser


def _rotate(keys: KeyCommands, chosen: argparse.Namespace) -> Outcome:
    purposes = [chosen.purpose] if chosen.purpose else list(Purpose)
    return keys.rotate(purposes, chosen.alg, chosen.lead, chosen.if_older_than)


def _revoke(keys: KeyCommands, chosen: argparse.Namespace) -> Outcome:
    return keys.revoke([chosen.kid] if chosen.kid else [], _confirm if not chosen.yes else lambda _: True)


def _confirm(question: str) -> bool:
    # Asked on the error stream, so that what is printed can be piped on.
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _duration(value: str) -> timedelta:
    try:
        return duration(timedelta(0), 3650 * DAY)(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
