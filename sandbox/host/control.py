"""What the orchestrator and tests ask of a running host, as HTTP under `/_sandbox/`."""

import asyncio
import os
import resource
import sys
import time
from collections import Counter
from typing import Any

from aiohttp import web
from azure.core.exceptions import AzureError
from azure.storage.queue.aio import QueueClient

from sandbox.host.runner import Runner
from sandbox.host.timers import Timers

_LOOK = (0.02, 0.5)  # seconds between two looks at whether all is done, at first and at most


class Control:
    """Status, running a timer now, switching the timers, waiting until nothing is left to do."""

    def __init__(
        self,
        runner: Runner,
        timers: Timers,
        queues: dict[str, QueueClient],
        names: list[str],
        host_calls: Counter[str],
        calls: Counter[str],
    ) -> None:
        """`queues`: clients whose calls nobody counts; `host_calls`: this host's own; `calls`: the functions'."""
        self._runner = runner
        self._timers = timers
        self._queues = queues
        self._names = names
        self._host_calls = host_calls
        self._calls = calls

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sandbox/status", self._status),
            web.get("/_sandbox/idle", self._idle),
            web.post("/_sandbox/run/{function}", self._run),
            web.post("/_sandbox/timers", self._switch),
        ]

    async def waiting(self) -> dict[str, int]:
        """Messages in each queue, hidden ones too."""
        counts = await asyncio.gather(*(queue.get_queue_properties() for queue in self._queues.values()))
        return {
            name: properties.approximate_message_count or 0
            for name, properties in zip(self._queues, counts, strict=True)
        }

    async def idle(self) -> bool:
        """True when nothing runs and no queue holds a message, and nothing moved while looking."""
        before = self._runner.generation
        if self._runner.busy:
            return False
        try:
            waiting = await self.waiting()
        except AzureError:
            return False
        return not any(waiting.values()) and self._runner.generation == before

    async def _status(self, _request: web.Request) -> web.Response:
        return web.json_response({"queues": await self.waiting(), **self._own_status()})

    def _own_status(self) -> dict[str, Any]:
        """What needs no call to storage."""
        calls = {"host": self._host_calls["storage"], "storage": self._calls["storage"], "graph": self._calls["graph"]}
        return {"calls": calls, "pid": os.getpid(), "memory": _peak_memory(), **self._runner.status(self._names)}

    async def _idle(self, request: web.Request) -> web.Response:
        """`?wait=SECONDS`: answers as soon as all is done, or when they are over."""
        until = time.monotonic() + float(request.query.get("wait", 0))
        shortest, longest = _LOOK
        pause = shortest
        while not (idle := await self.idle()) and time.monotonic() < until:
            before = self._runner.generation
            await asyncio.sleep(pause)
            # hidden messages, for which one waits long, cost a call a queue and look
            quiet = not self._runner.busy and self._runner.generation == before
            pause = min(pause * 2, longest) if quiet else shortest
        return web.json_response({"idle": idle, **self._own_status()})

    async def _run(self, request: web.Request) -> web.Response:
        name = request.match_info["function"]
        if name not in self._timers:
            return web.json_response({"ok": False, "error": f"there is no timer function {name}"}, status=404)
        try:
            await self._timers.fire(name)
        except Exception as error:  # noqa: BLE001 - said to whoever asked
            return web.json_response({"ok": False, "error": str(error)}, status=500)
        return web.json_response({"ok": True})

    async def _switch(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        self._timers.switch(on=bool(body["on"]))
        return web.json_response({"ok": True})


def _peak_memory() -> int:
    """Bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
