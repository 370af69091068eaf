"""Forgotten passwords: setting another with a code that an operator has made."""

from http import HTTPStatus
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import Field

from api import text
from api.authentication import client_address, public
from api.errors import ResetRefused
from api.problems import raises
from api.routes.accounts import NewPassword
from api.services import services
from api.shapes import Input
from auth.errors import LIMITED, HashingBusy

bp = APIBlueprint("password_reset", __name__, url_prefix="/v1/accounts/password-reset", tag="Forgotten passwords")


class PasswordReset(Input):
    """A code from an operator, and the password to come. Case, spaces and dashes of the code do not count."""

    username: text.Credential
    code: Annotated[str, Field(max_length=100)]
    new_password: NewPassword


@bp.post("")
@public
@bp.input(PasswordReset, arg_name="asked")
@bp.output({}, HTTPStatus.NO_CONTENT)
@raises(ResetRefused, HashingBusy, *LIMITED)
def reset_password(asked: PasswordReset) -> tuple[str, HTTPStatus]:
    """Set another password with a code; every session and API token ends."""
    services().recovery.reset(asked.username, asked.code, asked.new_password, client_address())
    return "", HTTPStatus.NO_CONTENT
