import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from auth.errors import KeyRingInvalid
from auth.keys import Algorithm
from auth.ring_document import Purpose, RingDocument, RingEntry, State, revoked_in
from tests.clocks import NOON

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
OLD, NEW, OTHER = ("A" * 43, "B" * 43, "C" * 43)

KIDS = st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True)
INSTANTS = st.datetimes(timezones=st.just(UTC))
ENTRIES = st.builds(
    RingEntry,
    KIDS,
    st.sampled_from(Algorithm),
    st.sampled_from(Purpose),
    created=INSTANTS,
    sign_from=INSTANTS,
    verify_until=st.none() | INSTANTS,
)


def entry(
    kid: str = OLD,
    sign_from: datetime = NOON,
    verify_until: datetime | None = None,
    purpose: Purpose = Purpose.SESSION,
) -> RingEntry:
    return RingEntry(kid, Algorithm.EDDSA, purpose, NOON, sign_from, verify_until)


def text(**changes: object) -> bytes:
    """A ring of one key, of which some members are others; ... takes one out."""
    document = json.loads(RingDocument([entry(verify_until=NOON + HOUR)]).to_json())
    document["keys"][0].update(changes)
    document["keys"][0] = {name: value for name, value in document["keys"][0].items() if value is not ...}
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (NOON - INSTANT, State.NEXT),
        (NOON, State.SIGNING),
        (NOON + HOUR - INSTANT, State.SIGNING),
        (NOON + HOUR, State.VERIFYING),
        (NOON + 2 * HOUR - INSTANT, State.VERIFYING),
        (NOON + 2 * HOUR, State.EXPIRED),
    ],
)
def test_the_state_of_a_key_follows_from_the_clock(at: datetime, state: State) -> None:
    old = entry(OLD, verify_until=NOON + 2 * HOUR)
    document = RingDocument([old, entry(NEW, NOON + HOUR)])

    assert document.state(old, at) is state


def test_a_revoked_key_is_nothing_else() -> None:
    revoked = entry(verify_until=NOON)
    document = RingDocument([revoked], [OLD])

    assert {document.state(revoked, NOON + hours * HOUR) for hours in (-1, 0, 1)} == {State.REVOKED}
    assert document.active == []


def test_a_key_without_end_verifies_forever() -> None:
    assert entry().verifies(datetime.max.replace(tzinfo=UTC))


def test_a_key_verifies_before_it_signs() -> None:
    assert entry(sign_from=NOON + HOUR).verifies(NOON)


def test_of_two_keys_the_one_that_began_last_comes_first() -> None:
    old, new = entry(OLD), entry(NEW, NOON + HOUR)

    for order in ([old, new], [new, old]):
        assert RingDocument(order).candidates(Purpose.SESSION, NOON + HOUR) == [new, old]


@pytest.mark.parametrize(
    "other",
    [
        entry(OTHER, purpose=Purpose.API),
        entry(OTHER, sign_from=NOON + INSTANT),
        entry(OTHER, sign_from=NOON - HOUR, verify_until=NOON),
    ],
    ids=["of the other purpose", "waiting", "expired"],
)
def test_such_a_key_may_not_sign(other: RingEntry) -> None:
    assert RingDocument([other, entry()]).candidates(Purpose.SESSION, NOON) == [entry()]


def test_a_revoked_key_neither_signs_nor_waits() -> None:
    document = RingDocument([entry(OLD), entry(NEW, NOON + HOUR)], [OLD, NEW])

    assert document.candidates(Purpose.SESSION, NOON) == []
    assert document.waiting(Purpose.SESSION, NOON) == []


def test_the_key_that_begins_first_waits_first() -> None:
    near, far = entry(OLD, NOON + HOUR), entry(NEW, NOON + 2 * HOUR)
    api = entry(OTHER, NOON + HOUR, purpose=Purpose.API)

    assert RingDocument([far, api, near]).waiting(Purpose.SESSION, NOON) == [near, far]
    assert RingDocument([far, api, near]).waiting(Purpose.SESSION, NOON + HOUR) == [far]


def test_two_keys_with_one_id_are_refused() -> None:
    with pytest.raises(KeyRingInvalid, match="same key id"):
        RingDocument([entry(), entry(purpose=Purpose.API)])


@hypothesis_settings(deadline=None)
@given(
    entries=st.lists(ENTRIES, max_size=4, unique_by=lambda entry: entry.kid),
    revoked=st.frozensets(KIDS | st.text(), max_size=3),
)
def test_a_ring_survives_its_file(entries: list[RingEntry], revoked: frozenset[str]) -> None:
    data = RingDocument(entries, revoked).to_json()

    read = RingDocument.from_json(data)

    assert (read.entries, read.revoked) == (tuple(entries), revoked)
    assert read.to_json() == data


def test_the_file_names_each_member_as_documented() -> None:
    data = RingDocument([entry(OLD, verify_until=NOON), entry(NEW)], [OTHER]).to_json()

    noon = "2026-11-23T12:00:00+00:00"
    key = {"kid": OLD, "alg": "EdDSA", "purpose": "session", "created": noon, "sign_from": noon, "verify_until": noon}
    assert json.loads(data)["keys"][0] == key
    assert "verify_until" not in json.loads(data)["keys"][1]
    assert json.loads(data)["revoked"] == [OTHER]


def test_a_date_of_another_zone_is_read_as_the_same_instant() -> None:
    (read,) = RingDocument.from_json(text(sign_from="2026-11-23T14:30:00+02:30")).entries

    assert (read.sign_from, read.sign_from.tzinfo) == (NOON, UTC)


REFUSED: dict[str, Callable[[], bytes]] = {
    "kid missing": lambda: text(kid=...),
    "alg missing": lambda: text(alg=...),
    "purpose missing": lambda: text(purpose=...),
    "created missing": lambda: text(created=...),
    "sign_from missing": lambda: text(sign_from=...),
    "kid with a slash": lambda: text(kid="../" + "A" * 40),
    "kid with a line end": lambda: text(kid="A" * 43 + "\n"),
    "kid too short": lambda: text(kid="A" * 42),
    "kid too long": lambda: text(kid="A" * 44),
    "kid no text": lambda: text(kid=5),
    "alg unknown": lambda: text(alg="HS256"),
    "alg no text": lambda: text(alg=["EdDSA"]),
    "purpose unknown": lambda: text(purpose="everything"),
    "date without zone": lambda: text(sign_from="2026-11-23T12:00:00"),
    "date no date": lambda: text(created="yesterday"),
    "date no text": lambda: text(verify_until=1700000000),
    "date before the first year": lambda: text(created="0001-01-01T00:00:00+14:00"),
    "date after the last year": lambda: text(verify_until="9999-12-31T23:59:59-14:00"),
    "an entry no object": lambda: b'{"keys": ["A"], "revoked": []}',
    "keys missing": lambda: b'{"revoked": []}',
    "keys no list": lambda: b'{"keys": 5, "revoked": []}',
    "keys an object": lambda: b'{"keys": {}, "revoked": []}',
    "keys a text": lambda: b'{"keys": "", "revoked": []}',
    "revoked missing": lambda: b'{"keys": []}',
    "revoked no list": lambda: b'{"keys": [], "revoked": "A"}',
    "revoked an object": lambda: b'{"keys": [], "revoked": {}}',
    "revoked not of text": lambda: b'{"keys": [], "revoked": [5]}',
    "a member named twice": lambda: b'{"keys": [], "revoked": ["A"], "revoked": []}',
    "a member of a key named twice": lambda: text().replace(b'"alg"', b'"kid": "B", "alg"'),
    "no object": lambda: b"[]",
    "no JSON": lambda: b"{",
    "no UTF-8": lambda: b'{"keys": [], "revoked": ["\xff"]}',
    "empty": lambda: b"",
    "nested without end": lambda: b'{"keys":' + b"[" * 100_000,
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_key_ring_is_refused(data: Callable[[], bytes]) -> None:
    with pytest.raises(KeyRingInvalid, match="is not a key ring"):
        RingDocument.from_json(data())


def test_a_file_with_the_same_key_twice_is_refused() -> None:
    document: dict[str, Any] = json.loads(text())
    document["keys"] *= 2

    with pytest.raises(KeyRingInvalid, match="same key id"):
        RingDocument.from_json(json.dumps(document).encode())


@pytest.mark.parametrize("keys", ["5", "[]", '[{"kid": "A"}, null]', '"A"', "{}"])
def test_what_is_revoked_is_read_whatever_the_keys_are(keys: str) -> None:
    assert revoked_in(f'{{"keys": {keys}, "revoked": ["{OLD}", "{NEW}"]}}'.encode()) == {OLD, NEW}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"revoked": 5}', b'{"revoked": [null]}', b'{"revoked": "A"}'])
def test_without_a_list_of_revoked_ids_nobody_knows_what_is_revoked(data: bytes) -> None:
    with pytest.raises(KeyRingInvalid, match="is not a key ring"):
        revoked_in(data)
