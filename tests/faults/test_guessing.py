"""Somebody guesses at a password from a thousand addresses; and a class signs in at once from behind one."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread

import pytest

from tests.faults.asking import CHEAP, DEFAULTS, Answer, Asking, at_once
from tests.live import LiveServer, serving, until

ADDRESSES, HANDS = 1000, 8
AN_HOUR = 50
"""So many wrong passwords are let through for one name, whoever they come from."""
PUPILS = 30
SCHOOL = "127.20.0.1"


@dataclass
class Attack:
    """Wrong passwords for one name, each address in turn, so often."""

    server: LiveServer
    name: str
    tries: int
    answers: Counter[int] = field(default_factory=Counter)
    refusing: set[str] = field(default_factory=set)
    began: float = 0
    took: float = 0

    def run(self) -> None:
        self.began = time.monotonic()
        with ThreadPoolExecutor(HANDS) as threads:
            for answer in threads.map(self._guess, range(ADDRESSES * self.tries)):
                self.answers[answer.status] += 1
                self.refusing |= set(answer.policies) if answer.is_refused else set()
        self.took = time.monotonic() - self.began

    def _guess(self, number: int) -> Answer:
        high, low = divmod(number % ADDRESSES, 200)
        return Asking(self.server, f"127.10.{high}.{low + 1}").sign_in(self.name, f"wrong password {number}")

    @property
    def most(self) -> float:
        """The most that may be let through in the time that it took."""
        return AN_HOUR + AN_HOUR * self.took / 3600


@contextmanager
def attacking(server: LiveServer, name: str, tries: int) -> Iterator[tuple[Attack, Thread]]:
    """Attack for as long as it takes; the block begins once all that is let through has been."""
    attack = Attack(server, name, tries)
    thread = Thread(target=attack.run)
    thread.start()
    try:
        until(lambda: attack.answers[429] > 0)
        yield attack, thread
    finally:
        thread.join()


def device_of(answer: Answer) -> str:
    cookies = [value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie", [])]
    return next(cookie for cookie in cookies if cookie.startswith("javumbo_device="))


# In the long attack the owner comes once a second: those who succeed may sign in sixty times a minute.
@pytest.mark.parametrize(
    ("tries", "pause"), [(3, 0.5), pytest.param(50, 1, marks=[pytest.mark.long, pytest.mark.timeout(1200)])]
)
def test_who_guesses_from_a_thousand_addresses_has_fifty_an_hour_and_keeps_out_the_owner_only_without_the_cookie(
    tmp_path: Path, tries: int, pause: float
) -> None:
    with serving(tmp_path, app=CHEAP, **DEFAULTS) as server:
        owner = Asking(server)
        assert owner.sign_up("anna").status == 201
        known = Asking(server, "127.0.0.2", cookie=device_of(owner.sign_in("anna")))
        with attacking(server, "anna", tries) as (attack, thread):
            with_cookie, without_it = [], []
            while thread.is_alive():
                with_cookie.append(known.sign_in("anna"))
                without_it.append(owner.sign_in("anna"))
                time.sleep(pause)

    assert set(attack.answers) == {401, 429}
    assert AN_HOUR <= attack.answers[401] <= attack.most
    assert attack.refusing == {"sign-in-name"}
    assert len(with_cookie) > 3
    assert {answer.status for answer in with_cookie} == {201}
    assert {(answer.status, *answer.policies) for answer in without_it} == {(429, "sign-in-name")}


def test_a_device_that_guesses_keeps_out_neither_other_devices_nor_who_has_none(tmp_path: Path) -> None:
    with serving(tmp_path, app=CHEAP, limit_sign_in="10/1h") as server:
        owner = Asking(server)
        assert owner.sign_up("anna").status == 201
        mine, stolen = (Asking(server, cookie=device_of(owner.sign_in("anna"))) for _ in range(2))
        stolen = replace(stolen, address="127.0.0.9")
        guesses = at_once(30, lambda _: stolen.sign_in("anna", "wrong password"))
        thief = stolen.sign_in("anna")

        answers = [mine.sign_in("anna"), owner.sign_in("anna")]

    # Ten as the device, and ten as anybody at its address.
    assert Counter(answer.status for answer in guesses) == {401: 20, 429: 10}
    assert (thief.status, thief.policies) == (429, ["sign-in"])
    assert [answer.status for answer in answers] == [201, 201]


def patiently(ask: Callable[[str], Answer], name: str) -> list[Answer]:
    """Ask; where passwords are hashed as fast as this machine can, that is no limit, and one asks again."""
    answers = [ask(name)]
    while answers[-1].status == 503 and not answers[-1].is_refused:
        time.sleep(answers[-1].retry_after)
        answers.append(ask(name))
    return answers


@pytest.mark.parametrize("rounds", [1, pytest.param(30, marks=pytest.mark.long)])
def test_thirty_pupils_behind_one_address_all_sign_in_at_once(tmp_path: Path, rounds: int) -> None:
    with serving(tmp_path, **DEFAULTS) as server:
        pupil = Asking(server, SCHOOL)
        signed_up = at_once(PUPILS, lambda number: patiently(pupil.sign_up, f"pupil {number}"))

        found = [at_once(PUPILS, lambda number: patiently(pupil.sign_in, f"pupil {number}")) for _ in range(rounds)]

    assert {answers[-1].status for answers in signed_up} == {201}
    assert {answers[-1].status for answered in found for answers in answered} == {201}
    assert not any(answer.is_refused for answered in found for answers in answered for answer in answers)
