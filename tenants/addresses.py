"""Internet addresses: the ranges that a key may be used from, and the one that a request comes from."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, collapse_addresses, ip_address, ip_network
from typing import Final

from turnout.database.errors import TurnoutError

Network = IPv4Network | IPv6Network

MOST_RANGES: Final = 20
_MAPPED: Final = IPv6Network("::ffff:0:0/96")


def plain_address(text: str | None) -> str | None:
    """An address as the database compares it: IPv4 even inside IPv6, without a zone; None for what is none."""
    try:
        address = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def read_ranges(texts: Iterable[str]) -> list[Network]:
    """Ranges in CIDR notation, each once; an address alone is a range of one. Raises TurnoutError INVALID_ADDRESS."""
    ranges = list(dict.fromkeys(_read_range(text) for text in texts))
    if len(ranges) > MOST_RANGES:
        raise TurnoutError(
            "INVALID_ADDRESS",
            f"A key cannot have {len(ranges)} ranges of addresses.",
            f"Use at most {MOST_RANGES}; wider ones need fewer.",
        )
    return ranges


def lie_within(inner: Sequence[Network], outer: Sequence[Network]) -> bool:
    """Whether whoever is let in by the one is let in by the other; no range at all lets everybody in."""
    if not outer:
        return True
    whole = _collapsed(outer)
    return bool(inner) and all(any(_is_part(one, other) for other in whole) for one in inner)


def _read_range(text: str) -> Network:
    try:
        found = ip_network(text)
    except ValueError as error:
        raise _invalid(
            text, "Write it like 203.0.113.0/24 or 2001:db8::/32, without bits behind the prefix."
        ) from error
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        raise _invalid(text, "Write the range of IPv4 addresses itself, such as 203.0.113.0/24.")
    return found


def _invalid(text: str, hint: str) -> TurnoutError:
    return TurnoutError("INVALID_ADDRESS", f"{text[:100]!r} is no range of addresses.", hint)


def _collapsed(ranges: Sequence[Network]) -> list[Network]:
    """The same addresses in as few ranges as possible: halves that make a whole are one."""
    four = [one for one in ranges if isinstance(one, IPv4Network)]
    six = [one for one in ranges if isinstance(one, IPv6Network)]
    return [*collapse_addresses(four), *collapse_addresses(six)]


def _is_part(one: Network, other: Network) -> bool:
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and one.subnet_of(other)
    return isinstance(other, IPv6Network) and one.subnet_of(other)
