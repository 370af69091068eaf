"""Accounts: signing up, reading, renaming, changing the password, disabling, deleting."""

import logging
from dataclasses import dataclass

from api.account.endings import Endings
from api.account.limits import Limits
from api.collection import starter
from api.errors import (
    AccountChanged,
    AccountGone,
    DeletionUnfinished,
    NameTaken,
    NoSuchAccount,
    PasswordNotConfirmed,
    SignUpClosed,
    StoreError,
)
from api.store import accounts, api_tokens, reset_codes, sessions
from api.store.accounts import Account
from api.store.accounts_file import AccountsFile
from api.store.collections import SqliteCollections
from api.store.engine import Connection
from auth.clock import Clock
from auth.errors import WrongPassword
from auth.passwords import Passwords
from auth.revocations import Revocation
from auth.sessions import EndedBy

log = logging.getLogger("javumbo.accounts")


@dataclass(frozen=True)
class NewAccount:
    """What somebody signs up with."""

    username: str
    name: str
    password: str


@dataclass(frozen=True)
class Confirmation:
    """A caller who is signed in, the session they use, and their password once more."""

    user_id: int
    session_id: str
    password: str


@dataclass(frozen=True)
class PasswordChange:
    """What somebody wants for their password, and what else they want ended by that."""

    new_password: str
    keep_api_tokens: bool


@dataclass(frozen=True)
class Accounts:
    """What can be done with accounts, over the stores it is given."""

    file: AccountsFile
    collections: SqliteCollections
    passwords: Passwords
    limits: Limits
    endings: Endings
    clock: Clock
    is_open: bool

    def sign_up(self, new: NewAccount, address: str) -> Account:
        """Make an account for whoever asks for one. SignUpClosed where operators alone do; LimitReached; NameTaken."""
        if not self.is_open:
            raise SignUpClosed
        self.limits.sign_up(address)
        return self.create(new)

    def create(self, new: NewAccount) -> Account:
        """Make an account with its collection: both, or neither and the name stays free. NameTaken."""
        with self.file.reading() as connection:
            if accounts.by_username(connection, new.username) is not None:
                raise NameTaken(new.username)
        password_hash = self.passwords.hash(new.password)
        # The collection first, the account last: an account without its data must never be seen.
        user_id = self._create_collection()
        account = Account(user_id, new.username, new.name, password_hash, 1, self.clock.now())
        try:
            with self.file.writing() as connection:
                accounts.insert(connection, account)
        except NameTaken:
            self.collections.remove(user_id)
            raise
        return account

    def get(self, user_id: int) -> Account:
        """Return an account. AccountGone if it is deleted or disabled."""
        with self.file.reading() as connection:
            account = accounts.by_id(connection, user_id)
        if account is None or account.disabled_at is not None:
            raise AccountGone(user_id)
        return account

    def check(self) -> None:
        """Make sure that accounts can be read. A StoreError."""
        with self.file.reading() as connection:
            accounts.by_id(connection, 0)

    def named(self, username: str) -> Account:
        """Return the account of exactly this username, disabled or not. NoSuchAccount."""
        with self.file.reading() as connection:
            account = accounts.by_username(connection, username)
        if account is None:
            raise NoSuchAccount(username)
        return account

    def rename(self, user_id: int, name: str) -> Account:
        """Change the name an account is shown under. AccountGone."""
        with self.file.writing() as connection:
            accounts.rename(connection, user_id, name)
        return self.get(user_id)

    def confirm_password(self, caller: Confirmation) -> Account:
        """Check the password of a caller; return their account. LimitReached; AccountGone; PasswordNotConfirmed."""
        with self.limits.password(caller.session_id):
            account = self.get(caller.user_id)
            try:
                self.passwords.verify(caller.password, account.password_hash)
            except WrongPassword as error:
                raise PasswordNotConfirmed from error
            return account

    def change_password(self, caller: Confirmation, change: PasswordChange) -> None:
        """Set another password; end every session but this one and, unless they are kept, the API tokens.

        As confirm_password; PasswordNotConfirmed also if somebody else was changing it at the same time.
        """
        account, user_id = self.confirm_password(caller), caller.user_id
        password_hash = self.passwords.hash(change.new_password)
        now = self.clock.now()
        try:
            with self.file.writing() as connection:
                accounts.replace_password(connection, account, password_hash)
                reset_codes.forget(connection, user_id)
                ended = sessions.end_all(connection, user_id, EndedBy.PASSWORD_CHANGE, now, kept=caller.session_id)
                if not change.keep_api_tokens:
                    ended += api_tokens.delete_all(connection, user_id, now)
        except AccountChanged as error:
            raise PasswordNotConfirmed from error
        self.endings.tell(user_id, EndedBy.PASSWORD_CHANGE, ended)

    def disable(self, user_id: int) -> None:
        """Let nobody use an account until it is enabled; end everything that could."""
        with self.file.writing() as connection:
            accounts.disable(connection, user_id, self.clock.now())
            ended = self._end_everything(connection, user_id, EndedBy.ACCOUNT_DISABLED)
        self.endings.tell(user_id, EndedBy.ACCOUNT_DISABLED, ended)

    def enable(self, user_id: int) -> None:
        """Let its owner sign in to an account again. What was ended stays ended."""
        with self.file.writing() as connection:
            accounts.enable(connection, user_id)

    def set_operator(self, user_id: int, *, is_operator: bool) -> None:
        """Say whether an account may ask about the tokens of others."""
        with self.file.writing() as connection:
            accounts.set_operator(connection, user_id, is_operator=is_operator)

    def end_everything(self, user_id: int) -> int:
        """End every session and API token of an account, for an operator; return how many there were."""
        with self.file.writing() as connection:
            accounts.raise_version(connection, user_id)
            ended = self._end_everything(connection, user_id, EndedBy.OPERATOR)
        self.endings.tell(user_id, EndedBy.OPERATOR, ended)
        return len(ended)

    def delete(self, caller: Confirmation) -> None:
        """Delete an account with everything of it.

        As confirm_password; DeletionUnfinished once it has begun, and it can be repeated.
        """
        user_id = self.confirm_password(caller).user_id
        self.collections.close(user_id)
        try:
            with self.file.writing() as connection:
                ended = self._end_everything(connection, user_id, EndedBy.ACCOUNT_DELETED)
                accounts.delete(connection, user_id)
        except StoreError as error:
            raise DeletionUnfinished(user_id) from error
        self.endings.tell(user_id, EndedBy.ACCOUNT_DELETED, ended)
        self._remove_collection(user_id)

    def _end_everything(self, connection: Connection, user_id: int, why: EndedBy) -> list[Revocation]:
        now = self.clock.now()
        reset_codes.forget(connection, user_id)
        ended = sessions.end_all(connection, user_id, why, now)
        return ended + api_tokens.delete_all(connection, user_id, now)

    def _remove_collection(self, user_id: int) -> None:
        try:
            self.collections.remove(user_id)
        except StoreError as error:
            # The account is gone and nobody can ask again; what is left is for the operators to remove.
            log.critical("the file of a deleted account is left", extra={"user_id": user_id, "reason": str(error)})

    def _create_collection(self) -> int:
        user_id = self._take_user_id()
        try:
            self.collections.create(user_id, starter.fill)
        except FileExistsError:
            # The accounts come from a backup that is older than some collections. Theirs stay as they are.
            user_id = self._take_user_id(above=self.collections.highest_id())
            self.collections.create(user_id, starter.fill)
        return user_id

    def _take_user_id(self, above: int = 0) -> int:
        # In a transaction of its own: an id is used up, whatever becomes of the account.
        with self.file.writing() as connection:
            return accounts.take_user_id(connection, above)
