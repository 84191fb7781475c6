"""A Graph that answers by a script, on 127.0.0.1, and the credentials that it takes."""

import asyncio
import inspect
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from azure.core.credentials import AccessToken

from shared.adapters.clients.graph import Graph
from shared.adapters.clients.reach import Reach
from shared.core.policy.model import Tenant


class Server:
    """Each request takes the next answer: a dict, (status, headers, body), seconds to wait, or what makes one."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.url = ""

    async def handle(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else {"value": []}
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = {"value": []}
        if inspect.iscoroutinefunction(answer):
            return await answer(request)
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, dict):
            return web.json_response(answer)
        status, headers, body = answer
        return web.Response(status=status, headers=headers, body=body)

    @property
    def tokens(self):
        return [request.headers.get("Authorization", "").removeprefix("Bearer ") for request in self.requests]


@asynccontextmanager
async def serving(*answers) -> AsyncIterator[Server]:
    server = Server(*answers)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)  # an answer that never ends is not waited for
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


class Credential:
    """Hands out one token, again and again, as a cache does; or raises."""

    def __init__(self, token):
        self.token = token
        self.scopes = []
        self.closed = False

    async def get_token(self, *scopes, **options):
        self.scopes += scopes
        if isinstance(self.token, Exception):
            raise self.token
        return AccessToken(self.token, 4_000_000_000)

    async def close(self):
        self.closed = True


class SignIn:
    """The factory: every credential has the next token; the last one stays."""

    def __init__(self, *tokens):
        self.tokens = list(tokens or ["token"])
        self.made = []

    def __call__(self, name, tenant):
        token = self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        self.made.append(Credential(token))
        return self.made[-1]


@asynccontextmanager
async def graph_of(sign_in=None, **options) -> AsyncIterator[Graph]:
    graph = Graph(sign_in or SignIn(), Counter(), **{"reach": Reach(loopback=True), **options})
    try:
        yield graph
    finally:
        await graph.close()


def tenant_at(server, path="", **over):
    return Tenant(graph_url=server.url + path, **over)


async def read(source, tenant, name="contoso"):
    return [page async for page in source.pages(name, tenant)]
