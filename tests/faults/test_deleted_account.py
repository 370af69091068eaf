"""An account is deleted on one worker while others have its collection open."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.live import PASSWORD, User, serving


def test_its_token_is_refused_everywhere_and_nothing_is_written_to_the_unlinked_file(tmp_path: Path) -> None:
    with serving(tmp_path) as server, ExitStack() as opened:
        anna = User(server, "anna").sign_up()
        with ThreadPoolExecutor(12) as threads:
            warm = list(threads.map(lambda number: anna.add_card(f"warm {number}"), range(60)))
        path = server.collection(anna.user_id)
        files = [opened.enter_context(file.open("rb")) for file in (path, Path(f"{path}-wal"))]

        deleted = anna.ask("DELETE", "/v1/accounts/me", {"password": PASSWORD})
        with ThreadPoolExecutor(12) as threads:
            writes = list(threads.map(lambda number: anna.add_card(f"too late {number}"), range(60)))
        reads = [anna.ask("GET", f"/v1/decks/{anna.decks['MyFirstDeck']}") for _ in range(20)]
        contents = [file.read() for file in files]
        left = list((server.data / "collections").iterdir())

    assert {answer.status_code for answer in warm} == {201}
    assert deleted.status_code == 204
    assert {answer.status_code for answer in writes + reads} == {401}
    assert any(b"warm 0" in content for content in contents)
    assert not any(b"too late" in content for content in contents)
    assert left == []


def test_whoever_races_with_the_deletion_is_refused_or_deleted_with_it(tmp_path: Path) -> None:
    with serving(tmp_path, open_collections="1") as server:
        users = [User(server, f"user {number}").sign_up() for number in range(6)]
        statuses: set[int] = set()
        for user in users:
            # With one collection open per worker, the others' requests make every request open its file anew.
            with ThreadPoolExecutor(12) as threads:
                asked = [threads.submit(work, user, users, number) for number in range(60)]
                deleted = threads.submit(user.ask, "DELETE", "/v1/accounts/me", {"password": PASSWORD})
            statuses |= {answer.result() for answer in asked}
            assert deleted.result().status_code == 204
        left = list((server.data / "collections").iterdir())

    assert statuses <= {200, 201, 401}
    assert left == []


def work(user: User, users: list[User], number: int) -> int:
    """Add a card, read, or make the workers open another collection."""
    if number % 3 == 0:
        return user.add_card(f"card {number}").status_code
    other = user if number % 3 == 1 else users[-1]
    return other.ask("GET", f"/v1/decks/{other.decks['MyFirstDeck']}").status_code
