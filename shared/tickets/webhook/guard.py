"""Where an address may lead: to the internet, not into private networks, and to a cloud's metadata service never."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from shared.core.errors import PermanentError, TransientError

_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_NEVER = tuple(
    ipaddress.ip_network(one) for one in ("169.254.0.0/16", "fe80::/10", "168.63.129.16/32", "fd00:ec2::254/128")
)
"""Link-local addresses, among them the metadata services; Azure's own; that of AWS over IPv6."""
_PATIENCE = 10.0  # seconds for the name server


async def check(url: str, what: str, *, allow_private: bool) -> None:
    """PermanentError for an address that leads where we do not go, by whatever name."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in _LOOPBACK:  # the sandbox and tests; settings let nothing else be http
        return
    try:
        resolving = asyncio.get_running_loop().getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
        found = await asyncio.wait_for(resolving, _PATIENCE)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise TransientError(f"{what}: {host} is not known to the name server ({type(error).__name__})") from error
    for one in found:
        if fault := fault_of(str(one[4][0]), allow_private=allow_private):
            raise PermanentError(f"{what}: {host} leads to {one[4][0]}, {fault}")


def fault_of(address: str, *, allow_private: bool) -> str:
    """What is wrong with an IP address; empty for one that we may call."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or ip
    if any(ip in network for network in _NEVER if network.version == ip.version):
        return "which is never called"
    if ip.is_loopback or ip.is_unspecified or ip.is_multicast or (ip.is_reserved and not ip.is_private):
        return "where no endpoint can be"
    if not ip.is_global and not allow_private:
        return "a private network; `allow_private: true` in its settings says that this is meant"
    return ""
