"""One queue function's listener: polling, lock and renewal, tries, poison, as the Azure Functions host does them."""

import asyncio
import contextlib
import logging
import math
from dataclasses import dataclass

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.queue import QueueMessage as Stored
from azure.storage.queue.aio import QueueClient

from sandbox.host.delivery import Held, as_base64, first_line, trigger
from sandbox.host.host_json import HostJson
from sandbox.host.runner import Runner
from sandbox.host.triggers import QueueFunction

log = logging.getLogger("sandbox.host")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `lock`: how long a message stays with us unless renewed, 600 in Azure. Polling backs off while idle."""

    lock: int = 600
    shortest: float = 0.05
    longest: float = 1.0


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and where its hopeless messages go; a poison queue itself has no such place."""

    messages: QueueClient
    poison: QueueClient | None


class Listener:
    """Feeds one function from its queue."""

    def __init__(self, function: QueueFunction, queue: Queue, runner: Runner, options: HostJson, pace: Pace) -> None:
        self._function = function
        self._queue = queue.messages
        self._poison = queue.poison
        self._runner = runner
        self._options = options
        self._pace = pace
        self._deliveries: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        # nobody but hosts puts something into a poison queue
        (runner.listeners if self._poison else runner.poison_listeners).append(self._wake)

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; then what runs is finished."""
        pause = self._pace.shortest
        while not stopping.is_set():
            if len(self._deliveries) > self._options.new_batch_threshold:
                await asyncio.wait(self._deliveries, return_when=asyncio.FIRST_COMPLETED)
                continue
            self._wake.clear()
            if await self._fetch():
                pause = self._pace.shortest
                continue
            await self._rest(pause, stopping)
            pause = self._pace.shortest if self._wake.is_set() else min(pause * 2, self._pace.longest)
        while self._deliveries:
            await asyncio.wait(self._deliveries)

    async def _rest(self, pause: float, stopping: asyncio.Event) -> None:
        """At least the shortest pause, then until a run has ended somewhere or the pause is over."""
        await asyncio.sleep(self._pace.shortest)
        if stopping.is_set():
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(0.001, pause - self._pace.shortest))

    async def _fetch(self) -> int:
        try:
            pages = self._queue.receive_messages(
                messages_per_page=self._options.batch_size, visibility_timeout=self._pace.lock
            ).by_page()
            messages = [message async for message in await anext(pages)]
        except StopAsyncIteration:
            return 0
        except AzureError as error:
            log.warning("queue %s cannot be read: %s", self._queue.queue_name, first_line(error))
            await asyncio.sleep(self._pace.longest)
            return 0
        for message in messages:
            delivery = asyncio.create_task(self._deliver(message))
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)
        return len(messages)

    async def _deliver(self, message: Stored) -> None:
        """One try of one message. Storage that fails leaves the message to its lock: it comes again."""
        try:
            if (message.dequeue_count or 1) > self._options.max_dequeue_count:
                await self._give_up(message)  # earlier tries died without saying so
                return
            async with Held(self._queue, message, self._pace.lock) as lock:
                succeeded = await self._try(message)
            await self._settle(lock.message, succeeded=succeeded)
        except ResourceNotFoundError:
            log.warning("queue %s: message %s was no longer ours", self._queue.queue_name, message.id)
        except AzureError as error:
            log.warning("queue %s: message %s: %s", self._queue.queue_name, message.id, first_line(error))

    async def _try(self, message: Stored) -> bool:
        try:
            await self._runner.call(self._function, trigger(message, base64=self._options.base64))
        except Exception:  # noqa: BLE001 - noted by the runner; the message is tried again
            return False
        return True

    async def _settle(self, message: Stored, *, succeeded: bool) -> None:
        if succeeded:
            await self._queue.delete_message(message)
        elif self._poison is None:
            return  # as in Azure: it stays hidden until its lock is over, so that it does not spin
        elif (message.dequeue_count or 1) >= self._options.max_dequeue_count:
            await self._give_up(message)
        else:
            await self._queue.update_message(message, visibility_timeout=math.ceil(self._options.retry_delay))

    async def _give_up(self, message: Stored) -> None:
        if self._poison is None:
            return
        log.error("queue %s: message %s goes to %s", self._queue.queue_name, message.id, self._poison.queue_name)
        await self._poison.send_message(as_base64(message.content), time_to_live=-1)
        await self._queue.delete_message(message)
        for event in self._runner.poison_listeners:
            event.set()
