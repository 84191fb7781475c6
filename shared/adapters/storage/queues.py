"""Storage queues behind the port `Queues`: base64 as the Functions host expects it, kept until handled."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.storage.queue import BinaryBase64DecodePolicy, BinaryBase64EncodePolicy, QueueMessage
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.adapters.storage.counting import CountingTransport
from shared.adapters.storage.failures import RETRIES, as_ours, code_of
from shared.adapters.storage.probing import Clock
from shared.core.errors import PermanentError
from shared.core.messages import Envelope, decode, encode
from shared.core.ports.storage import QueueState

MAX_DELAY = 7 * 24 * 3600 - 1
"""Seconds; storage hides a message for a week at most."""
_NO_MESSAGE, _NO_RECEIPT = "00000000-0000-0000-0000-000000000000", "AgAAAAMAAAAAAAAAAAAAAAAAAAA="
_UNKNOWN_MESSAGE = frozenset({"MessageNotFound", "PopReceiptMismatch"})
_PEEKED = 32  # messages; storage shows no more at once


def _since(message: QueueMessage) -> datetime | None:
    """Since when a message is on its way; of what is no message of ours, since when it stands in the queue."""
    try:
        return decode(message.content).first_seen
    except PermanentError:
        return message.inserted_on


class AzureQueues:
    """The queues of one storage account, over azure-storage-queue (aio).

    `trace`: in the course of what a message is sent, as a `traceparent`; empty where nobody traces.
    """

    def __init__(self, service: QueueServiceClient, trace: Callable[[], str] = str) -> None:
        self._service = service
        self._trace = trace
        self._clients: dict[str, QueueClient] = {}

    @classmethod
    def connect(
        cls,
        calls: Counter[str],
        *,
        url: str = "",
        credential: Any = None,
        connection: str = "",
        trace: Callable[[], str] = str,
    ) -> "AzureQueues":
        options: dict[str, Any] = {"transport": CountingTransport(calls, "queues"), **RETRIES}
        if connection:
            return cls(QueueServiceClient.from_connection_string(connection, **options), trace)
        return cls(QueueServiceClient(url, credential=credential, **options), trace)

    def _queue(self, name: str) -> QueueClient:
        if name not in self._clients:
            self._clients[name] = self._service.get_queue_client(
                name, message_encode_policy=BinaryBase64EncodePolicy(), message_decode_policy=BinaryBase64DecodePolicy()
            )
        return self._clients[name]

    async def send(self, queue: str, envelope: Envelope, delay: float = 0.0) -> None:
        hidden = min(math.ceil(max(delay, 0.0)), MAX_DELAY)
        envelope = replace(envelope, trace=self._trace() or envelope.trace)
        with as_ours(f"sending to queue {queue}"):
            await self._queue(queue).send_message(encode(envelope), visibility_timeout=hidden, time_to_live=-1)

    async def look(self, queue: str) -> QueueState:
        with as_ours(f"looking into queue {queue}"):
            properties = await self._queue(queue).get_queue_properties()
            peeked = await self._queue(queue).peek_messages(max_messages=_PEEKED)
        return QueueState(
            properties.approximate_message_count or 0, min(filter(None, map(_since, peeked)), default=None)
        )

    async def inspect(self, name: str) -> float | None:
        clock = Clock()
        with as_ours(f"looking into queue {name}"):
            await self._queue(name).peek_messages(max_messages=1, raw_response_hook=clock)
        return clock.ahead

    async def try_write(self, name: str) -> None:
        with as_ours(f"writing to queue {name}"):
            try:
                await self._queue(name).update_message(_NO_MESSAGE, pop_receipt=_NO_RECEIPT, visibility_timeout=0)
            except HttpResponseError as error:
                if code_of(error) not in _UNKNOWN_MESSAGE:
                    raise

    async def create(self, names: tuple[str, ...] | list[str]) -> None:
        """Make the queues that are not there yet (sandbox and tests; in Azure infra/ makes them)."""
        for name in names:
            with as_ours(f"making queue {name}"):
                try:
                    await self._queue(name).create_queue()
                except ResourceExistsError:
                    continue

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()
        await self._service.close()
