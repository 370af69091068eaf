"""Somebody sends tokens that are none, as fast as they are answered: they are limited, and nobody else is."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, Thread

import pytest

from tests.faults.asking import CHEAP, Answer, Asking, at_once, signed_up
from tests.faults.signed_in import value_in
from tests.live import PASSWORD, LiveServer, serving, until

WORKERS = 3
ATTACKER = "127.50.0.{}"
BURST, RATE = 60, 1
"""Of refused tokens from one address, at once and a second."""
LOGGED_EACH_SECOND = 10
OTHERS_EACH_SECOND = 10
SECONDS = 2.5


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    # Sessions end soon, so that there is somebody whose token has expired; tokens of programs do not.
    with serving(tmp_path_factory.mktemp("flood"), app=CHEAP, access_ttl="2s", limit_refused=f"{BURST}/1m") as server:
        yield server


@pytest.fixture(scope="module")
def expired(server: LiveServer) -> Asking:
    """Somebody whose token was good once."""
    asking = signed_up(server, "anna")
    until(lambda: asking.read().status == 401)
    return asking


@pytest.fixture(scope="module")
def program(server: LiveServer) -> Asking:
    """Somebody with a good token."""
    owner = signed_up(server, "ben")
    asked = {"name": "reader", "scopes": ["collection:read"], "password": PASSWORD}
    return replace(owner, token=owner.ask("POST", "/v1/api-tokens", asked).json["token"])


def decks(asking: Asking) -> Answer:
    return asking.ask("GET", "/v1/decks")


def flood(server: LiveServer, address: str, hands: int) -> list[Answer]:
    until, asking = time.monotonic() + SECONDS, Asking(server, address, token="none.of.ours")

    def ask(_: int) -> list[Answer]:
        answers = []
        while time.monotonic() < until:
            answers.append(decks(asking))
        return answers

    answers = [answer for answers in at_once(hands, ask) for answer in answers]
    return sorted(answers, key=lambda answer: answer.at)


def meanwhile(stopping: Event, asking: Asking, statuses: Counter[int]) -> Thread:
    """Ask ten times a second, or as often as one is answered, until told to stop."""

    def ask() -> None:
        while not stopping.is_set():
            statuses[decks(asking).status] += 1
            stopping.wait(1 / OTHERS_EACH_SECOND)

    thread = Thread(target=ask)
    thread.start()
    return thread


def while_others_ask(work: Callable[[], list[Answer]], others: list[Asking]) -> tuple[list[Answer], list[Counter[int]]]:
    stopping, statuses = Event(), [Counter[int]() for _ in others]
    threads = [meanwhile(stopping, one, found) for one, found in zip(others, statuses, strict=True)]
    try:
        return work(), statuses
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("hands", [8, 40])
def test_a_flood_is_limited_and_nobody_else_is_not_even_at_its_address(
    server: LiveServer, expired: Asking, program: Asking, hands: int
) -> None:
    address = ATTACKER.format(hands)
    others = [program, replace(program, address=address), replace(expired, address=address)]

    answers, statuses = while_others_ask(lambda: flood(server, address, hands), others)

    refused = [answer for answer in answers if answer.status == 429]
    took = answers[-1].at - answers[0].at
    assert {answer.status for answer in answers} == {401, 429}
    # At such a speed each worker has admitted a burst of its own before it hears of the others.
    assert BURST <= len(answers) - len(refused) <= WORKERS * (BURST + RATE * took)
    assert all(answer.policies == ["refused"] and answer.retry_after >= 1 for answer in refused)
    assert [set(found) for found in statuses] == [{200}, {200}, {401}]
    assert all(found.total() >= SECONDS * OTHERS_EACH_SECOND / 2 for found in statuses), statuses


def test_the_log_has_some_lines_of_a_flood_and_tells_how_many_it_has_not(server: LiveServer) -> None:
    address = ATTACKER.format(100)

    refused = sum(answer.status == 429 for answer in flood(server, address, 40))

    lines = [line for line in server.log.read_text().splitlines() if value_in(line, "address") == address]
    told = [int(value_in(line, "left_out") or 0) for line in lines if value_in(line, "status") == "429"]
    assert 0 < len(told) <= WORKERS * LOGGED_EACH_SECOND * (SECONDS + 2)
    # What was left out since a worker's last line is told with its next.
    assert refused / 3 <= len(told) + sum(told) <= refused + left_out_before(server, address)


def left_out_before(server: LiveServer, address: str) -> int:
    """What each worker had left out of earlier floods, and has told with its first line of this one."""
    told: dict[str, int] = {}
    for line in server.log.read_text().splitlines():
        if value_in(line, "address") == address and value_in(line, "left_out"):
            told.setdefault(value_in(line, "worker"), int(value_in(line, "left_out")))
    return sum(told.values())
