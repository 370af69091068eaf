"""Which address a request comes from, and what part of the network is limited as one.

A proxy says whom it forwards in X-Forwarded-For or in Forwarded (RFC 7239). Both grow to the right, and all that is
left of what our own proxies wrote was written by somebody else: so both are read from the right.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MOST_HOPS = 50
"""So many proxies are followed, from the right; what is left of them is not looked at."""

_BLANK = " \t"
_PORT = r":(?:[0-9]{1,5}|_[A-Za-z0-9._-]+)"
_BRACKETED = re.compile(rf"\[([^\]]*)\](?:{_PORT})?")
_WITH_PORT = re.compile(rf"([^:]*){_PORT}")
_UNSAFE = re.compile(r"[^!-~]")


def networks(value: str) -> tuple[Network, ...]:
    """Read addresses and networks, separated by commas. ValueError names the part that is neither."""
    return tuple(_network(part.strip()) for part in value.split(",") if part.strip())


def client_of(peer: str, forwarded_for: str | None, forwarded: str | None, trusted: Sequence[Network]) -> str:
    """Return the address of the client: the peer, or whom trusted proxies say that they forward.

    A peer that is no address, such as a Unix socket, is returned as it is, and never trusted.
    """
    nearest = _peer_address(peer)
    if nearest is None:
        return peer
    listed = (_listed_hops(forwarded_for or ""), _forwarded_hops(forwarded or ""))
    named = {_follow(nearest, hops, trusted) for hops in listed if hops is not None}
    # A proxy writes one of the headers and passes the other on. Where they differ, one of them is the client's
    # invention, and we cannot tell which: then it is the proxy that is limited, whom nobody can choose.
    return str(named.pop() if len(named) == 1 else nearest)


def partition_of(address: str) -> str:
    """Return what an address is limited as: itself, or the /64 of an IPv6 address, for that is what one customer gets.

    What is no address stays as it is, as a word of characters that can be seen: it goes to Redis and to operators.
    """
    known = _address(address)
    if known is None:
        # Replaced, not removed: what was no address must not become somebody's.
        return _UNSAFE.sub("_", address) or "unknown"
    return str(IPv6Network((int(known), 64), strict=False) if isinstance(known, IPv6Address) else known)


def _network(part: str) -> Network:
    try:
        network = ip_network(part, strict=False)
    except ValueError as error:
        raise ValueError(f"{part!r} is not an address or network such as 10.0.0.0/8") from error
    address = part.partition("/")[0]
    if int(ip_address(address)) != int(network.network_address):
        raise ValueError(f"{part!r} has host bits set; write {network} or {address}")
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return network if mapped is None else IPv4Network((mapped, network.prefixlen - 96))


def _address(text: str) -> Address | None:
    # The same whatever it was written as: without a zone, and IPv4 where it is IPv4 within IPv6.
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address if isinstance(address, IPv4Address) else address.ipv4_mapped or IPv6Address(int(address))


# A client comes again. What headers name is not kept: it is as long as their authors like.
_peer_address = lru_cache(maxsize=1024)(_address)


def _follow(nearest: Address, hops: Iterable[str], trusted: Sequence[Network]) -> Address:
    # What a trusted proxy says is believed, and nothing else; what cannot be read says nothing.
    client = nearest
    for hop in islice(hops, MOST_HOPS):
        known = _address_of(hop) if any(client in network for network in trusted) else None
        if known is None:
            break
        client = known
    return client


def _address_of(hop: str) -> Address | None:
    found = _BRACKETED.fullmatch(hop) or _WITH_PORT.fullmatch(hop)
    return _address(found[1] if found else hop)


def _listed_hops(header: str) -> Iterable[str] | None:
    if not header.strip(_BLANK):
        return None
    return (hop.strip(_BLANK) for hop in reversed(header.rsplit(",", MOST_HOPS)))


def _forwarded_hops(header: str) -> Iterable[str] | None:
    return map(_forwarded_hop, _split(header, ",")) if header.strip(_BLANK) else None


def _forwarded_hop(element: str) -> str:
    pairs = (pair.strip(_BLANK).partition("=") for pair in _split(element, ";"))
    hops = [value for name, _, value in pairs if name.lower() == "for"]
    if len(hops) != 1:
        return ""
    quoted = hops[0][:1] == '"' == hops[0][-1:]
    return re.sub(r"\\(.)", r"\1", hops[0][1:-1]) if quoted else hops[0]


def _split(text: str, separator: str) -> Iterator[str]:
    """Yield the parts between separators that are not quoted, the right-most first.

    Backwards, so that a quote that a client opens and does not close cannot swallow what a proxy wrote after it.
    """
    end, is_quoted = len(text), False
    for position in range(len(text) - 1, -1, -1):
        if text[position] == '"' and not _is_escaped(text, position):
            is_quoted = not is_quoted
        elif text[position] == separator and not is_quoted:
            yield text[position + 1 : end]
            end = position
    yield text[:end]


def _is_escaped(text: str, position: int) -> bool:
    start = position
    while start and text[start - 1] == "\\":
        start -= 1
    return (position - start) % 2 == 1
