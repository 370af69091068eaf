"""Rows of the accounts file that several tests begin with."""

from datetime import timedelta

from api.store.accounts import Account
from auth.sessions import Session
from tests.clocks import NOON

ANNA = Account(1, "anna", "Anna", "a hash", 1, NOON)
SESSION = Session(
    sid="S" * 22,
    user_id=1,
    client="web",
    generation=1,
    rotated_at=NOON,
    rotations=(),
    access_until=NOON + timedelta(minutes=10),
    refresh_until=NOON + timedelta(days=30),
    created_at=NOON,
    last_used_at=NOON,
    address="192.0.2.1",
    expires_at=NOON + timedelta(days=90),
)
