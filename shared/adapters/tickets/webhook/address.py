"""Whether we may send to an address: https, and not into a private network that nobody meant (SSRF)."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from shared.core.errors import PermanentError, TransientError

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_NEVER = tuple(map(ipaddress.ip_network, ("169.254.0.0/16", "fe80::/10", "168.63.129.16/32", "fd00:ec2::254/128")))
"""What is local to a link, where clouds have their metadata service; Azure's own address; that of AWS over IPv6."""
_PATIENCE = 10.0  # seconds for the DNS


async def checked(url: str, what: str, *, allow_private: bool) -> str:
    """The address, once its host has been resolved; PermanentError for one that must not be called.

    This machine may be called without TLS: that is the sandbox, and in Azure nothing listens there. A cloud's metadata
    service may not, whatever is allowed.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"https", "http"} or not host:
        raise PermanentError(f"{what}: the secret holds no address that begins with https://")
    if host in _LOCAL:
        return url
    if parts.scheme != "https":
        raise PermanentError(f"{what}: the address must begin with https://: what is sent is not for everybody's eyes")
    for ip in await _resolved(host, port or 443, what):
        if any(ip.version == network.version and ip in network for network in _NEVER):
            raise PermanentError(f"{what}: {host} leads to {ip}, into the cloud's own private network")
        if not allow_private and (not ip.is_global or ip.is_multicast):
            raise PermanentError(
                f"{what}: {host} leads into a private network; set `allow_private: true` where that is meant"
            )
    return url


async def _resolved(host: str, port: int, what: str) -> list[Ip]:
    try:
        lookup = asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = await asyncio.wait_for(lookup, _PATIENCE)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise TransientError(f"{what}: {host} is not to be found in the DNS", 300) from error
    return [_meant(ipaddress.ip_address(str(address[4][0]).partition("%")[0])) for address in addresses]


def _meant(address: Ip) -> Ip:
    """The IPv4 address that stands inside of one of IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address
