"""Counts the HTTP calls that our own code makes to storage, attempt by attempt (design.md section 9)."""

from collections import Counter
from typing import Any

from azure.core.pipeline.policies import SansIOHTTPPolicy


class CountCalls(SansIOHTTPPolicy[Any, Any]):
    """Adds one to `calls["storage"]` and to `calls[<service>]` for every request that leaves."""

    def __init__(self, calls: Counter[str], service: str) -> None:
        super().__init__()
        self._calls = calls
        self._service = service

    def on_request(self, request: Any) -> None:  # noqa: ARG002 - the SDK's signature
        self._calls["storage"] += 1
        self._calls[self._service] += 1
