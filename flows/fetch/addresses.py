"""Where a name leads: no name and no redirect may reach this machine or its network through us, unless that is allowed."""

import ipaddress
import socket
from collections.abc import Sequence

from flows.fetch.trouble import Passing, Refused

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def addresses_of(host: str, port: int, allow_private: bool) -> Sequence[str]:
    """Every address of the host, in the system's order. Connect to these and no others: a second look-up may give another answer.

    Raises Refused where one of them is no public address and that is not allowed, Passing where the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Passing(f"the name {host} cannot be resolved ({error})") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and (private := next((one for one in addresses if not is_public(one)), None)):
        raise Refused(f"{host} is {private}, an address of this machine or its network (setting allow_private_addresses)")
    return addresses


def is_written_out(host: str) -> bool:
    """Whether the host is an address and no name, or the one name that can only be this machine: then nobody else decides where it leads."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    return True


def is_public(text: str) -> bool:
    """Whether the address is one of the public internet, also where it is an IPv4 address in the clothes of an IPv6 one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (address, *_inside(address)))


def _inside(address: Address) -> list[Address]:
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    inside: list[Address | None] = [address.sixtofour]
    if address.ipv4_mapped:
        inside.append(address.ipv4_mapped)
    if address.teredo:
        inside.extend(address.teredo)
    if address in _NAT64:
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inside if one]
