"""Whoever is taken for somebody else is counted."""

import json
from pathlib import Path

from loadtests.designs import Client
from loadtests.mix_ups import Asker, Count, count


def answer(status: str, **document: object) -> bytes:
    return f"HTTP/1.1 {status}\r\n\r\n{json.dumps(document)}".encode()


def test_an_answer_that_names_somebody_else_is_a_mix_up_and_one_that_names_nobody_is_not() -> None:
    counted = Count("files")
    asker = Asker(Client(connection=None, username="anna"), 7, counted)  # type: ignore[arg-type] # it is not asked

    for told in (answer("200 OK", user_id=7), answer("200 OK", user_id=8), answer("401 UNAUTHORIZED")):
        asker.answered(told, 0.001)
    asker.broken()

    assert counted == Count("files", attempts=4, mixed_up=1, refused=2)


def test_people_with_session_files_are_told_who_they_are(tmp_path: Path) -> None:
    counted = count(tmp_path, "files", 0.5)

    assert counted.attempts > 24
    assert (counted.mixed_up, counted.refused) == (0, 0)
