"""Which addresses may be called: public ones, and what an admin has allowed by an app setting (never a policy).

A policy names hosts, and so does a secret. Either may be another's idea: a name that leads to this machine, into the
virtual network, or to the cloud's own service that hands out tokens. So a name is resolved here, and what is connected
to is what was looked at (docs: SECURITY.md).
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from shared.adapters.clients.direct import Ip, meant

SETTING = "FORESIGNAL_PRIVATE_HOSTS"
_NEVER = tuple(
    map(ipaddress.ip_network, ("0.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "fe80::/10", "fd00:ec2::254/128"))
)
"""Where clouds have their metadata service, Azure's own address, and what is no address of anything."""
_PATIENCE = 10.0  # seconds for the DNS


class ForbiddenAddressError(httpx.TransportError):
    """A host that must not be called; the message says why, and what an admin can do."""


@dataclass(frozen=True, slots=True)
class Reach:
    """`loopback`: this machine may be called, which the sandbox and a developer's machine need.

    `private`: names, addresses and networks that may be called although they are private.
    """

    loopback: bool = False
    private: tuple[str, ...] = ()

    @classmethod
    def of(cls, setting: str, *, loopback: bool = False) -> "Reach":
        """From the app setting: names, addresses and networks, parted by commas or blanks."""
        return cls(loopback, tuple(entry.lower() for entry in re.split(r"[,\s]+", setting) if entry))

    async def resolve(self, host: str, port: int) -> list[Ip]:
        """Where a host leads, in the order of the resolver; ForbiddenAddressError where any of it must not be called.

        Raises httpx.ConnectError for a name that leads nowhere.
        """
        name = host.strip("[]").rstrip(".")
        try:
            lookup = asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
            answers = await asyncio.wait_for(lookup, _PATIENCE)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise httpx.ConnectError(f"{host} is not to be found in the DNS") from error
        addresses = list(dict.fromkeys(ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in answers))
        self.look_at(host, addresses)
        return addresses

    def look_at(self, host: str, addresses: Iterable[Ip]) -> None:
        """ForbiddenAddressError where one of the addresses of a host must not be called."""
        for address in addresses:
            if why := self._refusal(host.strip("[]").rstrip(".").lower(), meant(address)):
                raise ForbiddenAddressError(f"{host} leads to {address}, {why}")

    def _refusal(self, host: str, address: Ip) -> str:
        if address.is_loopback:
            return "" if self.loopback else "which is this machine itself"
        if address.is_multicast or any(address.version == net.version and address in net for net in _NEVER):
            return "an address of the cloud's own that is never called"
        if address.is_global or any(_is_named(host, address, entry) for entry in self.private):
            return ""
        return f"a private address; where that is meant, an admin names it in the app setting {SETTING}"


def _is_named(host: str, address: Ip, entry: str) -> bool:
    if entry == host:
        return True
    try:
        network = ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        return False
    return network.version == address.version and address in network
