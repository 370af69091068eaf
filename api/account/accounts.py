"""Accounts: signing up, reading, renaming, deleting."""

import logging
from dataclasses import dataclass

from api.collection import starter
from api.errors import AccountGone, DeletionUnfinished, NameTaken, PasswordNotConfirmed, StoreError
from api.store.accounts import Account, SqliteAccounts
from api.store.collections import SqliteCollections
from auth.clock import Clock
from auth.errors import WrongPassword
from auth.passwords import Passwords

log = logging.getLogger("javumbo.accounts")


@dataclass(frozen=True)
class NewAccount:
    """What somebody signs up with."""

    username: str
    name: str
    password: str


@dataclass(frozen=True)
class Accounts:
    """What can be done with accounts, over the stores it is given."""

    accounts: SqliteAccounts
    collections: SqliteCollections
    passwords: Passwords
    clock: Clock

    def sign_up(self, new: NewAccount) -> Account:
        """Make an account with its collection: both, or neither and the name stays free. NameTaken."""
        if self.accounts.by_username(new.username) is not None:
            raise NameTaken(new.username)
        password_hash = self.passwords.hash(new.password)
        # The collection first, the account last: an account without its data must never be seen.
        user_id = self._create_collection()
        account = Account(user_id, new.username, new.name, password_hash, 1, self.clock.now(), None)
        try:
            self.accounts.insert(account)
        except NameTaken:
            self.collections.remove(user_id)
            raise
        return account

    def get(self, user_id: int) -> Account:
        """Return an account. AccountGone if it is deleted or disabled."""
        account = self.accounts.by_id(user_id)
        if account is None or account.disabled_at is not None:
            raise AccountGone(user_id)
        return account

    def rename(self, user_id: int, name: str) -> Account:
        """Change the name an account is shown under. AccountGone."""
        self.accounts.rename(user_id, name)
        return self.get(user_id)

    def delete(self, user_id: int, password: str) -> None:
        """Delete an account with everything of it.

        AccountGone; PasswordNotConfirmed; DeletionUnfinished once it has begun, and it can be repeated.
        """
        self.confirm_password(self.get(user_id), password)
        self.collections.close(user_id)
        try:
            self.accounts.delete(user_id)
        except StoreError as error:
            raise DeletionUnfinished(user_id) from error
        self._remove_collection(user_id)

    def _remove_collection(self, user_id: int) -> None:
        try:
            self.collections.remove(user_id)
        except StoreError as error:
            # The account is gone and nobody can ask again; what is left is for the operators to remove.
            log.critical("the file of a deleted account is left", extra={"user_id": user_id, "reason": str(error)})

    def confirm_password(self, account: Account, password: str) -> None:
        """Check the password of a caller who is signed in. PasswordNotConfirmed."""
        try:
            self.passwords.verify(password, account.password_hash)
        except WrongPassword as error:
            raise PasswordNotConfirmed from error

    def _create_collection(self) -> int:
        user_id = self.accounts.take_user_id()
        try:
            self.collections.create(user_id, starter.fill)
        except FileExistsError:
            # The accounts come from a backup that is older than some collections. Theirs stay as they are.
            user_id = self.accounts.take_user_id(above=self.collections.highest_id())
            self.collections.create(user_id, starter.fill)
        return user_id
