"""Which calls go through the environment's proxy: none to this machine, and none that NO_PROXY names.

httpx has this built in, but refuses to start for some NO_PROXY that curl takes ("[::1]"), and would send calls to our
own servers on this machine through the proxy.
"""

import ipaddress
import re
import ssl
from collections.abc import Mapping
from functools import cached_property
from urllib.request import getproxies_environment

import httpx

from shared.adapters.clients.answers import ENCODINGS, LARGEST, TooLargeError, bounded
from shared.core.errors import PermanentError

_HERE = frozenset({"localhost", "localhost.localdomain"})


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name in _HERE:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def goes_direct(host: str, no_proxy: str) -> bool:
    """Whether a host is called without a proxy, as curl reads NO_PROXY.

    That is names with what is below them, addresses and networks, parted by commas or spaces; `*` is everything.
    """
    name = host.strip("[]").rstrip(".").lower()
    return is_here(name) or any(_is_named(name, entry) for entry in re.split(r"[,\s]+", no_proxy.lower()) if entry)


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


class Transport(httpx.AsyncBaseTransport):
    """Sends each call directly, or through the proxy that the environment names for its scheme."""

    def __init__(
        self, *, http2: bool = False, environment: Mapping[str, str] | None = None, largest: int = LARGEST
    ) -> None:
        """`largest`: bytes of an answer, after decompression."""
        proxies = getproxies_environment() if environment is None else dict(environment)
        self._no_proxy = proxies.pop("no", "")
        self._proxies = proxies
        self._http2 = http2
        self._largest = largest
        self._through: dict[str, httpx.AsyncHTTPTransport] = {}

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    @cached_property
    def _direct(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(verify=self._trust, http2=self._http2)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises PermanentError where the environment's proxy is no address, TooLargeError for what goes on and on."""
        request.headers["Accept-Encoding"] = ENCODINGS
        response = await self._sender(request).handle_async_request(request)
        try:
            return bounded(response, self._largest)
        except TooLargeError:
            await response.aclose()
            raise

    def _sender(self, request: httpx.Request) -> httpx.AsyncHTTPTransport:
        proxy = self._proxies.get(request.url.scheme) or self._proxies.get("all", "")
        if not proxy or goes_direct(request.url.host, self._no_proxy):
            return self._direct
        return self._by(proxy)

    def _by(self, proxy: str) -> httpx.AsyncHTTPTransport:
        address = proxy if "://" in proxy else f"http://{proxy}"
        if address not in self._through:
            try:
                self._through[address] = httpx.AsyncHTTPTransport(
                    verify=self._trust, http2=self._http2, proxy=httpx.Proxy(address)
                )
            except (ValueError, ImportError, httpx.InvalidURL) as error:
                raise PermanentError(
                    "the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY cannot be used: give http://HOST:PORT"
                ) from error
        return self._through[address]

    async def aclose(self) -> None:
        for transport in (self._direct, *self._through.values()):
            await transport.aclose()


def client(timeout: float, *, http2: bool = False, largest: int = LARGEST) -> httpx.AsyncClient:
    """A client with a deadline in seconds, which follows no redirect and reads no secrets of the user's.

    `largest`: bytes of an answer, after decompression.
    """
    transport = Transport(http2=http2, largest=largest)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False, transport=transport)
