"""Whether we may send to an address: https, and not into a private network that nobody meant (SSRF)."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from shared.core.errors import PermanentError, TransientError

_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


async def checked(url: str, what: str, *, allow_private: bool) -> str:
    """The address, once its host has been resolved; PermanentError for one that must not be called.

    This machine may be called without TLS: that is the sandbox, and in Azure nothing listens there.
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
    if allow_private:
        return url
    for found in await _resolved(host, port or 443, what):
        if not found.is_global or found.is_multicast:
            raise PermanentError(
                f"{what}: {host} leads into a private network; set `allow_private: true` where that is meant"
            )
    return url


async def _resolved(host: str, port: int, what: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TransientError(f"{what}: {host} is not to be found in the DNS", 300) from error
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
