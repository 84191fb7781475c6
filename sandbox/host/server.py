"""The functions' own host: a process that runs the functions of function_app.py as Azure's host would.

`python -m sandbox.host --state DIR`, with app settings and secrets in its environment. SIGTERM: finish, then leave.
"""

import asyncio
import logging
import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

from aiohttp import web
from azure.core.exceptions import ResourceExistsError
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from sandbox import guard
from sandbox.clock import SandboxClock
from sandbox.errors import SandboxError
from sandbox.host import host_json, triggers
from sandbox.host.control import Control
from sandbox.host.http import application
from sandbox.host.listener import Listener, Pace, Queue
from sandbox.host.options import APP, HostOptions, parse
from sandbox.host.runner import Runner
from sandbox.host.timers import Timers
from shared import settings as app_settings
from shared.adapters.storage.counting import CountingTransport
from shared.adapters.storage.failures import RETRIES
from shared.core.names import POISON
from shared.settings import Settings

log = logging.getLogger("sandbox.host")
_POISON_POLLING = 5.0  # seconds at most; what this host puts there itself it fetches at once


async def serve(options: HostOptions, stopping: asyncio.Event) -> None:
    """Run the app's functions until `stopping`; then finish what runs, and leave."""
    listening = options.listening()
    os.environ.setdefault("FORESIGNAL_PUBLIC_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
    settings = app_settings.from_environment()
    clock = SandboxClock(options.state)
    functions = triggers.load(options.app)
    obeyed = _obeyed(options)
    runner = Runner(obeyed.function_timeout)
    timers = Timers([each for each in functions if isinstance(each, triggers.TimerFunction)], runner, clock)
    timers.switch(on=options.timers)
    calls = Counter[str]()
    async with _connect(settings, calls) as storage, _connect(settings, Counter()) as uncounted:
        listeners = await _listeners(options, functions, storage, runner, obeyed)
        watched = {name: uncounted.get_queue_client(name) for name in _queue_names(functions)}
        names = [function.name for function in functions]
        control = Control(runner, timers, watched, names, calls, _surround(options, settings, clock))
        https = [each for each in functions if isinstance(each, triggers.HttpFunction)]
        pages = web.AppRunner(application(https, obeyed.route_prefix, runner, control), access_log=None)
        await pages.setup()
        await web.SockSite(pages, listening).start()
        log.info("the host listens on http://127.0.0.1:%d", listening.getsockname()[1])
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(timers.run(stopping))
                for listener in listeners:
                    group.create_task(listener.run(stopping))
        finally:
            await pages.cleanup()
            await _close(options)


def _surround(options: HostOptions, settings: Settings, clock: SandboxClock) -> Counter[str]:
    """Our own functions' surroundings, and their calls; another app has none."""
    if options.app != APP:
        return Counter()
    from sandbox.surroundings import surround

    return surround(settings, clock, options.state, pace=options.pace, claim_seconds=options.claim)


async def _close(options: HostOptions) -> None:
    if options.app == APP:
        from shared import app

        await app.close()


def _obeyed(options: HostOptions) -> host_json.HostJson:
    settings = host_json.read(options.folder / "host.json")
    settings = replace(settings, retry_delay=settings.retry_delay * options.pace)
    return settings if options.max_dequeue is None else replace(settings, max_dequeue_count=options.max_dequeue)


def _connect(settings: Settings, calls: Counter[str]) -> QueueServiceClient:
    options: dict[str, Any] = {"transport": CountingTransport(calls, "queues"), **RETRIES}
    return QueueServiceClient.from_connection_string(settings.connection_string, **options)


def _queue_names(functions: list[triggers.Function]) -> list[str]:
    """Every queue with its poison queue."""
    names = {
        function.queue.removesuffix(POISON) for function in functions if isinstance(function, triggers.QueueFunction)
    }
    return sorted(names | {name + POISON for name in names})


async def _listeners(
    options: HostOptions,
    functions: list[triggers.Function],
    storage: QueueServiceClient,
    runner: Runner,
    obeyed: host_json.HostJson,
) -> list[Listener]:
    """One for each queue function; queues that are missing are made."""
    clients = {name: storage.get_queue_client(name) for name in _queue_names(functions)}
    for client in clients.values():
        await _create(client)
    listeners = []
    for function in functions:
        if isinstance(function, triggers.QueueFunction):
            hopeless = function.queue.endswith(POISON)
            queue = Queue(clients[function.queue], None if hopeless else clients[function.queue + POISON])
            pace = Pace(options.lock, longest=_POISON_POLLING) if hopeless else Pace(options.lock)
            listeners.append(Listener(function, queue, runner, obeyed, pace))
    return listeners


async def _create(client: QueueClient) -> None:
    try:
        await client.create_queue()
    except ResourceExistsError:
        return


async def _until_told(options: HostOptions) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    watch = asyncio.create_task(_orphaned(stopping)) if options.with_parent else None
    await serve(options, stopping)
    if watch:
        watch.cancel()


async def _orphaned(stopping: asyncio.Event) -> None:
    """Leave when the process that started us is gone."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - no event tells that a parent has died
        await asyncio.sleep(1.0)
    stopping.set()


def main() -> int:
    guard.keep_inside(guard.allowed_by_environment())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for chatty in ("azure", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        asyncio.run(_until_told(parse(sys.argv[1:])))
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
