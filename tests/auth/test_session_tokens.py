from datetime import timedelta

import jwt
import pytest

from auth import rotation
from auth.errors import NoSigningKey
from auth.key_folder import KeyFolder
from auth.keyring import KeyRing
from auth.keys import Algorithm, SigningKey
from auth.keystore import KeyStore
from auth.ring_document import Purpose, RingDocument
from auth.session_tokens import SessionTokens
from auth.sessions import Session, SessionRules
from auth.settings import AuthSettings
from auth.tokens import AccessTokens
from tests.clocks import NOON, ManualClock

SOON = timedelta(seconds=20)


@pytest.fixture
def session(auth_settings: AuthSettings) -> Session:
    return SessionRules(auth_settings).opened("S" * 22, 7, "web", "192.0.2.1", NOON + timedelta(milliseconds=700))


@pytest.fixture
def session_tokens(store: KeyStore, auth_settings: AuthSettings, clock: ManualClock) -> SessionTokens:
    return SessionTokens(store, auth_settings, clock)


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def change(store: KeyStore, made: rotation.Change) -> None:
    store.folder.write(made.document, made.new_keys)
    store.reload()


def rotate(store: KeyStore, clock: ManualClock) -> SigningKey:
    """Add a key that signs from ten seconds on."""
    key = SigningKey.generate()
    lead, kept = timedelta(seconds=10), timedelta(days=31)
    change(store, rotation.rotate(store.folder.document(), Purpose.SESSION, key, clock.now(), lead, kept))
    return key


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_same_row_gives_the_same_tokens_byte_for_byte(
    auth_settings: AuthSettings, clock: ManualClock, session: Session, algorithm: Algorithm
) -> None:
    folder = KeyFolder(auth_settings.key_folder)
    folder.create(NOON, algorithm)

    pairs = []
    for _ in range(3):
        pairs.append(SessionTokens(KeyStore(folder), auth_settings, clock).of(session))
        clock.advance(timedelta(seconds=9))

    assert len({(pair.access.text, pair.refresh) for pair in pairs}) == 1


def test_both_tokens_are_believed_and_name_the_session(
    session_tokens: SessionTokens, tokens: AccessTokens, session: Session, clock: ManualClock
) -> None:
    pair = session_tokens.of(session)

    assert tokens.verify(pair.access.text).session_id == session.sid
    assert session_tokens.read(pair.refresh) == pair.refresh_claims
    assert pair.access.claims.issued_at == NOON


def test_every_generation_has_tokens_of_its_own(
    session_tokens: SessionTokens, session: Session, auth_settings: AuthSettings
) -> None:
    following = SessionRules(auth_settings).rotated(session, "192.0.2.1", session.rotated_at)
    first, second = session_tokens.of(session), session_tokens.of(following)

    ids = [pair.access.claims.token_id for pair in (first, second)]
    assert len({*ids, first.refresh_claims.token_id, second.refresh_claims.token_id}) == 4


def test_a_rotation_within_the_window_changes_nothing(
    session_tokens: SessionTokens, session: Session, store: KeyStore, clock: ManualClock
) -> None:
    before = session_tokens.of(session)

    new = rotate(store, clock)
    clock.advance(SOON)

    assert store.ring.signing_key(Purpose.SESSION, clock.now()).kid == new.kid
    assert session_tokens.of(session).refresh == before.refresh


def test_once_its_key_is_revoked_the_present_one_signs(
    session_tokens: SessionTokens, session: Session, store: KeyStore, clock: ManualClock
) -> None:
    before = kid_of(session_tokens.of(session).refresh)

    usable = frozenset(store.ring.keys)
    change(store, rotation.revoke(store.folder.document(), [before], clock.now() + SOON, usable - {before}))
    clock.advance(SOON)
    pair = session_tokens.of(session)

    current = store.ring.signing_key(Purpose.SESSION, clock.now()).kid
    assert kid_of(pair.refresh) == kid_of(pair.access.text) == current != before
    assert session_tokens.read(pair.refresh).session_id == session.sid


def test_without_a_key_no_session_is_handed_out(
    session_tokens: SessionTokens, session: Session, store: KeyStore
) -> None:
    store.ring = KeyRing(RingDocument(()), {})

    with pytest.raises(NoSigningKey):
        session_tokens.of(session)
