"""Which hosts are called without the environment's proxy: this machine, and what NO_PROXY names, as curl reads it."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_HERE = frozenset({"localhost", "localhost.localdomain"})
_NAT64 = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48")))


def is_here(host: str) -> bool:
    """Whether a host, as it is written, is this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name in _HERE:
        return True
    try:
        return meant(ipaddress.ip_address(name)).is_loopback
    except ValueError:
        return False


def goes_direct(host: str, no_proxy: str) -> bool:
    """Whether a host is called without a proxy, as curl reads NO_PROXY.

    That is names with what is below them, addresses and networks, parted by commas or spaces; `*` is everything.
    """
    name = host.strip("[]").rstrip(".").lower()
    return is_here(name) or any(_is_named(name, entry) for entry in re.split(r"[,\s]+", no_proxy.lower()) if entry)


def proxy_for(url: str, environment: Mapping[str, str] | None = None) -> str:
    """The proxy that the environment names for an address, as an address; empty where it is called directly."""
    proxies = getproxies_environment() if environment is None else environment
    parts = urlsplit(url)
    proxy = proxies.get(parts.scheme) or proxies.get("all", "")
    if not proxy or goes_direct(parts.hostname or "", proxies.get("no", "")):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def meant(address: Ip) -> Ip:
    """The IPv4 address that stands inside of one of IPv6: mapped, translated (NAT64), 6to4, or compatible."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    inside = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if inside:
        return inside
    if any(address in network for network in _NAT64) or 1 < int(address) < 2**32:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_named(host: str, entry: str) -> bool:
    if entry == "*":
        return True
    entry = re.sub(r"^[a-z]+://", "", entry).rstrip("./")
    bare = entry.strip("[]")
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(bare, strict=False)
    except (ValueError, TypeError):
        pass  # one of them is a name, or they are addresses of two kinds
    domain = re.sub(r":\d+$", "", bare).removeprefix("*").lstrip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))
