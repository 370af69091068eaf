from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Event, Lock

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from auth.errors import HashingBusy, WrongPassword
from auth.passwords import Passwords

CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(at_once=1, waiting=8, hasher=CHEAP)


def test_the_right_password_passes(passwords: Passwords) -> None:
    assert passwords.verify("correct horse", passwords.hash("correct horse")) is None


def test_the_wrong_password_is_refused(passwords: Passwords) -> None:
    with pytest.raises(WrongPassword):
        passwords.verify("wrong horse", passwords.hash("correct horse"))


def test_an_unknown_user_costs_a_verification_too() -> None:
    hasher = CountingHasher()
    passwords = Passwords(at_once=1, waiting=8, hasher=hasher)

    with pytest.raises(WrongPassword):
        passwords.verify("anything", None)

    assert hasher.verified == 1


def test_the_decoy_has_no_password_that_is_accepted(passwords: Passwords) -> None:
    with pytest.raises(WrongPassword):
        passwords.verify("", None)


def test_a_hash_of_lower_cost_is_replaced(passwords: Passwords) -> None:
    stronger = Passwords(at_once=1, waiting=8, hasher=Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1))

    better = stronger.verify("correct horse", passwords.hash("correct horse"))

    assert better is not None
    assert "t=2" in better


def test_the_default_is_argon2id() -> None:
    assert Passwords(at_once=1, waiting=8).hash("correct horse").startswith("$argon2id$")


def test_no_more_run_at_once_than_allowed() -> None:
    hasher = CountingHasher()
    passwords = Passwords(at_once=2, waiting=8, hasher=hasher)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(passwords.hash, ["correct horse"] * 16))

    assert 1 <= hasher.most_at_once <= 2


def test_waiting_for_a_turn_has_an_end() -> None:
    hasher = CountingHasher()
    passwords = Passwords(at_once=1, waiting=8, patience=timedelta(0), hasher=hasher)
    hasher.gate.clear()

    with ThreadPoolExecutor(1) as threads:
        hashing = threads.submit(passwords.hash, "correct horse")
        hasher.entered.wait()
        with pytest.raises(HashingBusy):
            passwords.hash("another horse")
        hasher.gate.set()

    assert hashing.result().startswith("$argon2id$")


def test_no_more_wait_for_a_turn_than_allowed() -> None:
    hasher = CountingHasher()
    passwords = Passwords(at_once=1, waiting=1, hasher=hasher)
    hasher.gate.clear()

    with ThreadPoolExecutor(3) as threads:
        three = [threads.submit(passwords.hash, "correct horse") for _ in range(3)]
        (refused,) = wait(three, return_when=FIRST_COMPLETED).done
        hasher.gate.set()

    assert isinstance(refused.exception(), HashingBusy)
    assert sum(future.exception() is None for future in three) == 2


class CountingHasher(Argon2Hasher):
    """The real hasher, which counts, and can be held."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=1024, parallelism=1)
        self.verified = 0
        self.most_at_once = 0
        self._at_once = 0
        self._lock = Lock()
        self.gate = Event()
        self.gate.set()
        self.entered = Event()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        self.entered.set() if not self.gate.is_set() else None
        self.gate.wait(10)
        hashed = super().hash(password, salt=salt)
        with self._lock:
            self._at_once -= 1
        return hashed

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        self.verified += 1
        return super().verify(password, hash)


def test_a_hash_costs_what_owasp_asks_for() -> None:
    assert Passwords(at_once=1, waiting=0).hash("correct horse battery").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
