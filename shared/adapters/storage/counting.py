"""Counts the HTTP calls that our own code makes to storage, attempt by attempt (docs/architecture.md, Budgets)."""

from collections import Counter
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport

TIMEOUTS = {"connection_timeout": 10, "read_timeout": 30}
"""Seconds, for every storage client."""


class CountingTransport(AioHttpTransport):  # type: ignore[misc]  # azure.core exports it lazily, as Any
    """Adds one to `calls["storage"]` and to `calls[<service>]` for every request that leaves; retries count."""

    def __init__(self, calls: Counter[str], service: str) -> None:
        super().__init__(**TIMEOUTS)
        self._calls = calls
        self._service = service

    async def send(self, request: Any, **kwargs: Any) -> Any:
        self._calls["storage"] += 1
        self._calls[self._service] += 1
        return await super().send(request, **kwargs)
