"""Which calls go through the environment's proxy: none to this machine, and none that NO_PROXY names.

httpx has this built in, but refuses to start for some NO_PROXY that curl takes ("[::1]"), and would send calls to our
own servers on this machine through the proxy.
"""

import ipaddress
import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from urllib.request import getproxies_environment

import httpx

from shared.adapters.clients.answers import ENCODINGS, LARGEST, TooLargeError, bounded
from shared.adapters.clients.direct import goes_direct
from shared.adapters.clients.reach import Reach
from shared.core.errors import PermanentError

_TRIED = 4  # addresses of a host


class Transport(httpx.AsyncBaseTransport):
    """Sends each call directly, or through the proxy that the environment names for its scheme."""

    def __init__(
        self,
        reach: Reach,
        *,
        http2: bool = False,
        environment: Mapping[str, str] | None = None,
        largest: int = LARGEST,
    ) -> None:
        """`reach`: which addresses may be called. `largest`: bytes of an answer, after decompression."""
        proxies = getproxies_environment() if environment is None else dict(environment)
        self._no_proxy = proxies.pop("no", "")
        self._proxies = proxies
        self._http2 = http2
        self._largest = largest
        self._reach = reach
        self._direct: dict[str, httpx.AsyncHTTPTransport] = {}  # one a host: a connection is verified for one name
        self._through: dict[str, httpx.AsyncHTTPTransport] = {}

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises PermanentError where the environment's proxy is no address, TooLargeError for what goes on and on.

        ForbiddenAddressError for a host that must not be called. What a name leads to behind a proxy, the proxy knows.
        """
        request.headers["Accept-Encoding"] = ENCODINGS
        host = request.url.host
        proxy = self._proxies.get(request.url.scheme) or self._proxies.get("all", "")
        if not proxy or goes_direct(host, self._no_proxy):
            response = await self._send_directly(request)
        else:
            with suppress(ValueError):
                self._reach.look_at(host, [ipaddress.ip_address(host.strip("[]"))])
            response = await self._by(proxy).handle_async_request(request)
        try:
            return bounded(response, self._largest)
        except TooLargeError:
            await response.aclose()
            raise

    async def _send_directly(self, request: httpx.Request) -> httpx.Response:
        """To the addresses that were looked at, one after the other until one takes the connection."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = (await self._reach.resolve(url.host, port))[:_TRIED]
        if url.host not in self._direct:
            self._direct[url.host] = httpx.AsyncHTTPTransport(verify=self._trust, http2=self._http2)
        for index, address in enumerate(addresses):
            # The name goes on to stand in the Host header, and is what the certificate is held against.
            to = httpx.Request(
                request.method, url.copy_with(host=str(address)), headers=request.headers, stream=request.stream,
                extensions={**request.extensions, "sni_hostname": url.host},
            )  # fmt: skip
            try:
                return await self._direct[url.host].handle_async_request(to)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if index + 1 == len(addresses):
                    raise
        raise httpx.ConnectError(f"{url.host} leads nowhere")

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
        for transport in (*self._direct.values(), *self._through.values()):
            await transport.aclose()


def client(timeout: float, reach: Reach, *, http2: bool = False, largest: int = LARGEST) -> httpx.AsyncClient:
    """A client with a deadline in seconds, which follows no redirect and reads no secrets of the user's.

    `reach`: which addresses it may call. `largest`: bytes of an answer, after decompression.
    """
    transport = Transport(reach, http2=http2, largest=largest)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False, transport=transport)
