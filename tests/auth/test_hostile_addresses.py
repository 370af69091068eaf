"""What clients may write into the headers that proxies pass on."""

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.addresses import client_of, networks
from tests.auth.test_addresses import PROXY, TRUSTED, forwarded, listed

OURS = st.ip_addresses(network="10.0.0.0/8").map(str)
STRANGERS = st.ip_addresses(network="192.0.2.0/24") | st.ip_addresses(network="2001:db8::/32")
# What headers are made of, so that quotes, commas and addresses come together more often than by chance.
PIECES = st.sampled_from(
    ["6.6.6.6", "10.0.0.9", "for=", "for=6.6.6.6", '"', "\\", '\\"', ",", ";", " ", "[", "]", ":", "=", "é"]
)
HOSTILE = st.text() | st.lists(PIECES, max_size=30).map("".join)


@given(HOSTILE, STRANGERS, st.lists(OURS, max_size=3))
def test_what_a_client_lists_to_the_left_changes_nothing(text: str, client: IPv6Address, ours: list[str]) -> None:
    assert listed(text, str(client), *ours) == str(client)


@given(HOSTILE, STRANGERS, HOSTILE, st.lists(OURS, max_size=3))
def test_what_a_client_writes_to_the_left_or_as_its_host_changes_nothing(
    text: str, client: IPv6Address, host: str, ours: list[str]
) -> None:
    quoted = host.replace("\\", "\\\\").replace('"', '\\"')
    written = [f'for="[{client}]:1";host="{quoted}"', *(f"for={hop}" for hop in ours)]

    assert forwarded(", ".join([text, *written])) == str(client)


@given(HOSTILE, OURS)
def test_nothing_to_the_left_of_what_names_nobody_is_believed(text: str, ours: str) -> None:
    assert listed(text, "unknown", ours) == ours
    assert forwarded(f"{text},for=_hidden,for={ours}") == ours


@given(HOSTILE, HOSTILE, HOSTILE)
def test_any_text_has_an_answer(peer: str, one: str, other: str) -> None:
    for header in (one, None):
        assert client_of(peer, header, other, TRUSTED) is not None
        client = client_of(PROXY, header, other, networks("0.0.0.0/0, ::/0"))
        assert str(ip_address(client)) == client


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", [",", '"', "\\", '\\"', " ", ";", "1", ":", "[", "for=", "10.0.0.2,", "for=10.0.0.2,"]
)
def test_a_long_header_takes_no_more_than_its_length(piece: str) -> None:
    header = piece * (300_000 // len(piece))

    assert listed(header) in (PROXY, "10.0.0.2")
    assert forwarded(header) in (PROXY, "10.0.0.2")
