"""Somebody has removed a collection's file."""

from pathlib import Path

from tests.live import User, serving


def test_it_is_a_503_on_every_worker_and_nothing_is_created_in_its_place(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        anna, ben = User(server, "anna").sign_up(), User(server, "ben").sign_up()
        path = server.collection(anna.user_id)
        away = path.rename(tmp_path / "away.db")

        writes = [anna.add_card(f"card {number}") for number in range(12)]
        created = path.exists()
        others = [ben.add_card(f"card {number}") for number in range(6)]
        away.rename(path)
        back = anna.add_card("back again")

    assert {answer.status_code for answer in writes} == {503}
    assert all(answer.headers["Retry-After"] for answer in writes)
    assert not created
    assert {answer.status_code for answer in others} == {201}
    assert back.status_code == 201
