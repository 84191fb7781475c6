"""Only this machine's own programs and pages may speak to the sandbox's servers."""

import http.client
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web

from sandbox.microsoft365.serving import serve
from sandbox.visitors import refusal

NOT_OURS = "the sandbox answers only to 127.0.0.1 and localhost"
NOT_HERE = "only a page of the sandbox itself may change something here"


@pytest.mark.parametrize(
    ("method", "hosts", "origins", "expected"),
    [
        ("GET", ["127.0.0.1:7071"], [], ""),
        ("GET", ["localhost:7071"], [], ""),
        ("GET", ["LOCALHOST"], ["https://evil.example"], ""),
        ("POST", ["127.0.0.1:7071"], [], ""),
        ("POST", ["127.0.0.1:7071"], ["http://127.0.0.1:7071"], ""),
        ("POST", ["127.0.0.1:7071"], ["http://127.0.0.1:7072"], NOT_HERE),
        ("POST", ["127.0.0.1:7071"], ["http://localhost:7071"], NOT_HERE),
        ("POST", ["127.0.0.1:7071"], ["https://evil.example"], NOT_HERE),
        ("POST", ["127.0.0.1:7071"], ["null"], NOT_HERE),
        ("DELETE", ["localhost:1"], ["https://localhost:1"], NOT_HERE),
        ("GET", ["evil.example"], [], NOT_OURS),
        ("GET", ["127.0.0.1.evil.example:7071"], [], NOT_OURS),
        ("GET", ["127.0.0.1@evil.example"], [], NOT_OURS),
        ("GET", ["evil.example#127.0.0.1"], [], NOT_OURS),
        ("GET", ["10.0.0.1"], [], NOT_OURS),
        ("GET", [], [], NOT_OURS),
        ("GET", ["127.0.0.1", "evil.example"], [], NOT_OURS),
        ("GET", [""], [], NOT_OURS),
        ("GET", ["127.0.0.1:x"], [], NOT_OURS),
    ],
)
def test_a_request_is_judged_by_its_host_and_by_its_origin_where_it_changes_something(method, hosts, origins, expected):
    assert refusal(method, hosts, origins) == expected


@asynccontextmanager
async def served():
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="ours")

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner, port = await serve(app)
    yield port
    await runner.cleanup()


@pytest.mark.parametrize("headers", [{"Host": "rebound.example"}, {"Origin": "https://evil.example"}])
async def test_every_server_of_the_sandbox_refuses_strangers(headers):
    async with served() as port, ClientSession(f"http://127.0.0.1:{port}") as client:
        async with client.post("/", headers=headers) as answer:
            assert answer.status == http.client.FORBIDDEN
        async with client.post("/") as answer:
            assert await answer.text() == "ours"
