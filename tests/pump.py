"""Drives the functions of function_app over real queues, in one process, counting what each function calls."""

import base64
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
from azure.storage.queue.aio import QueueClient

import function_app
from shared import app
from shared.core import names
from shared.core.messages import Envelope, decode
from shared.settings import Settings

_FUNCTIONS = {found.get_function_name(): found for found in function_app.app.get_functions()}  # may be called once
_BY_QUEUE = {
    str(getattr(found.get_trigger(), "queue_name", "")): found.get_user_function() for found in _FUNCTIONS.values()
}


def function_named(name: str) -> Any:
    """What a trigger calls."""
    return _FUNCTIONS[name].get_user_function()


def schedules() -> dict[str, str]:
    """The NCRONTAB of every timer: second, minute, hour, day, month, weekday."""
    triggers = {name: found.get_trigger() for name, found in _FUNCTIONS.items()}
    return {name: str(each.schedule) for name, each in triggers.items() if each.get_binding_name() == "timerTrigger"}


class StillClock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class OneSecret:
    """Secrets of which each is this address."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def get(self, name: str, host: str = "") -> str:
        return self._url


class Pump:
    """The functions over one storage account; `by_queue` counts our storage calls by the queue that caused them."""

    def __init__(
        self, connection: str, clock: Any, *, sign_in: bool = False, reader: bool = False, **around: Any
    ) -> None:
        """`sign_in`: as behind App Service's sign-in, where a header says who asks; else as in a sandbox.

        `reader`: with what a second reader needs.
        """
        self.calls: Counter[str] = Counter()
        self.by_queue: dict[str, Counter[str]] = defaultdict(Counter)
        self._connection = connection
        settings = Settings(
            "dev",
            "http://127.0.0.1:7071",
            connection_string=connection,
            local=not sign_in,
            sign_in=sign_in,
            reader=reader,
        )
        app.use(app.Surroundings(settings, clock=clock, calls=self.calls, **around))

    async def prepare(self) -> None:
        built = app.current()
        await built.tables.create(names.TABLES)
        await built.queues.create([*names.EVERY_QUEUE, *(f"{queue}{names.POISON}" for queue in names.EVERY_QUEUE)])
        await built.blobs.create(names.CONTAINERS)

    async def timer(self, name: str) -> None:
        """Run a timer function now. Its argument is not used by any of ours, and cannot be made in every version."""
        await _FUNCTIONS[name].get_user_function()(None)

    async def drain(self) -> Counter[str]:
        """Handle every message until all queues are empty; how many each queue had."""
        handled: Counter[str] = Counter()
        clients = {queue: QueueClient.from_connection_string(self._connection, queue) for queue in names.QUEUES}
        try:
            while sum([await self._some(queue, client, handled) for queue, client in clients.items()]):
                pass
        finally:
            for client in clients.values():
                await client.close()
        return handled

    async def _some(self, queue: str, client: QueueClient, handled: Counter[str]) -> int:
        taken = 0
        async for message in client.receive_messages(messages_per_page=32, visibility_timeout=600):
            before = self.calls["storage"]
            body = base64.b64decode(message.content)
            await _BY_QUEUE[queue](func.QueueMessage(id=message.id, body=body))
            self.by_queue[queue]["calls"] += self.calls["storage"] - before
            await client.delete_message(message)
            taken += 1
        handled[queue] += taken
        return taken

    async def take(self, queue: str) -> list[Envelope]:
        """The messages that a queue holds now, removed from it: for tests that call the use cases themselves."""
        async with QueueClient.from_connection_string(self._connection, queue) as client:
            found = []
            async for message in client.receive_messages(messages_per_page=32, visibility_timeout=600):
                found.append(decode(base64.b64decode(message.content)))
                await client.delete_message(message)
        return found

    async def close(self) -> None:
        await app.close()


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # a date's parts
