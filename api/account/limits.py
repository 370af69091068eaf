"""What is limited where who is calling is still to be found out: which buckets each of these is charged to."""

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass

from api.errors import PasswordNotConfirmed, ResetRefused, WrongCredentials
from api.settings import Settings
from auth import encoding
from auth.addresses import partition_of
from auth.buckets import Charge
from auth.policies import Policy
from auth.strict_limiter import StrictLimiter

_DIGEST_BYTES = 12


@dataclass(frozen=True)
class Policies:
    """The quota policies of what is limited strictly."""

    sign_up: Policy
    sign_in: Policy
    sign_in_address: Policy
    sign_in_name: Policy
    sign_in_devices: Policy
    sign_ins: Policy
    refresh: Policy
    password: Policy
    reset: Policy

    @classmethod
    def of(cls, settings: Settings) -> "Policies":
        """Return the policies that the settings ask for."""
        sign_in = settings.limit_sign_in
        return cls(
            sign_up=Policy("sign-up", settings.limit_sign_up),
            sign_in=Policy("sign-in", sign_in),
            sign_in_address=Policy("sign-in-address", sign_in.scaled(10)),
            # Of a name, and not of who asks: a stranger would read there whether its owner, or a guesser, is at it.
            sign_in_name=Policy("sign-in-name", sign_in.scaled(5, 60), is_told=False),
            sign_in_devices=Policy("sign-in-devices", sign_in.scaled(20, 60), is_told=False),
            sign_ins=Policy("sign-ins", sign_in.scaled(6)),
            refresh=Policy("refresh", settings.limit_refresh),
            password=Policy("password", settings.limit_password),
            reset=Policy("reset", settings.limit_reset),
        )


@dataclass(frozen=True)
class Limits:
    """Charges what is limited strictly. Each method: QuotaExceeded or CapacityReduced, and nothing is charged."""

    policies: Policies
    limiter: StrictLimiter

    def sign_up(self, address: str) -> None:
        """Charge an account to an address."""
        self.limiter.charge([Charge(self.policies.sign_up, partition_of(address))])

    def sign_in(self, username: str, address: str, device: str | None) -> AbstractContextManager[None]:
        """Charge a sign-in, and one that fails for more. A device that is known for this name is charged by itself.

        So who guesses at somebody's password, from however many addresses, does not keep them from signing in.
        """
        # Not the name: people type other things there.
        name, partition = _digest(username), partition_of(address)
        anybody = self._of_anybody(name, partition)
        if device is None:
            return self.limiter.attempt(anybody, WrongCredentials)
        # It may be a thief who has used up what devices have. Nobody gains by this: they could leave the cookie away.
        return self.limiter.attempt(self._of_device(name, device), WrongCredentials, instead=anybody)

    def _of_anybody(self, name: str, partition: str) -> list[Charge]:
        return [
            *self._of_one(f"{name}@{partition}"),
            Charge(self.policies.sign_in_address, partition),
            Charge(self.policies.sign_in_name, name),
        ]

    def _of_device(self, name: str, device: str) -> list[Charge]:
        whose = f"{name}/{device}"
        return [
            *self._of_one(whose),
            Charge(self.policies.sign_in_name, whose),
            # Who has sessions, or knew the password once, can collect devices to guess with.
            Charge(self.policies.sign_in_devices, name),
        ]

    def _of_one(self, whose: str) -> list[Charge]:
        # The second is kept: who knows a password could have it hashed, and sessions opened, without an end.
        return [Charge(self.policies.sign_in, whose), Charge(self.policies.sign_ins, whose, is_kept=True)]

    def refresh(self, session_id: str) -> None:
        """Charge a refresh, or the end of what has ended already, to the session of a token that is ours."""
        self.limiter.charge([Charge(self.policies.refresh, session_id)])

    def refused_refresh(self, address: str) -> None:
        """Charge the same with a token that is none of ours to an address: so it costs no neighbour their session."""
        self.limiter.charge([Charge(self.policies.refresh, partition_of(address))])

    def password(self, session_id: str) -> AbstractContextManager[None]:
        """Charge a password that is asked for once more, if it is wrong, to the session that is used.

        To the session, and not to its user: who has stolen one could lock the others out.
        """
        return self.limiter.attempt([Charge(self.policies.password, session_id)], PasswordNotConfirmed)

    def reset(self, address: str) -> AbstractContextManager[None]:
        """Charge a reset code that is refused to an address."""
        return self.limiter.attempt([Charge(self.policies.reset, partition_of(address))], ResetRefused)


def _digest(username: str) -> str:
    digest = hashlib.sha256(username.encode("utf-8", "surrogatepass")).digest()
    return encoding.encode(digest[:_DIGEST_BYTES])
