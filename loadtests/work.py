"""What is asked of every design: one request each time, of one kind."""

from collections.abc import Callable
from itertools import count

from loadtests.designs import Client

Ask = Callable[[], object]


def read(client: Client) -> Ask:
    """Read one card: one indexed row and nothing else."""
    path = f"/v1/cards/{_card(client)}"
    return lambda: client.ask("GET", path)


def add(client: Client) -> Ask:
    """Add a card, durably."""
    path, numbers = f"/v1/decks/{_deck(client)}/cards", count()
    return lambda: client.ask("POST", path, {"front": f"card {next(numbers)}", "back": "back"}, 201)


def review(client: Client) -> Ask:
    """Answer one card again and again."""
    path, times = f"/v1/cards/{_card(client)}/reviews", count()
    return lambda: client.ask("POST", path, {"rating": "again", "duration_ms": 1, "review_count": next(times)}, 201)


def sign_in(client: Client) -> Ask:
    """Sign in with a password."""
    return client.sign_in


def refresh(client: Client) -> Ask:
    """Exchange a refresh token. A session on the server has none: it is lengthened by every request."""
    return client.refresh


KINDS: dict[str, Callable[[Client], Ask]] = {
    "read": read,
    "add": add,
    "review": review,
    "sign-in": sign_in,
    "refresh": refresh,
}


def _deck(client: Client) -> int:
    return int(client.ask("GET", "/v1/decks")["items"][0]["id"])


def _card(client: Client) -> int:
    new = {"front": "front", "back": "back"}
    return int(client.ask("POST", f"/v1/decks/{_deck(client)}/cards", new, 201)["cards"][0]["id"])
