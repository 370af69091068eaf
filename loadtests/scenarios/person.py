"""Somebody who signs up, does what a scenario asks, and is done. Whoever cannot sign in stops, and fails the run."""

import json
import random
import time
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from locust import HttpUser, task
from locust.clients import ResponseContextManager
from locust.exception import StopUser

from loadtests.markers import Mark
from loadtests.scenarios.outcome import Outcome
from tests.faults.load import Token
from tests.faults.outage import SignedOut
from tests.live import PASSWORD

_OK, _CREATED, _NO_CONTENT, _UNAUTHORIZED = 200, 201, 204, 401


class Person(HttpUser):
    """One of those who take part. A scenario sets the class attributes, and says in `work` what each does."""

    abstract = True
    outcome: ClassVar[Outcome]
    work: ClassVar[Callable[["Person"], None]]
    most: ClassVar[int]
    """How many take part; locust would bring others for those who are done."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)  # type: ignore[no-untyped-call] # locust has types for most else
        self.number = self.outcome.begin()
        self.name = f"{self.outcome.run} {self.number}"
        self.user_id = 0
        self.token = ""
        self.refresh_token = ""
        self.decks: dict[str, int] = {}

    @task
    def take_part(self) -> None:
        """Do it all, and end."""
        if self.number >= self.most:
            raise StopUser
        try:
            self._come()
            type(self).work(self)
        finally:
            self.outcome.end()
        raise StopUser

    def sign_up(self) -> None:
        """Make an account."""
        new = {"username": self.name, "name": self.name, "password": PASSWORD}
        self.user_id = int(self.need("POST", "/v1/accounts", new, _CREATED)["user_id"])

    def sign_in(self) -> None:
        """Open a session, and look at the decks."""
        opened = self.need("POST", "/v1/sessions", self._credentials, _CREATED)
        if opened["user"]["user_id"] != self.user_id:
            self.give_up(f"was signed in as user {opened['user']['user_id']}, and is user {self.user_id}")
        self.token, self.refresh_token = opened["access_token"], opened["refresh_token"]
        self.decks = {deck["name"]: deck["id"] for deck in self.need("GET", "/v1/decks", None, 200)["items"]}

    def ask_who_one_is(self) -> None:
        """Give up if one is taken for somebody else."""
        told = self.ask("GET", "/v1/accounts/me", None, 200, "me")
        if told is not None and told["user_id"] != self.user_id:
            self.give_up(f"is user {self.user_id}, and was taken for user {told['user_id']}")

    def refresh(self) -> None:
        """Go on with the next token."""
        body = {"refresh_token": self.refresh_token}
        refreshed = self.need("POST", "/v1/sessions/refresh", body, 200)
        self.token, self.refresh_token = refreshed["access_token"], refreshed["refresh_token"]

    def stay_signed_in(self, margin: float) -> None:
        """Go on with the next token if this one ends within so many seconds."""
        if Token.read(self.token).expires - time.time() < margin:
            self.refresh()

    def sign_in_and_out(self) -> None:
        """Open another session, and end it."""
        opened = self.ask("POST", "/v1/sessions", self._credentials, _CREATED, "sign in")
        if opened is None:
            return
        token = opened["access_token"]
        if self.ask("DELETE", "/v1/sessions/current", None, _NO_CONTENT, "sign out", token) is not None:
            self.outcome.signed_out.append(SignedOut(token, time.monotonic()))

    def try_signed_out(self) -> None:
        """Ask with the token of the session that was ended last, anybody's, and with one of any age."""
        signed_out = self.outcome.signed_out
        if signed_out:
            self._try(signed_out[-1])
            self._try(random.choice(signed_out))

    def add_marked(self, number: int) -> None:
        """Add a card that says whose it is."""
        mark = Mark(self.outcome.run, self.user_id, number, time.time_ns() // 1_000_000)
        self.outcome.attempted.add(mark)
        path = f"/v1/decks/{self.decks['MyFirstDeck']}/cards"
        if self.ask("POST", path, {"front": mark.text, "back": "back"}, _CREATED, "add") is not None:
            self.outcome.acknowledged.add(mark)

    def learn_all(self) -> None:
        """Have no limit of new cards in the sample deck."""
        body = {"options": {"new_per_day": 1000}}
        self.need("PATCH", f"/v1/decks/{self.decks['Verbal Tenses']}", body, 200, "options")

    def review_next(self) -> None:
        """Answer the card that comes next in the sample deck, of which there must be one."""
        deck = self.decks["Verbal Tenses"]
        shown = self.ask("GET", f"/v1/decks/{deck}/next", None, 200, "next")
        if shown is None:
            return
        if shown["card"] is None:
            self.give_up("was shown no card to review")
        card = shown["card"]
        body = {"rating": "good", "duration_ms": 900, "review_count": card["review_count"]}
        self.ask("POST", f"/v1/cards/{card['id']}/reviews", body, _CREATED, "review")

    def need(self, method: str, path: str, body: Any, expected: int, name: str = "") -> Any:
        """Ask for what there is no going on without."""
        answer = self.ask(method, path, body, expected, name or f"{method} {path}")
        if answer is None:
            self.give_up(f"could not go on: no {expected} for {method} {path}")
        return answer

    def give_up(self, why: str) -> NoReturn:
        """Take part no longer, which fails the run."""
        self.outcome.given_up.append(f"{self.name} {why}")
        raise StopUser

    def ask(self, method: str, path: str, body: Any, expected: int, name: str, token: str = "") -> Any:
        """Ask, and return the answer; None, and an error of the run, if it is another than was expected.

        The token is one's own, unless another is given.
        """
        with self._request(method, path, body, name, token or self.token) as answer:
            if answer.status_code != expected:
                return self._fail(answer)
            answer.success()
            self.outcome.serve()
            return json.loads(answer.text) if answer.text else {}

    def _try(self, one: SignedOut) -> None:
        after = time.monotonic() - one.at
        with self._request("GET", "/v1/decks", None, "signed out", one.token) as answer:
            if answer.status_code not in (_OK, _UNAUTHORIZED):
                return self._fail(answer)
            answer.success()
            if answer.status_code == _UNAUTHORIZED:
                return self.outcome.refuse()
            return self.outcome.accept(after)

    def _request(self, method: str, path: str, body: Any, name: str, token: str) -> ResponseContextManager:
        # Connections are not kept, so that every request may meet another worker.
        headers = {"Connection": "close"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.client.request(method, path, json=body, headers=headers, name=name, catch_response=True, timeout=30)

    def _fail(self, answer: ResponseContextManager) -> None:
        told = answer.text[:200] if answer.text else answer.error
        answer.failure(f"{answer.status_code} {told}")  # type: ignore[no-untyped-call] # locust has types for most else
        self.outcome.fail(answer.status_code)

    def _come(self) -> None:
        try:
            self.sign_up()
            self.sign_in()
        finally:
            self.outcome.arrive()

    @property
    def _credentials(self) -> dict[str, str]:
        return {"username": self.name, "password": PASSWORD}
