"""Counts the HTTP calls that our own code makes to storage, attempt by attempt (docs/architecture.md, Budgets)."""

from collections import Counter
from typing import Any

from azure.core.pipeline.transport import AioHttpTransport

from shared.adapters.clients.direct import proxy_for

TIMEOUTS = {"connection_timeout": 10, "read_timeout": 30}
"""Seconds, for every storage client."""


class CountingTransport(AioHttpTransport):  # type: ignore[misc]  # azure.core exports it lazily, as Any
    """Adds one to `calls["storage"]` and to `calls[<service>]` for every request that leaves; retries count.

    It asks the environment for a proxy once. With `use_env_settings` aiohttp would ask at each call, in a thread, and
    read the user's secrets in `.netrc` as well.
    """

    def __init__(self, calls: Counter[str], service: str) -> None:
        super().__init__(use_env_settings=False, **TIMEOUTS)
        self._calls = calls
        self._service = service
        self._proxies: dict[str, str] = {}  # by scheme and host, of which an account has one

    async def send(self, request: Any, **kwargs: Any) -> Any:
        self._calls["storage"] += 1
        self._calls[self._service] += 1
        place = "/".join(request.url.split("/", 3)[:3])
        if place not in self._proxies:
            self._proxies[place] = proxy_for(place)
        if proxy := self._proxies[place]:
            kwargs["proxy"] = proxy
        return await super().send(request, **kwargs)
