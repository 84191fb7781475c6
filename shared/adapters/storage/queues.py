"""Storage queues behind the port `Queues`: base64 as the Functions host expects it, kept until handled."""

import math
from collections import Counter
from typing import Any

from azure.core.exceptions import ResourceExistsError
from azure.storage.queue import BinaryBase64DecodePolicy, BinaryBase64EncodePolicy
from azure.storage.queue.aio import QueueClient, QueueServiceClient

from shared.adapters.storage.counting import CountingTransport
from shared.adapters.storage.failures import RETRIES, as_ours
from shared.core.messages import Envelope, encode

MAX_DELAY = 7 * 24 * 3600 - 1
"""Seconds; storage hides a message for a week at most."""


class AzureQueues:
    """The queues of one storage account, over azure-storage-queue (aio)."""

    def __init__(self, service: QueueServiceClient) -> None:
        self._service = service
        self._clients: dict[str, QueueClient] = {}

    @classmethod
    def connect(
        cls, calls: Counter[str], *, url: str = "", credential: Any = None, connection: str = ""
    ) -> "AzureQueues":
        options: dict[str, Any] = {"transport": CountingTransport(calls, "queues", connection), **RETRIES}
        if connection:
            return cls(QueueServiceClient.from_connection_string(connection, **options))
        return cls(QueueServiceClient(url, credential=credential, **options))

    def _queue(self, name: str) -> QueueClient:
        if name not in self._clients:
            self._clients[name] = self._service.get_queue_client(
                name, message_encode_policy=BinaryBase64EncodePolicy(), message_decode_policy=BinaryBase64DecodePolicy()
            )
        return self._clients[name]

    async def send(self, queue: str, envelope: Envelope, delay: float = 0.0) -> None:
        hidden = min(math.ceil(max(delay, 0.0)), MAX_DELAY)
        with as_ours(f"sending to queue {queue}"):
            await self._queue(queue).send_message(encode(envelope), visibility_timeout=hidden, time_to_live=-1)

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
