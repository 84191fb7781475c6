"""The roadmap's API, over HTTP: the sandbox's server, and one that answers nonsense."""

import pytest
from aiohttp import web

from sandbox.microsoft365.roadmap import PATH, roadmap_app
from sandbox.microsoft365.serving import serve
from shared.adapters.clients.http import Http
from shared.adapters.clients.reach import Reach
from shared.adapters.sources.roadmap import Roadmap
from shared.core.errors import PermanentError, TransientError
from shared.core.sources.roadmap import read_items


async def read(app, path=PATH):
    server, port = await serve(app)
    http = Http(reach=Reach(loopback=True))
    try:
        return await Roadmap(http).items(f"http://127.0.0.1:{port}{path}")
    finally:
        await http.close()
        await server.cleanup()


def answering(status, text):
    async def answer(_):
        return web.Response(status=status, text=text)

    app = web.Application()
    app.router.add_get(PATH, answer)
    return app


async def test_the_sandboxs_roadmap_is_read_as_microsofts_is():
    items = read_items(await read(roadmap_app()))

    assert items["917210"].ga.isoformat() == "2026-10-01"
    assert items["917210"].products == ("Microsoft Purview",)
    assert all(item.status and item.title for item in items.values())


@pytest.mark.parametrize(
    ("status", "text", "failure"),
    [(200, "<html>", PermanentError), (404, "", PermanentError), (503, "", TransientError), (301, "", PermanentError)],
)
async def test_what_is_no_answer_is_a_failure_that_names_the_roadmap(status, text, failure):
    with pytest.raises(failure, match="roadmap"):
        await read(answering(status, text))
