"""Whatever is done with sessions, in whatever order: each answer is the one the rules of refreshing foresee."""

import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule

from api.account.accounts import NewAccount
from api.account.sessions import SignIn
from api.server import prepare
from api.services import Services, build_services
from api.settings import Settings
from auth.errors import RefreshRefused, ReusedRefreshToken, RevokedToken, SupersededRefreshToken
from auth.sessions import EndedBy
from auth.tokens import AccessTokens
from tests.callers import PASSWORD
from tests.cheap import cheap_passwords
from tests.clocks import NOON, ManualClock
from tests.live import NO_LIMITS

WINDOW = timedelta(seconds=30)
IDLE, LONGEST = timedelta(days=2), timedelta(days=5)
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@dataclass
class Known:
    """What the world has seen of one session."""

    sid: str
    opened_at: datetime
    tokens: list[str]
    access: list[str]
    rotated_out: list[datetime] = field(default_factory=list)
    is_ended: bool = False

    @property
    def live_since(self) -> datetime:
        return self.rotated_out[-1] if self.rotated_out else self.opened_at

    def expires(self, generation: int) -> datetime:
        """When this refresh token runs out by itself, in whole seconds."""
        since = self.opened_at if generation == 0 else self.rotated_out[generation - 1]
        return min(since + IDLE, self.opened_at + LONGEST)


@dataclass(frozen=True)
class Presented:
    """A refresh token in somebody's hands: of which session, and which generation, from 0."""

    session: int
    generation: int


class Refreshes(RuleBasedStateMachine):
    """One user, some sessions, and every token that was ever handed out."""

    handed_out = Bundle("handed_out")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock(NOON)
        environ = {"JAVUMBO_DATA": self.folder.name, "JAVUMBO_REFRESH_IDLE": "2d", "JAVUMBO_REFRESH_MAX": "5d"}
        self.settings = Settings.from_environ(NO_LIMITS | environ)
        prepare(self.settings, self.clock.now())
        self.services: Services = build_services(self.settings, self.clock, cheap_passwords())
        self.verifier = AccessTokens(self.services.keystore, self.settings, self.clock)
        self.user_id = self.services.accounts.create(NewAccount("anna", "Anna", PASSWORD)).user_id
        self.sessions: list[Known] = []

    def teardown(self) -> None:
        self.services.close()
        self.folder.cleanup()

    @rule(target=handed_out)
    def open(self) -> Presented:
        opened = self.services.sessions.sign_in(SignIn("anna", PASSWORD, "web", HERE))
        pair = opened.tokens
        self.sessions.append(Known(opened.session.sid, self.clock.now(), [pair.refresh], [pair.access.text]))
        return Presented(len(self.sessions) - 1, 0)

    @rule(target=handed_out, token=handed_out, address=st.sampled_from([HERE, ELSEWHERE]))
    def present(self, token: Presented, address: str) -> object:
        known = self.sessions[token.session]
        now, live = self.clock.now(), len(known.tokens) - 1
        text = known.tokens[token.generation]
        if known.is_ended or now >= known.expires(token.generation):
            self.expect(RefreshRefused, text, address)
        elif token.generation == live:
            return self.rotate(known, token, text, address)
        elif now - known.rotated_out[token.generation] > WINDOW:
            self.expect(ReusedRefreshToken, text, address)
            known.is_ended = True
        elif token.generation == live - 1:
            pair = self.services.refreshing.refresh(text, address).tokens
            assert (pair.refresh, pair.access.text) == (known.tokens[-1], known.access[-1])
        else:
            self.expect(SupersededRefreshToken, text, address)
        return multiple()

    def rotate(self, known: Known, token: Presented, text: str, address: str) -> Presented:
        pair = self.services.refreshing.refresh(text, address).tokens
        known.tokens.append(pair.refresh)
        known.access.append(pair.access.text)
        known.rotated_out.append(self.clock.now())
        return replace(token, generation=token.generation + 1)

    def expect(self, refusal: type[RefreshRefused], text: str, address: str) -> None:
        with pytest.raises(RefreshRefused) as refused:
            self.services.refreshing.refresh(text, address)
        assert type(refused.value) is refusal

    @precondition(lambda self: self.sessions)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        open_ones = [known for known in self.sessions if not known.is_ended]
        if open_ones:
            known = data.draw(st.sampled_from(open_ones))
            self.services.sessions.end(self.user_id, known.sid, EndedBy.SIGN_OUT)
            known.is_ended = True

    @rule(token=consumes(handed_out))
    def end_all_others(self, token: Presented) -> None:
        kept = self.sessions[token.session]
        self.services.sessions.end_all(self.user_id, kept.sid)
        for known in self.sessions:
            known.is_ended = known.is_ended or known is not kept

    @rule(step=st.sampled_from([timedelta(milliseconds=1), WINDOW / 2, WINDOW, timedelta(hours=1), timedelta(days=1)]))
    def time_passes(self, step: timedelta) -> None:
        self.clock.advance(step)

    @invariant()
    def exactly_what_belongs_to_ended_sessions_is_revoked(self) -> None:
        self.services.follower.read()
        for known in self.sessions:
            if self.clock.now() < known.live_since + timedelta(minutes=10):
                assert self.is_accepted(known.access[-1]) != known.is_ended

    def is_accepted(self, token: str) -> bool:
        try:
            self.services.revocations.check(self.verifier.verify(token).session_id)
        except RevokedToken:
            return False
        return True


class TestRefreshes(Refreshes.TestCase):  # type: ignore[misc,valid-type]
    settings = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.long
@pytest.mark.timeout(1800)
class TestManyRefreshes(Refreshes.TestCase):  # type: ignore[misc,valid-type]
    settings = settings(
        max_examples=1000, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
    )
