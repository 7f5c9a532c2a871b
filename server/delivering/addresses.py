"""Where a webhook may be: in the world, or in a network that the operator has named; never anywhere else inside."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from turnout.tenants.addresses import Network, plain_address

# Addresses that carry an IPv4 address inside, to which a gateway of the network may bring what is sent there.
_CARRIERS: Final = tuple(
    map(IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10"))
)


# Whoever names a host decides how long its name is looked up, in a thread that nobody can break off. Those that the
# process shares, which connecting to the database may need, are not for that.
_THREADS: Final = ThreadPoolExecutor(32, thread_name_prefix="names")

Found = list[tuple[Any, Any, int, str, tuple[Any, ...]]]


class NameUnknownError(Exception):
    """The name of a host has no address."""


class AddressRefusedError(Exception):
    """Every address of a host is one that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Reachable:
    """An address to connect to, and whether it is in a network of the operator's own."""

    address: str
    own: bool


async def resolve(host: str, port: int, own: Sequence[Network]) -> Reachable:
    """The first address of a host that may be sent to. Whoever connects uses it, and asks for no name again.

    Raises NameUnknownError, AddressRefusedError.
    """
    try:
        found = await asyncio.get_running_loop().run_in_executor(_THREADS, _look_up, host, port)
    except (socket.gaierror, UnicodeError) as error:
        raise NameUnknownError(host) from error
    for *_, place in found:
        if (address := plain_address(str(place[0]))) and (reachable := _reachable(address, own)):
            return reachable
    raise AddressRefusedError(host)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is an address of the world, whichever way it is written."""
    if isinstance(address, IPv6Address) and any(address in carrier for carrier in _CARRIERS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _look_up(host: str, port: int) -> Found:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _reachable(text: str, own: Sequence[Network]) -> Reachable | None:
    address = ip_address(text)
    if any(address in network for network in own):
        return Reachable(text, own=True)
    return Reachable(text, own=False) if is_public(address) else None
