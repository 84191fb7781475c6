"""Counts the HTTP calls that our own code makes to storage, attempt by attempt (docs/architecture.md, Budgets)."""

import re
from collections import Counter
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport

_HERE = re.compile(r"UseDevelopmentStorage=true|://(?:127\.|localhost[:/]|\[::1\])", re.IGNORECASE)
TIMEOUTS = {"connection_timeout": 10, "read_timeout": 30}
"""Seconds, for every storage client."""


class CountingTransport(AioHttpTransport):  # type: ignore[misc]  # azure.core exports it lazily, as Any
    """Adds one to `calls["storage"]` and to `calls[<service>]` for every request that leaves; retries count."""

    def __init__(self, calls: Counter[str], service: str, connection: str = "") -> None:
        # the emulator on this machine is never behind the environment's proxy
        super().__init__(use_env_settings=not _HERE.search(connection), **TIMEOUTS)
        self._calls = calls
        self._service = service

    async def send(self, request: Any, **kwargs: Any) -> Any:
        self._calls["storage"] += 1
        self._calls[self._service] += 1
        return await super().send(request, **kwargs)
