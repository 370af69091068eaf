"""What this library needs to know; the application's settings contain it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True)
class AuthSettings:
    """Issuer and audience of the tokens, their lifetimes, where the keys lie, and how many passwords are hashed."""

    issuer: str
    audience: str
    access_lifetime: timedelta
    session_lifetime: timedelta
    keys: Path
    hashes_at_once: int
    hashes_waiting: int
