"""`python -m api …`: what it understands, and how it says what came of it."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api import errors, server, text
from api.operator_commands import Confirm, NotConfirmed, OperatorCommands
from api.services import build_operator_services
from api.settings import Settings
from auth.clock import Clock
from auth.key_commands import Outcome
from auth.settings import PREFIX, SettingInvalid

Command = Callable[[OperatorCommands, argparse.Namespace], Outcome]

_MOST_SHOWN = 10_000
_SHOWN = 100


def main(arguments: list[str], environ: Mapping[str, str] = os.environ, clock: Clock | None = None) -> int:
    """Run one command and return its exit code: 0, or 2 if it was refused."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environ(environ)
        if chosen.run is None:
            server.run(settings)
            return 0
        with closing(build_operator_services(settings, clock)) as services:
            outcome: Outcome = chosen.run(OperatorCommands(services), chosen)
    except SettingInvalid as error:
        return _refuse(str(error))
    except errors.StoreError as error:
        return _refuse(_what_to_do(error, settings))
    except (errors.NameTaken, errors.NoSuchAccount, errors.SessionNotFound, errors.AccountGone, NotConfirmed) as error:
        return _refuse(_why(error))
    print(json.dumps(outcome.data, indent=2) if chosen.json else "\n".join(outcome.lines))
    return outcome.code


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def _why(error: Exception) -> str:
    match error:
        case errors.NameTaken(username):
            return f"Another account is called {username!r}; choose another username."
        case errors.NoSuchAccount(username):
            return f"No account is called {username!r}; the case of its letters counts."
        case errors.SessionNotFound(sid):
            return f"There is no open session or API token {sid!r}; 'python -m api sessions list' shows the sessions."
        case NotConfirmed():
            return "Not confirmed; nothing was changed."
    return "The account is deleted."


def _what_to_do(error: errors.StoreError, settings: Settings) -> str:
    folder = settings.data if error.file == settings.accounts_file.name else settings.collections_folder
    file = (folder / error.file).absolute()
    advice = {
        errors.StoreMissing: "is not there; it must be the service's folder; the service makes the file when it starts",
        errors.StorageFull: "cannot be written, for the disk is full; make room and repeat the command",
        errors.StoreBusy: "is held by another process; look for one that is stopped, and repeat the command",
        errors.StoreDamaged: "is not a database of accounts; restore it from a backup",
        errors.StoreTooNew: "is of a newer version of the service; use the commands of that version",
    }
    otherwise = "cannot be read or written; run the command as the user that the service runs as"
    return f"{PREFIX}DATA: {file} {advice.get(type(error), otherwise)} ({error.reason})."


def _confirmed(chosen: argparse.Namespace) -> Confirm:
    def ask(question: str) -> bool:
        # Asked on the error stream, so that what is printed can be piped on.
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return (lambda _: True) if chosen.yes else ask


class _Group:
    """The commands of one noun."""

    def __init__(self, parent: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, about: str) -> None:
        parser = parent.add_parser(name, help=about, description=about)
        self._commands = parser.add_subparsers(required=True, metavar="command")

    def add(self, name: str, about: str, run: Command) -> argparse.ArgumentParser:
        command = self._commands.add_parser(name, help=about, description=about)
        command.add_argument("--json", action="store_true", help="print data for programs")
        command.set_defaults(run=run)
        return command

    def add_named(self, name: str, about: str, run: Command, *, asks: bool = False) -> argparse.ArgumentParser:
        command = self.add(name, about, run)
        command.add_argument("name", metavar="NAME", help="the username")
        if asks:
            command.add_argument("--yes", action="store_true", help="do not ask")
        return command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api", description="JAVUMBO, a flashcard service.")
    commands = parser.add_subparsers(required=True, metavar="command")
    serve = commands.add_parser("serve", help="create what is missing, and serve until Ctrl-C")
    serve.set_defaults(run=None)
    _add_accounts(_Group(commands, "accounts", "what operators do with accounts"))
    _add_sessions(_Group(commands, "sessions", "who is signed in, and ending it"))
    revocations = _Group(commands, "revocations", "what was ended before its time")
    listing = revocations.add(
        "list", "the record of what was revoked, newest first", lambda do, c: do.revocations(c.limit)
    )
    _add_limit(listing)
    return parser


def _add_accounts(group: _Group) -> None:
    create = group.add(
        "create",
        "make an account, and a one-time code for its owner's password",
        lambda do, chosen: do.create(chosen.username, chosen.name or chosen.username),
    )
    create.add_argument("username", metavar="USERNAME", type=_as(text.Username), help="what its owner signs in with")
    create.add_argument("--name", type=_as(text.DisplayName), help="the name it is shown under (the username)")
    operator = group.add_named(
        "operator",
        "say whether an account may ask about the tokens of others",
        lambda do, chosen: do.set_operator(chosen.name, is_operator=chosen.state == "on"),
    )
    operator.add_argument("state", choices=["on", "off"])
    group.add_named(
        "disable",
        "let nobody use an account, and end everything that could",
        lambda do, chosen: do.disable(chosen.name, _confirmed(chosen)),
        asks=True,
    )
    group.add_named("enable", "let its owner sign in again", lambda do, chosen: do.enable(chosen.name))
    group.add_named(
        "end-all",
        "end every session and API token of an account",
        lambda do, chosen: do.end_all(chosen.name, _confirmed(chosen)),
        asks=True,
    )
    group.add_named("reset", "make a one-time code for a forgotten password", lambda do, chosen: do.reset(chosen.name))


def _add_sessions(group: _Group) -> None:
    listing = group.add("list", "open sessions, those used last first", lambda do, c: do.sessions(c.name, c.limit))
    listing.add_argument("name", metavar="NAME", nargs="?", help="of this account only")
    _add_limit(listing)
    end = group.add("end", "end one session, or the API token behind a sid", lambda do, c: do.end_session(c.sid))
    end.add_argument("sid", metavar="SID")


def _add_limit(command: argparse.ArgumentParser) -> None:
    command.add_argument("--limit", type=_limit, default=_SHOWN, help=f"how many are shown ({_SHOWN})")


def _as(kind: Any) -> Callable[[str], str]:
    """Read a text by the rules that it is held to over HTTP."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def read(value: str) -> str:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            raise argparse.ArgumentTypeError(error.errors()[0]["msg"]) from error

    return read


def _limit(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= _MOST_SHOWN:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {_MOST_SHOWN}")
    return int(value)
