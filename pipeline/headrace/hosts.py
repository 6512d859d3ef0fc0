"""Hosts that nothing of a project's has to do with: where clouds hand out credentials to whatever asks from inside.

Loopback and private networks are where a team's MLflow is, so they are open. Standard library only.
"""

from __future__ import annotations

import ipaddress
import socket

_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal", "instance-data"}
)
#: Link-local, and the addresses outside of it that clouds use for the same.
_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32", "192.0.0.192/32")
)


def is_closed(host: str) -> bool:
    """Whether a host, as an address spells it, is such a place; numbers are read in every form that systems read."""
    name = host.strip("[]").rstrip(".").lower()
    if name in _NAMES or name.endswith(".metadata.google.internal"):
        return True
    address = _address(name)
    return address is not None and _is_closed_address(address)


def leads_to_closed(host: str) -> bool:
    """Whether a host's name stands for such an address right now; False for a name that stands for nothing."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    addresses = (_address(str(entry[4][0])) for entry in found)
    return any(address is not None and _is_closed_address(address) for address in addresses)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        pass
    try:  # 2852039166, 0xa9fea9fe and 0251.0376.0251.0376 are the same to a system
        return ipaddress.IPv4Address(socket.inet_aton(text)) if text[:1].isdigit() else None
    except OSError:
        return None


def _is_closed_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or address
    return (
        inner.is_multicast
        or inner.is_unspecified
        or any(inner in net for net in _NETWORKS if net.version == inner.version)
    )
