"""Which calls go through the environment's proxy: over real servers, one of them a proxy."""

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.adapters.clients.direct import goes_direct
from shared.adapters.clients.proxies import Transport
from shared.adapters.clients.reach import Reach
from shared.core.errors import PermanentError


@pytest.mark.parametrize(
    ("host", "no_proxy", "direct"),
    [
        pytest.param("crb.example.com", "", False, id="nothing named"),
        pytest.param("crb.example.com", "*", True, id="everything"),
        pytest.param("crb.example.com", "crb.example.com", True, id="the name"),
        pytest.param("crb.example.com", "CRB.Example.COM.", True, id="capitals and a stop at the end"),
        pytest.param("crb.example.com", "example.com", True, id="above it"),
        pytest.param("crb.example.com", ".example.com", True, id="above it, with a stop"),
        pytest.param("crb.example.com", "*.example.com", True, id="above it, with a star"),
        pytest.param("badexample.com", "example.com", False, id="only the same ending"),
        pytest.param("crb.example.com", "other.example, example.com", True, id="a list with a space"),
        pytest.param("crb.example.com", "other.example example.com", True, id="a list parted by spaces"),
        pytest.param("crb.example.com", "crb.example.com:443", True, id="with a port"),
        pytest.param("crb.example.com", "https://crb.example.com/", True, id="as an address"),
        pytest.param("10.1.2.3", "10.0.0.0/8", True, id="in a network"),
        pytest.param("11.1.2.3", "10.0.0.0/8", False, id="out of a network"),
        pytest.param("10.1.2.3", "10.1.2.3", True, id="an address"),
        pytest.param("[2001:db8::7]", "2001:db8::/32", True, id="in a network of version 6"),
        pytest.param("[2001:db8::7]", "[2001:db8::7]", True, id="version 6 in brackets"),
        pytest.param("crb.example.com", "[::1], fe80::/10, ,,", False, id="what has made clients fall"),
        pytest.param("localhost", "", True, id="this machine"),
        pytest.param("127.0.0.5", "", True, id="this machine, another of its addresses"),
        pytest.param("[::1]", "", True, id="this machine, version 6"),
    ],
)
def test_no_proxy_is_read_as_curl_reads_it(host: str, no_proxy: str, direct: bool) -> None:
    assert goes_direct(host, no_proxy) is direct


@pytest.fixture
async def proxy() -> AsyncIterator[tuple[str, Counter[str]]]:
    """A proxy for http that answers itself, and what it was asked for."""
    asked: Counter[str] = Counter()

    async def answer(request: web.Request) -> web.Response:
        asked[request.path_qs if "://" not in str(request.rel_url) else str(request.rel_url)] += 1
        return web.Response(text="by the proxy")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as running:
        yield str(running.make_url("")).rstrip("/"), asked


@pytest.fixture
async def ours() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/", _by_us)
    async with TestServer(app) as running:
        yield str(running.make_url("/"))


async def _by_us(_: web.Request) -> web.Response:
    return web.Response(text="by us")


async def get(url: str, environment: dict[str, str]) -> str:
    transport = Transport(Reach(loopback=True), environment=environment)
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        return (await client.get(url)).text


async def test_an_outside_host_is_asked_through_the_proxy(proxy: tuple[str, Counter[str]]) -> None:
    assert await get("http://crb.example.com/a", {"http": proxy[0]}) == "by the proxy"
    assert await get("http://crb.example.com/a", {"all": proxy[0].removeprefix("http://")}) == "by the proxy"
    assert proxy[1].total() == 2


async def test_our_own_server_on_this_machine_is_asked_directly(proxy: tuple[str, Counter[str]], ours: str) -> None:
    assert await get(ours, {"http": proxy[0], "all": proxy[0]}) == "by us"
    assert not proxy[1]


@pytest.mark.parametrize("address", ["socks9://proxy.example:1", "http://proxy.example:port"])
async def test_a_proxy_that_is_none_is_an_error_that_says_where_to_look(address: str) -> None:
    with pytest.raises(PermanentError, match="HTTPS_PROXY"):
        await get("http://crb.example.com/", {"http": address})


async def test_a_host_that_needs_no_proxy_is_reached_whatever_the_proxy_is(ours: str) -> None:
    assert await get(ours, {"http": "socks9://nothing"}) == "by us"
