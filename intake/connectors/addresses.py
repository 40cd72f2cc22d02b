"""Which addresses may be asked: none inside the city's own network, unless it is allowed by name.

A name is resolved once, every address it has is checked, and the connection goes to one of these
very addresses, so that a name that changes its mind in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from casework.errors import SourceUnreadable

Resolve = Callable[[str, int], list[str]]
"""(host, port) → addresses as text. Raises OSError."""
PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. address: an IP address that was checked. path: with the query."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def target_of(url: str, allowed: Collection[str], resolve: Resolve = resolve) -> Target:
    """The checked target of an address.

    allowed: "address:port" inside the own network that may be asked all the same.
    Raises SourceUnreadable("scheme" | "address" | "unknown_host" | "private_address").
    """
    scheme, host, port, path = _parts(url)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise SourceUnreadable("unknown_host", host=host, detail=str(error)) from error
    if not addresses:
        raise SourceUnreadable("unknown_host", host=host, detail="")
    for address in addresses:
        if f"{address}:{port}" not in allowed and not is_public(address):
            raise SourceUnreadable("private_address", host=host, address=f"{address}:{port}")
    return Target(scheme, host, port, path, addresses[0])


def is_public(address: str) -> bool:
    """Whether everybody in the world may reach the address; an IPv4 address within an IPv6 one
    counts as what it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False  # with a zone, such as fe80::1%eth0
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.hostname or ""
        port = parts.port or PORTS.get(scheme, 0)
    except ValueError as error:
        raise SourceUnreadable("address", url=url[:200]) from error
    if scheme not in PORTS:
        raise SourceUnreadable("scheme", url=url[:200])
    if not host or parts.username is not None or not url.isprintable() or " " in url:
        raise SourceUnreadable("address", url=url[:200])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise SourceUnreadable("address", url=url[:200])
    return scheme, host, port, path
