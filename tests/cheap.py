"""Real argon2id, at a cost that tests can bear."""

from pwdlib.hashers.argon2 import Argon2Hasher

from auth.passwords import Passwords

HASHER = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


def cheap_passwords() -> Passwords:
    return Passwords(4, 8, hasher=HASHER)
