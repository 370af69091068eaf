"""Twenty people at once, on the real command with three workers: nobody's card is lost or lands with another."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.files import query
from tests.live import User, fronts_in, serving

USERS, CARDS, REVIEWS = 20, 50, 20


def live(user: User) -> list[str]:
    """Add cards and review; return the fronts that were acknowledged."""
    acknowledged = []
    for number in range(CARDS):
        front = f"{user.username} card {number}"
        added = user.add_card(front)
        assert added.status_code == 201, added.text
        acknowledged.append(front)
    for _ in range(REVIEWS):
        review_next(user)
    return acknowledged


def review_next(user: User) -> None:
    shown = user.ask("GET", f"/v1/decks/{user.decks['MyFirstDeck']}/next").json()
    body = {"rating": "easy", "duration_ms": 900, "review_count": shown["card"]["review_count"]}
    reviewed = user.ask("POST", f"/v1/cards/{shown['card']['id']}/reviews", body)
    assert reviewed.status_code == 201, reviewed.text


def test_every_card_is_in_its_owners_file_and_in_no_other(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        users = [User(server, f"user {number}") for number in range(USERS)]
        # A few at a time: beside a thousand writes the last of twenty passwords may wait too long for its turn.
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(User.sign_up, users))
        with ThreadPoolExecutor(USERS) as threads:
            acknowledged = dict(zip(range(USERS), threads.map(live, users), strict=True))
        log = server.log.read_text()

    assert len({user.user_id for user in users}) == USERS
    for number, user in enumerate(users):
        path = server.collection(user.user_id)
        stored = Counter(front for front in fronts_in(path) if " card " in front)
        assert stored == Counter(acknowledged[number])
        assert query(path, "SELECT count(*) AS n FROM reviews WHERE deleted_at IS NULL") == [{"n": REVIEWS}]
        assert query(path, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert "status=5" not in log
    assert "status=4" not in log
