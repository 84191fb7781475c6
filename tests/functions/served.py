"""The functions behind a real port, over a world of fakes: for tests that drive pages in a browser."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from sandbox.host import triggers
from sandbox.host.http import application
from sandbox.host.runner import Runner
from sandbox.microsoft365.serving import serve
from shared import app
from shared.app import App, Surroundings
from shared.settings import Settings
from tests.fakes import deps_with
from tests.pump import _FUNCTIONS
from tests.security.test_01_closed_pages import CONNECTION
from tests.usecases.world import World


class Served:
    """Where the pages are, and the world behind them, which lives in a thread of its own."""

    def __init__(self, url: str, world: World, loop: asyncio.AbstractEventLoop) -> None:
        self.url, self.world, self._loop = url, world, loop

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """What a coroutine of that world gives."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)


@contextmanager
def served(world: World) -> Iterator[Served]:
    """Pages of a deployment with sign-in: who is signed in stands in the header that App Service sends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    functions = [triggers._function(function) for function in _FUNCTIONS.values()]
    https = [function for function in functions if isinstance(function, triggers.HttpFunction)]

    async def start() -> tuple[Any, int, Any]:
        server, port = await serve(application(https, "", Runner(60.0), SimpleNamespace(routes=list)))
        url = f"http://127.0.0.1:{port}"
        built = App(Surroundings(Settings("t", url, connection_string=CONNECTION, sign_in=True)))
        world.deps = deps_with(world.deps, public_url=url)
        built.deps = world.deps
        before, app._app = app._app, built
        return server, port, before

    server, port, before = asyncio.run_coroutine_threadsafe(start(), loop).result(60)
    try:
        yield Served(f"http://127.0.0.1:{port}", world, loop)
    finally:
        app._app = before
        asyncio.run_coroutine_threadsafe(server.cleanup(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
