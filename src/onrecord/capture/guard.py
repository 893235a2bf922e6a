"""Which addresses may be connected to: public ones, and nothing that only this machine or its network can reach.

A name is resolved once for each connection, every address that it has is checked, and the connection goes to a checked address
by number, so that a name cannot mean one thing when it is checked and another when it is used (DNS rebinding). One forbidden
address among several refuses the name: a public name with a private address is a mistake or an attack. The tables follow the
IANA special-purpose registries (RFC 6890) and stand here rather than in `ipaddress.is_global` alone, which differs between
Python's versions; both must agree that an address is public. IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo)
are refused whole, since what they reach is decided elsewhere. Whoever reads an intranet says so with `allow_private`; link-local and
metadata addresses stay refused even then.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from onrecord.errors import FetchError

Resolve = Callable[[str, int], Sequence[str]]
_RESOLVE_SECONDS = 15.0

# What clouds answer to with credentials; two of them stand in public or private space, so they come first.
_METADATA = ("169.254.169.254/32", "169.254.170.2/32", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::/32")
_PRIVATE = {
    "127.0.0.0/8": "loopback",
    "::1/128": "loopback",
    "10.0.0.0/8": "private",
    "172.16.0.0/12": "private",
    "192.168.0.0/16": "private",
    "fc00::/7": "private",
    "100.64.0.0/10": "carrier-grade NAT",
}
_NEVER = {
    "0.0.0.0/8": "unspecified",
    "::/128": "unspecified",
    "169.254.0.0/16": "link-local",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "documentation",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "2001:db8::/32": "documentation",
    "3fff::/20": "documentation",
    "198.18.0.0/15": "benchmarking",
    "192.88.99.0/24": "6to4 relay",
    "224.0.0.0/4": "multicast",
    "ff00::/8": "multicast",
    "240.0.0.0/4": "reserved",
    "::ffff:0:0/96": "IPv4-mapped",
    "::ffff:0:0:0/96": "IPv4-translated",
    "::/96": "IPv4-compatible",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "NAT64",
    "100::/64": "discard",
    "2001::/23": "protocol assignment",
    "2002::/16": "6to4",
    "5f00::/16": "segment routing",
}
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NETWORKS: tuple[tuple[IPv4Network | IPv6Network, str, bool], ...] = tuple(
    (ip_network(network), kind, may_allow)
    for kinds, may_allow in ((dict.fromkeys(_METADATA, "metadata"), False), (_PRIVATE, True), (_NEVER, False))
    for network, kind in kinds.items()
)


def resolve_name(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver, in its order. Raises OSError; a resolver that does not answer is a timeout."""
    found: list[list[str] | OSError] = []

    def ask() -> None:
        try:
            found.append([str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except OSError as error:
            found.append(error)
        except UnicodeError:
            found.append(OSError("not a host name"))

    thread = threading.Thread(target=ask, daemon=True)  # getaddrinfo has no timeout of its own
    thread.start()
    thread.join(_RESOLVE_SECONDS)
    if not found:
        raise TimeoutError("the name server did not answer")
    if isinstance(found[0], OSError):
        raise found[0]
    return list(dict.fromkeys(found[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What may be connected to.

    `allow_private` admits loopback, private and carrier-grade NAT addresses; `exempt` admits exact pairs of address and port,
    whatever they are; `resolve` gives the addresses of a name.
    """

    allow_private: bool = False
    exempt: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolve = resolve_name

    def find_addresses(self, host: str, port: int) -> list[str]:
        """The checked addresses, as numbers, to connect to for `host`. Raises FetchError if one is refused, or there is none."""
        try:
            found = list(self.resolve(host, port))
        except OSError as error:
            raise FetchError(f"{host}: no address for this name ({error.strerror or error}): check the spelling") from error
        if not found:
            raise FetchError(f"{host}: no address for this name: check the spelling")
        for address in found:
            kind = self.find_objection(address, port)
            if kind is not None:
                cure = "; --allow-private-addresses reads it all the same" if self._could_allow(address) else ""
                raise FetchError(f"{host}: refused, its address {address} is not a public one ({kind}){cure}", again=False)
        return found

    def find_objection(self, address: str, port: int) -> str | None:
        """Why this address may not be connected to, in a word or two; None where it may."""
        if (address, port) in self.exempt:
            return None
        try:
            kind, may_allow = classify_address(address)
        except ValueError:
            return "not an address"
        return None if kind is None or (may_allow and self.allow_private) else kind

    def _could_allow(self, address: str) -> bool:
        try:
            return classify_address(address)[1] and not self.allow_private
        except ValueError:
            return False


def classify_address(address: str) -> tuple[str | None, bool]:
    """What kind of special address this is (None: a public one), and whether `allow_private` admits it.

    Raises:
        ValueError: it is no IP address.

    """
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return "link-local", False
    for network, kind, may_allow in _NETWORKS:
        if ip.version == network.version and ip in network:
            return kind, may_allow
    return (None, False) if _is_global(ip) else ("reserved", False)


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    return ip.is_global and not ip.is_multicast and (isinstance(ip, IPv4Address) or ip in _GLOBAL_UNICAST)
