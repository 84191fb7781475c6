"""What goes wrong with Graph: throttling, refusals, odd pages; a script for tests, and a little of it for realism."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

# What Graph says with a status where a fault gives no body of its own.
# 429: learn.microsoft.com/graph/throttling (the sample response); 503: learn.microsoft.com/graph/errors.
_WORDS = {
    401: ("InvalidAuthenticationToken", "Access token has expired or is not yet valid."),
    403: ("Forbidden", "Insufficient privileges to complete the operation."),
    404: ("itemNotFound", "The resource could not be found."),
    429: ("TooManyRequests", "Please retry again later."),
    503: ("serviceNotAvailable", "The service is not available. Try the request again after a delay."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; without a body it is Graph's error body for that status."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(slots=True)
class Faults:
    """The script of faults; all off by default. Tests change it while the server runs.

    `throttle_every`: each n-th request is answered 429 with `retry_after` (seconds; Graph also sends fractions).
    `forbidden`: tenants that get 403. `empty_pages`: tenants whose second page of a collection comes empty, with a
    nextLink to what it should have held. `largest_page`: pages are never longer, whatever was asked for.
    """

    throttle_every: int = 0
    retry_after: str = "2.5"
    forbidden: set[str] = field(default_factory=set)
    empty_pages: set[str] = field(default_factory=set)
    largest_page: int = 1000
    _queued: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    _requests: int = 0

    def answer_next(
        self, tenant: str, status: int, headers: Mapping[str, str] | None = None, body: object = None
    ) -> None:
        """Queue one answer for a tenant's next request; several are given in turn."""
        self._queued[tenant].append(Answer(status, headers or {}, body))

    def take(self, tenant: str) -> Answer | None:
        """The fault that the request which has just come meets, if any."""
        self._requests += 1
        if self._queued[tenant]:
            return self._queued[tenant].popleft()
        if tenant in self.forbidden:
            return Answer(403)
        if self.throttle_every and self._requests % self.throttle_every == 0:
            return Answer(429, {"Retry-After": self.retry_after})
        return None


def error(
    status: int,
    request_id: str,
    now: datetime,
    code: str | None = None,
    message: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Graph's error object: learn.microsoft.com/graph/errors."""
    usual_code, usual_message = _WORDS.get(status, ("generalException", "An unspecified error has occurred."))
    inner = {"date": f"{now:%Y-%m-%dT%H:%M:%S}", "request-id": request_id, "client-request-id": request_id}
    if status == 429:
        inner |= {"code": "429", "message": "Please retry after", "status": "429"}
    body = {
        "error": {
            "code": usual_code if code is None else code,
            "message": usual_message if message is None else message,
            "innerError": inner,
        }
    }
    return web.json_response(body, status=status, headers=headers)
