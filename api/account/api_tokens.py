"""API tokens: what integrators' programs sign in with. Each is shown once, and lives as long as its owner chose."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.account.accounts import Accounts, Confirmation
from api.account.endings import Endings
from api.errors import AccountChanged, ApiTokenNotFound, PasswordNotConfirmed, TooManyApiTokens
from api.store import api_tokens
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from api.store.api_tokens import ApiToken
from auth import encoding
from auth.claims import client_of
from auth.clock import Clock
from auth.sessions import EndedBy
from auth.tokens import AccessTokens, Grant

log = logging.getLogger("javumbo.api_tokens")

MOST = 50
"""How many one account can have at a time."""

MOST_REMEMBERED = 500
"""How many with those that are deleted: every worker remembers these until they would have expired."""

_SHOWN = 4


@dataclass(frozen=True)
class NewApiToken:
    """What an API token is to be called, what it is for, and how long it lives."""

    name: str
    scope: frozenset[str]
    lifetime: timedelta


@dataclass(frozen=True)
class ApiTokens:
    """What can be done with API tokens, over the stores it is given."""

    file: AccountsFile
    accounts: Accounts
    tokens: AccessTokens
    endings: Endings
    clock: Clock

    def create(self, caller: Confirmation, new: NewApiToken) -> tuple[ApiToken, str]:
        """Make an API token; return what is kept of it, and the token itself, which is kept nowhere.

        LimitReached; AccountGone; PasswordNotConfirmed, also if the password is being changed; TooManyApiTokens.
        """
        account = self.accounts.confirm_password(caller)
        try:
            created = self._created(account, new)
        except AccountChanged as error:
            raise PasswordNotConfirmed from error
        told = {"user_id": account.user_id, "api_token": created[0].id, "sid": created[0].sid}
        log.info("API token created", extra=told)
        return created

    def page(self, user_id: int, after: int, limit: int) -> Sequence[ApiToken]:
        """Return API tokens of a user in the order they were made, from past an id on."""
        with self.file.reading() as connection:
            return api_tokens.page(connection, user_id, after, limit)

    def delete(self, user_id: int, token_id: int) -> None:
        """End an API token: when this returns, no worker takes it for long. ApiTokenNotFound."""
        with self.file.writing() as connection:
            ended = api_tokens.delete(connection, user_id, token_id, self.clock.now())
        if not ended:
            raise ApiTokenNotFound(token_id)
        self.endings.tell(user_id, EndedBy.SIGN_OUT, ended)

    def _created(self, account: Account, new: NewApiToken) -> tuple[ApiToken, str]:
        with self.file.writing() as connection:
            live, remembered = api_tokens.count(connection, account.user_id)
            if live >= MOST or remembered >= MOST_REMEMBERED:
                raise TooManyApiTokens(live, remembered)
            token_id = api_tokens.new_id(connection)
            grant = self._grant(account.user_id, token_id, new)
            text = self.tokens.issue(grant).text
            kept = ApiToken(
                id=token_id,
                sid=grant.session_id,
                name=new.name,
                scopes=tuple(sorted(new.scope)),
                last_characters=text[-_SHOWN:],
                created_at=grant.issued_at,
                expires_at=grant.expires_at,
            )
            api_tokens.insert(connection, account, kept)
        return kept, text

    def _grant(self, user_id: int, token_id: int, new: NewApiToken) -> Grant:
        now = self.clock.now()
        return Grant(
            user_id=user_id,
            client_id=client_of(token_id),
            scope=new.scope,
            session_id=encoding.random_id(),
            token_id=encoding.random_id(),
            issued_at=now,
            expires_at=(now + new.lifetime).replace(microsecond=0),
        )
