"""Calls to storage go through the proxy that the environment names, which is looked up once."""

from collections import Counter

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.data.tables.aio import TableServiceClient

from sandbox.azurite import KEY
from shared.adapters.storage import counting
from shared.adapters.storage.counting import CountingTransport
from shared.adapters.storage.tables import AzureTables

PLACE = "http://acme.table.example"
ELSEWHERE = f"DefaultEndpointsProtocol=http;AccountName=acme;AccountKey={KEY};TableEndpoint={PLACE};"


@pytest.fixture
async def proxy():
    """An HTTP proxy that answers itself, and remembers what it was asked for."""
    asked = []

    async def answer(request):
        asked.append(request.raw_path)
        return web.json_response({"value": []})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}", asked


async def test_an_account_is_reached_through_the_environments_proxy_which_is_looked_up_once(proxy, monkeypatch):
    (url, asked), looked, calls = proxy, [], Counter()
    monkeypatch.setattr(counting, "proxy_for", lambda place: looked.append(place) or url)
    client = TableServiceClient.from_connection_string(ELSEWHERE, transport=CountingTransport(calls, "tables"))
    tables = AzureTables(client)

    rows = [row for _ in range(3) for row in await tables.range("runs", "a", "b", "c")]
    await tables.close()

    assert (rows, len(asked), calls["storage"], looked) == ([], 3, 3, [PLACE])
    assert all(path.startswith(f"{PLACE}/runs") for path in asked)


async def test_the_emulator_on_this_machine_is_never_behind_the_proxy(proxy, monkeypatch, storage):
    url, asked = proxy
    monkeypatch.setenv("http_proxy", url)
    tables = AzureTables.connect(Counter(), connection=storage)

    await tables.create(["proxied"])
    await tables.close()

    assert asked == []
