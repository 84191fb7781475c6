"""One message while a function has it: decoded for the function, its lock renewed at half time."""

import asyncio
import base64
import binascii
import contextlib
import logging
from types import TracebackType
from typing import Any

from azure.core.exceptions import AzureError
from azure.storage.queue import QueueMessage as Stored
from azure.storage.queue.aio import QueueClient

log = logging.getLogger("sandbox.host")


class Held:
    """Keeps a message hidden from others. `message` has the newest pop receipt, also after leaving."""

    def __init__(self, queue: QueueClient, message: Stored, lock: int) -> None:
        self.message = message
        self._queue = queue
        self._lock = lock
        self._writing = asyncio.Lock()
        self._renewals: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Held":
        self._renewals = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # a renewal that is under way changes the receipt: let it end
        async with self._writing:
            if self._renewals:
                self._renewals.cancel()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._lock / 2)
            async with self._writing:
                try:
                    renewed = await self._queue.update_message(self.message, visibility_timeout=self._lock)
                    self.message.pop_receipt = renewed.pop_receipt
                except AzureError as error:
                    log.warning("queue %s: a lock was not renewed: %s", self._queue.queue_name, first_line(error))


def trigger(message: Stored, *, base64: bool) -> Any:
    """The azure-functions message; ValueError for a body that is not base64 where it must be."""
    # the class that the library builds itself: that of the package's top cannot take a dequeue count
    from azure.functions.queue import QueueMessage

    return QueueMessage(
        id=message.id,
        body=decoded(message.content) if base64 else message.content.encode(),
        dequeue_count=message.dequeue_count,
        insertion_time=message.inserted_on,
        expiration_time=message.expires_on,
        time_next_visible=message.next_visible_on,
        pop_receipt=message.pop_receipt,
    )


def decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise ValueError(f"the message is not base64 ({error}): {content[:80]!r}") from error


def as_base64(content: str) -> str:
    """What a poison queue gets: the message as it is, made base64 where it was not."""
    with contextlib.suppress(ValueError):
        decoded(content)
        return content
    return base64.b64encode(content.encode()).decode()


def first_line(error: AzureError) -> str:
    """Storage's errors run over many lines."""
    return (str(error).splitlines() or [type(error).__name__])[0]
