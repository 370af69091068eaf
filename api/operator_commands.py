"""What operators do with accounts, sessions and the record; each command returns what there is to say.

None of them needs the service to run, nor Redis: they write to the accounts file, which every worker reads. Making
an account makes its collection, too.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from api import text
from api.account.accounts import NewAccount
from api.account.recovery import ResetCode
from api.services import OperatorServices
from auth.key_commands import Outcome
from auth.rotation import text as text_of

NOTICED = "Workers that run follow within a second; nothing has to be restarted."

_PASSWORD_BYTES = 32

Confirm = Callable[[str], bool]


class NotConfirmed(Exception):
    """Somebody was asked whether to go on, and did not say yes."""


@dataclass(frozen=True)
class Owner:
    """Whose account a command is about."""

    user_id: int
    username: str
    is_disabled: bool

    def __str__(self) -> str:
        return f"{self.username} (user {self.user_id})"


@dataclass(frozen=True)
class OperatorCommands:
    """The commands, over one accounts file. NoSuchAccount for a name that nobody has; a StoreError."""

    services: OperatorServices

    def create(self, username: str, name: str) -> Outcome:
        """Make an account, open or not as signing up may be, and a code for its owner's password. NameTaken."""
        # Nobody is told this password: the owner sets the first that anybody knows.
        self.services.accounts.create(NewAccount(username, name, secrets.token_urlsafe(_PASSWORD_BYTES)))
        return self.reset(username)

    def set_operator(self, name: str, *, is_operator: bool) -> Outcome:
        """Say whether an account may ask about the tokens of others."""
        account = self._account(name)
        self.services.accounts.set_operator(account.user_id, is_operator=is_operator)
        about = (
            "may ask about everybody's tokens (/oauth/introspect)" if is_operator else "is an account like any other"
        )
        return _told(account, f"{account} {about}.", is_operator=is_operator)

    def disable(self, name: str, confirm: Confirm) -> Outcome:
        """Let nobody use an account; end everything that could. NotConfirmed."""
        account = self._account(name)
        _ask(confirm, f"Every session and API token of {account} ends, and nobody can sign in to it. Disable?")
        self.services.accounts.disable(account.user_id)
        said = f"{account} is disabled: every session and API token has ended, and nobody can sign in to it."
        return _told(account, said, is_disabled=True)

    def enable(self, name: str) -> Outcome:
        """Let its owner sign in to an account again."""
        account = self._account(name)
        self.services.accounts.enable(account.user_id)
        said = f"{account} is enabled: its owner can sign in. What has ended stays ended."
        return _told(account, said, is_disabled=False)

    def end_all(self, name: str, confirm: Confirm) -> Outcome:
        """End every session and API token of an account. NotConfirmed."""
        account = self._account(name)
        _ask(confirm, f"Every session and API token of {account} ends. End them?")
        ended = self.services.accounts.end_everything(account.user_id)
        return _told(account, f"{ended} sessions and API tokens of {account} have ended.", ended=ended)

    def reset(self, name: str) -> Outcome:
        """Make a code with which the owner of an account sets another password."""
        account = self._account(name)
        code = self.services.recovery.issue(account.user_id)
        address = f"{self.services.settings.issuer.rstrip('/')}/v1/accounts/password-reset"
        lines = _about_code(account, code, address)
        data = {"code": code.text, "expires_at": code.expires_at.isoformat(), "url": address}
        return Outcome(lines, _named(account) | data)

    def sessions(self, name: str | None, limit: int) -> Outcome:
        """List open sessions, of one account or of all, those used last first."""
        user_id = None if name is None else self._account(name).user_id
        found, total = self.services.oversight.sessions(user_id, limit)
        rows = [
            (one.sid, one.username, one.client, one.address, one.created_at, one.last_used_at, one.replayed_from)
            for one in found
        ]
        head = ("SID", "USER", "CLIENT", "ADDRESS", "FIRST USED", "LAST USED", "REPLAYED FROM")
        lines = [*_table(head, rows), _how_many(len(found), total, "open sessions", "used last")]
        return Outcome(lines, {"total": total, "sessions": [_plain(asdict(one)) for one in found]})

    def end_session(self, sid: str) -> Outcome:
        """End one session, or one API token. SessionNotFound if there is none left."""
        user_id = self.services.oversight.end(sid)
        return Outcome([f"{sid} of user {user_id} has ended.", NOTICED], {"sid": sid, "user_id": user_id})

    def revocations(self, limit: int) -> Outcome:
        """List what the record holds, the newest first."""
        found, total = self.services.oversight.revocations(limit)
        rows = [(str(one.seq), one.sid, one.ended_at, one.until) for one in found]
        head = ("SEQ", "SID", "ENDED", "TOKENS EXPIRE")
        lines = [*_table(head, rows), _how_many(len(found), total, "entries in the record", "newest")]
        return Outcome(lines, {"total": total, "revocations": [_plain(asdict(one)) for one in found]})

    def _account(self, name: str) -> Owner:
        # As names are compared when somebody signs in.
        found = self.services.accounts.named(str(text.normalised(name)))
        return Owner(found.user_id, found.username, is_disabled=found.disabled_at is not None)


def _ask(confirm: Confirm, question: str) -> None:
    if not confirm(question):
        raise NotConfirmed


def _named(account: Owner) -> dict[str, Any]:
    return {"user_id": account.user_id, "username": account.username}


def _told(account: Owner, sentence: str, **data: Any) -> Outcome:
    return Outcome([sentence, NOTICED], _named(account) | data)


def _about_code(account: Owner, code: ResetCode, address: str) -> Sequence[str]:
    body = {"username": account.username, "code": code.text, "new_password": "…"}
    lines = [
        code.text,
        f"This code sets another password for {account}, once, until {text_of(code.expires_at)}.",
        "Whoever has it can set the password, so give it to the owner only. A code made before is refused from now on.",
        f"They send  POST {address}  {json.dumps(body, ensure_ascii=False)}",
        "Every session and API token of the account ends then; until then nothing changes.",
    ]
    if account.is_disabled:
        lines.append("The account is disabled. The code does not enable it, and is refused until it is enabled.")
    return lines


def _table(head: Sequence[str], rows: Sequence[Sequence[str | datetime | None]]) -> Sequence[str]:
    cells = [head, *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cell(value: str | datetime | None) -> str:
    return text_of(value) if isinstance(value, datetime) else value or "-"


def _how_many(shown: int, total: int, what: str, which: str) -> str:
    if shown == total:
        return f"{total} {what}."
    return f"{total} {what}; these are the {shown} {which}. --limit shows more."


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
