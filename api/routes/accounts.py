"""Accounts: signing up, and what an account's owner does with it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import Field

from api import text
from api.account.accounts import Confirmation, NewAccount, PasswordChange
from api.authentication import client_address, public, signed_in
from api.errors import NameTaken, PasswordNotConfirmed, SignUpClosed
from api.problems import raises
from api.services import services
from api.shapes import Input, View
from auth import passwords
from auth.claims import ACCOUNT, Claims
from auth.errors import LIMITED, HashingBusy

bp = APIBlueprint("accounts", __name__, url_prefix="/v1/accounts", tag="Accounts")

NewPassword = Annotated[str, Field(min_length=passwords.MIN_LENGTH, max_length=passwords.MAX_LENGTH)]


class SignUp(Input):
    """A new account. Usernames are unique, and their case counts."""

    username: text.Username
    name: text.DisplayName
    password: NewPassword


class AccountEdit(Input):
    """What can be changed of an account."""

    name: text.DisplayName


class PasswordConfirmation(Input):
    """The account's password once more, so that a stolen token is not enough."""

    password: text.Password

    def by(self, caller: Claims) -> Confirmation:
        """Return what it confirms: that this caller is who they were."""
        return Confirmation(caller.user_id, caller.session_id, self.password)


class PasswordEdit(PasswordConfirmation):
    """The password to come, with the present one; API tokens end with it unless they are to be kept."""

    new_password: NewPassword
    keep_api_tokens: bool = False


class AccountView(View):
    """An account, as its owner sees it."""

    user_id: int
    username: str
    name: str
    created_at: datetime


@bp.post("")
@public
@bp.input(SignUp, arg_name="new")
@bp.output(AccountView, HTTPStatus.CREATED)
@raises(SignUpClosed, NameTaken, HashingBusy, *LIMITED)
def sign_up(new: SignUp) -> AccountView:
    """Make an account, with its collection."""
    account = services().accounts.sign_up(NewAccount(new.username, new.name, new.password), client_address())
    return AccountView.model_validate(account)


@bp.get("/me")
@signed_in(ACCOUNT)
@bp.output(AccountView)
def get_account(caller: Claims) -> AccountView:
    """Read your account."""
    return AccountView.model_validate(services().accounts.get(caller.user_id))


@bp.patch("/me")
@signed_in(ACCOUNT)
@bp.input(AccountEdit, arg_name="edit")
@bp.output(AccountView)
def edit_account(edit: AccountEdit, caller: Claims) -> AccountView:
    """Change the name you are shown under."""
    return AccountView.model_validate(services().accounts.rename(caller.user_id, edit.name))


@bp.put("/me/password")
@signed_in(ACCOUNT)
@bp.input(PasswordEdit, arg_name="edit")
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(PasswordNotConfirmed, HashingBusy, *LIMITED)
def change_password(edit: PasswordEdit, caller: Claims) -> tuple[str, HTTPStatus]:
    """Change your password; every other session ends."""
    change = PasswordChange(edit.new_password, edit.keep_api_tokens)
    services().accounts.change_password(edit.by(caller), change)
    return "", HTTPStatus.NO_CONTENT


@bp.delete("/me")
@signed_in(ACCOUNT)
@bp.input(PasswordConfirmation, arg_name="confirmation")
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(PasswordNotConfirmed, HashingBusy, *LIMITED)
def delete_account(confirmation: PasswordConfirmation, caller: Claims) -> tuple[str, HTTPStatus]:
    """Delete your account with everything in it, at once and for good."""
    services().accounts.delete(confirmation.by(caller))
    return "", HTTPStatus.NO_CONTENT
