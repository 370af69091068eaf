from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.addresses import MOST_HOPS, client_of, networks, partition_of

PROXY = "10.0.0.1"
TRUSTED = networks("10.0.0.0/8, fd00::/8")


def listed(*hops: str, peer: str = PROXY) -> str:
    return client_of(peer, ", ".join(hops), None, TRUSTED)


def forwarded(header: str, peer: str = PROXY) -> str:
    return client_of(peer, None, header, TRUSTED)


def test_addresses_and_networks_are_read() -> None:
    assert networks("10.0.0.0/8, ::1,192.0.2.7,") == tuple(map(ip_network, ("10.0.0.0/8", "::1", "192.0.2.7")))
    assert networks("") == ()


def test_ipv4_networks_within_ipv6_are_ipv4() -> None:
    assert networks("::ffff:10.0.0.0/104, ::ffff:192.0.2.7") == networks("10.0.0.0/8, 192.0.2.7")


@pytest.mark.parametrize("part", ["300.1.2.3", "proxy.example", "10.0.0.0/33", "010.0.0.1", "10.0.0.1:80", "10"])
def test_what_is_neither_is_named(part: str) -> None:
    with pytest.raises(ValueError, match=f"^'{part}' is not an address or network such as 10.0.0.0/8$"):
        networks(f"192.0.2.7, {part}, ::1")


@pytest.mark.parametrize(
    ("part", "instead"), [("10.0.0.5/8", "10.0.0.0/8 or 10.0.0.5"), ("fd00::1%x/8", "fd00::/8 or fd00::1%x")]
)
def test_a_network_with_host_bits_set_is_told_with_what_may_be_meant(part: str, instead: str) -> None:
    with pytest.raises(ValueError, match=f"^'{part}' has host bits set; write {instead}$"):
        networks(part)


def test_a_peer_that_is_not_trusted_is_the_client_whatever_headers_say() -> None:
    assert client_of("192.0.2.7", "6.6.6.6", "for=6.6.6.6", TRUSTED) == "192.0.2.7"
    assert client_of(PROXY, "6.6.6.6", "for=6.6.6.6", ()) == PROXY


@pytest.mark.parametrize("header", [None, "", " \t"])
def test_a_trusted_peer_that_forwards_nobody_is_the_client(header: str | None) -> None:
    assert client_of(PROXY, header, header, TRUSTED) == PROXY


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("::ffff:192.0.2.7%eth0", "192.0.2.7"),
    ],
)
def test_an_address_is_the_same_however_it_is_written(peer: str, client: str) -> None:
    assert client_of(peer, None, None, TRUSTED) == client


@pytest.mark.parametrize("peer", ["::ffff:10.0.0.1", "fd00::1%eth0"])
def test_a_proxy_is_known_however_it_is_written(peer: str) -> None:
    assert listed("192.0.2.7", peer=peer) == "192.0.2.7"


def test_ipv4_is_no_part_of_ipv6() -> None:
    assert client_of("::ffff:192.0.2.7", "6.6.6.6", None, networks("::/0")) == "192.0.2.7"


@pytest.mark.parametrize("peer", ["", "/run/api.sock", "10.0.0.1:80", " 10.0.0.1"])
def test_a_peer_that_is_no_address_is_itself_and_not_trusted(peer: str) -> None:
    assert client_of(peer, "6.6.6.6", "for=6.6.6.6", networks("0.0.0.0/0, ::/0")) == peer


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        (["192.0.2.7"], "192.0.2.7"),
        (["192.0.2.7", "10.0.0.2"], "192.0.2.7"),
        (["6.6.6.6", "192.0.2.7", "10.0.0.2", "fd00::1"], "192.0.2.7"),
        (["10.0.0.9", "192.0.2.7"], "192.0.2.7"),
        (["10.0.0.3", "10.0.0.2"], "10.0.0.3"),
    ],
)
def test_the_client_is_the_last_that_is_not_trusted_or_the_first_of_all(hops: list[str], client: str) -> None:
    header = ",".join(f"for={hop}" for hop in hops)

    assert listed(*hops) == client
    assert forwarded(header) == client


@pytest.mark.parametrize(
    ("hop", "client"),
    [
        ("192.0.2.7:567", "192.0.2.7"),
        ("192.0.2.7:_port", "192.0.2.7"),
        (" \t192.0.2.7  ", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[::ffff:192.0.2.7]:443", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_a_hop_may_have_a_port_and_be_written_otherwise(hop: str, client: str) -> None:
    assert listed(hop) == client
    assert forwarded(f'for="{hop.strip()}"') == client


@pytest.mark.parametrize(
    "hop",
    [
        "unknown",
        "_hidden",
        "unix:",
        "",
        "192.0.2",
        "192.0.2.7:",
        "192.0.2.7:a",
        "[]",
        "[2001:db8::1",
        "[2001:db8::1]x",
        "192.0.2.7:80x",
        "1.2.3.4 5",
        '"',
    ],
)
def test_a_hop_that_cannot_be_read_ends_the_walk_at_the_one_who_said_so(hop: str) -> None:
    assert listed("6.6.6.6", hop, "10.0.0.2") == "10.0.0.2"
    assert forwarded(f"for=6.6.6.6, for={hop}, for=10.0.0.2") == "10.0.0.2"
    assert listed("6.6.6.6", hop) == PROXY


def test_so_many_hops_are_followed_and_no_more() -> None:
    ours = [f"10.0.0.{number}" for number in range(2, MOST_HOPS + 1)]

    assert listed("192.0.2.7", *ours) == "192.0.2.7"
    assert listed("192.0.2.7", "10.0.0.99", *ours) == "10.0.0.99"
    assert forwarded(",".join(f"for={hop}" for hop in ["192.0.2.7", "10.0.0.99", *ours])) == "10.0.0.99"


@pytest.mark.parametrize(
    "header",
    [
        "For=192.0.2.7",
        "proto=https;FOR=192.0.2.7;by=10.0.0.1",
        "proto=https ; for=192.0.2.7 ;",
        'for="192.0.2.7:4711"',
        r'for="192.0.2\.7"',
        'for=192.0.2.7;host="a,for=6.6.6.6"',
        'for=192.0.2.7;host="a;for=6.6.6.6"',
        r'for=192.0.2.7;host="a\",for=6.6.6.6"',
        r'host="a\\";for=192.0.2.7',
        r'for=192.0.2.7;host="a\\"',
        r'for=6.6.6.6;host="\", for=192.0.2.7',
        'for="[2001:db8::1]:4711" , for=192.0.2.7,for=10.0.0.2',
    ],
)
def test_for_is_found_among_what_else_is_said(header: str) -> None:
    assert forwarded(header) == "192.0.2.7"


@pytest.mark.parametrize(
    "header",
    [
        "proto=https",
        "192.0.2.7",
        "for",
        "xfor=192.0.2.7",
        "for=192.0.2.7;for=6.6.6.6",
        'for="192.0.2.7',
        'for=192.0.2.7"',
        'for=6.6.6.6,for=192.0.2.7;host="',
    ],
)
def test_an_element_that_does_not_say_for_whom_names_nobody(header: str) -> None:
    assert forwarded(header) == PROXY


def test_where_they_agree_that_is_the_client() -> None:
    assert client_of(PROXY, "6.6.6.6, ::ffff:192.0.2.7", "for=192.0.2.7, for=10.0.0.2", TRUSTED) == "192.0.2.7"


@pytest.mark.parametrize("invented", ["6.6.6.6", "10.0.0.2", "unknown"])
def test_where_they_differ_one_is_invented_and_the_proxy_is_the_client(invented: str) -> None:
    assert client_of(PROXY, "192.0.2.7", f"for={invented}", TRUSTED) == PROXY
    assert client_of(PROXY, invented, "for=192.0.2.7", TRUSTED) == PROXY


def test_an_empty_one_is_none() -> None:
    assert client_of(PROXY, " ", "for=192.0.2.7", TRUSTED) == "192.0.2.7"
    assert client_of(PROXY, "192.0.2.7", "", TRUSTED) == "192.0.2.7"


@pytest.mark.parametrize(
    ("address", "partition"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("/run/api.sock", "/run/api.sock"),
        ("192.0.2. 7", "192.0.2._7"),
    ],
)
def test_an_ipv4_address_is_limited_alone_and_an_ipv6_address_with_its_64(address: str, partition: str) -> None:
    assert partition_of(address) == partition


@given(st.text())
def test_anything_is_one_word(text: str) -> None:
    partition = partition_of(text)

    assert partition.isascii()
    assert partition.split() == [partition]
    assert partition_of(partition) == partition
