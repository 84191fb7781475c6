"""The Microsoft 365 roadmap: one public list of JSON, without signing in."""

from typing import Any

from shared.adapters.clients.http import Http
from shared.core.errors import PermanentError


class Roadmap:
    """The port `RoadmapSource`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def items(self, url: str) -> Any:
        answer = await self._http.send("GET", url, what="the roadmap", headers={"Accept": "application/json"})
        try:
            return answer.json()
        except ValueError as error:
            raise PermanentError("the roadmap answered something that is no JSON; look at `roadmap.url`") from error
