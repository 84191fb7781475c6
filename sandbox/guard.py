"""What the sandbox's processes may reach: this machine, and hosts that the user has allowed by name.

Python tells its audit hooks of every connection and every look-up of a name, whichever client makes it. The hook stays
for the life of the process: there is no way to take it out again, which is what a guard wants.
"""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

ALLOWED = "FORESIGNAL_SANDBOX_ALLOW"
"""The environment variable by which the functions' host learns what is allowed: host names, parted by commas."""

_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_HERE = ("localhost", "127.0.0.1", "::1")
_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKS_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


class OutsideError(ConnectionRefusedError):
    """The sandbox was about to call a host that is not this machine."""

    def __init__(self, host: str) -> None:
        super().__init__(f"the sandbox calls no outside host, and {host} is one; --allow {host} lets it")


class Guard:
    """An audit hook that refuses what leaves this machine."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self.allow(allowed)
        self._asking = False

    def allow(self, hosts: Iterable[str]) -> None:
        self.hosts = frozenset(host.strip().lower().rstrip(".") for host in hosts if host.strip())
        self._addresses: frozenset[str] = frozenset()

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        """Raises OutsideError for a connection, or a look-up of a name, that leaves this machine."""
        if event in _LOOKS_UP:
            self._name(given[0])
        elif event in _CONNECTS:
            self._address(given[0], given[1])

    def _name(self, name: object) -> None:
        host = _text(name).lower().rstrip(".")
        if host and not _is_here(host) and host not in self.hosts and host not in self._addresses:
            raise OutsideError(host)

    def _address(self, connection: socket.socket, address: object) -> None:
        if connection.family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
            return  # of this machine by its kind: a pipe or a file
        host = _text(address[0]).lower()
        if not _is_here(host) and host not in self.hosts and not self._is_allowed(host):
            raise OutsideError(host)

    def _is_allowed(self, address: str) -> bool:
        """Whether an address is one of an allowed host; those are looked up again for one that is not known."""
        if address not in self._addresses and self.hosts and not self._asking:
            self._asking = True
            try:
                self._addresses = frozenset(found for host in self.hosts for found in _addresses(host))
            finally:
                self._asking = False
        return address in self._addresses


def _addresses(host: str) -> set[str]:
    found: set[str] = set()
    with suppress(OSError):
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    return found


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")


def _is_here(host: str) -> bool:
    if host in _HERE:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


_guards: list[Guard] = []


def keep_inside(allowed: Iterable[str] = ()) -> None:
    """From now on this process reaches this machine and the allowed hosts only, and no proxy stands in between.

    A second call changes what is allowed.
    """
    hosts = tuple(allowed)
    os.environ[ALLOWED] = ",".join(hosts)
    for name in _PROXIES:
        for variable in (name, name.upper()):
            if not hosts:
                os.environ.pop(variable, None)
    ours = ",".join(_HERE)
    for variable in ("no_proxy", "NO_PROXY"):
        others = os.environ.get(variable, "")
        if ours not in others:
            os.environ[variable] = f"{ours},{others}" if others else ours
    if _guards:
        _guards[0].allow(hosts)
        return
    _guards.append(Guard(hosts))
    sys.addaudithook(_guards[0])


def allowed_by_environment() -> tuple[str, ...]:
    """What the starting process allows."""
    return tuple(host for host in os.environ.get(ALLOWED, "").split(",") if host)
