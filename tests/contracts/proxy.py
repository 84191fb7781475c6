"""A proxy between an adapter and its system, that makes faults: refusals, silence, lost answers, nonsense."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web
from yarl import URL

_HOP = {"connection", "transfer-encoding", "content-encoding", "content-length", "keep-alive", "host"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of one request.

    `status`: it is answered so and never reaches the system. `lost`: the system does it, and its answer never comes.
    `refused`: the connection ends before the system sees it. `silent`: the system does it, and its answer is held back.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    lost: bool = False
    refused: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it is handed on."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Proxy:
    """Hands requests on to `upstream` unless a fault is next. `asked`: method and path of every request.

    `change`: what becomes of each answer of the system before the adapter gets it.
    """

    change: Callable[[Reply], Reply] | None = None

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.url = ""
        self.asked: list[tuple[str, str]] = []
        self._next: deque[tuple[Fault, Callable[[str, str], bool]]] = deque()
        self._every: tuple[int, list[Fault]] | None = None
        self._count = 0
        self._client: ClientSession | None = None
        self._over = asyncio.Event()

    def fail_next(self, *faults: Fault, only: Callable[[str, str], bool] = lambda _method, _path: True) -> None:
        """These faults for the next requests (to which `only(method, path)` applies), one each."""
        self._next.extend((fault, only) for fault in faults)

    def fail_every(self, nth: int, faults: Iterable[Fault]) -> None:
        """Each n-th request meets the next of these, round and round; 0 ends it."""
        self._every = (nth, list(faults)) if nth else None

    def forget(self) -> None:
        """No faults any more."""
        self._next.clear()
        self._every = None

    def _fault(self, method: str, path: str) -> Fault | None:
        if self._next and self._next[0][1](method, path):
            return self._next.popleft()[0]
        if self._every:
            self._count += 1
            nth, faults = self._every
            if self._count % nth == 0:
                return faults[self._count // nth % len(faults)]
        return None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path))
        fault = self._fault(request.method, request.path)
        if fault and fault.refused:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if fault and fault.status:
            return web.Response(status=fault.status, headers=dict(fault.headers), text=fault.body)
        if self._client is None:
            self._client = ClientSession(cookie_jar=DummyCookieJar(), timeout=ClientTimeout(60))
        async with self._client.request(
            request.method,
            URL(self.upstream + request.raw_path, encoded=True),
            headers=[(name, value) for name, value in request.headers.items() if name.lower() not in _HOP],
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            data=await request.read() or None,
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
        if fault and fault.lost:
            assert request.transport
            request.transport.abort()
            return web.Response()
        if fault and fault.silent:
            await self._over.wait()
        if self.change:
            headers = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
            reply = self.change(Reply(answer.status, headers, body))
            return web.Response(status=reply.status, headers=dict(reply.headers), body=reply.body)
        response = web.Response(status=answer.status, body=body)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP:
                response.headers.add(name, value)
        return response

    def release(self) -> None:
        """Answers that are held back come."""
        self._over.set()

    async def close(self) -> None:
        if self._client:
            await self._client.close()


@asynccontextmanager
async def proxied(upstream: str) -> AsyncIterator[Proxy]:
    """A proxy in front of `upstream` (scheme, host and port); `proxy.url` is what the adapter is told."""
    proxy = Proxy(upstream)
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", proxy.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield proxy
    finally:
        proxy.release()
        await runner.cleanup()
        await proxy.close()
