"""How Jira refuses: its error bodies, its answer to strangers, and its limits on requests."""

import base64
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

_ANONYMOUS = {"message": "Client must be authenticated to access this resource.", "status-code": 401}


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """An answer that says no, in Jira's body for errors."""

    def __init__(self, status: int, message: str = "", errors: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"errorMessages": [message] if message else [], "errors": dict(errors or {})}


class Limits:
    """How many requests are taken; 0 is any number.

    `burst`: of one method of one endpoint in a second; `writes`: to one issue in two seconds.
    """

    def __init__(self, clock: Callable[[], datetime], burst: int, writes: int) -> None:
        self.burst, self.writes = burst, writes
        self._clock = clock
        self._recent: dict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def refusal(self, request: web.Request) -> web.Response | None:
        resource = request.match_info.route.resource
        endpoint = resource.canonical if resource else request.path
        number = request.match_info.get("issue", "")
        for limit, seconds, of, reason in (
            (self.burst, 1, endpoint, "jira-burst-based"),
            (self.writes if number and request.method != "GET" else 0, 2, number, "jira-per-issue-on-write"),
        ):
            if not limit:
                continue
            now, times = self._clock(), self._recent[request.method, of]
            while times and now - times[0] >= timedelta(seconds=seconds):
                times.popleft()
            if len(times) >= limit:
                reset = now + timedelta(seconds=seconds)
                headers = {
                    "Retry-After": str(seconds), "RateLimit-Reason": reason, "X-RateLimit-Limit": str(limit),
                    "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%MZ}",
                }  # fmt: skip
                return web.json_response(
                    {"errorMessages": ["Rate limit exceeded."], "errors": {}}, status=429, headers=headers
                )
            times.append(now)
        return None


async def json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise Refused(400, "Invalid request payload. Refer to the REST API documentation and try again.") from None
    if not isinstance(body, dict):
        raise Refused(400, "Invalid request payload. Refer to the REST API documentation and try again.")
    return body


def unauthorized(header: str) -> web.Response:
    scheme, _, rest = header.partition(" ")
    try:
        well_formed = scheme == "Basic" and b":" in base64.b64decode(rest, validate=True)
    except ValueError:
        well_formed = False
    if well_formed:
        text = "Client must be authenticated to access this resource."
        return web.Response(text=text, status=401, headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"})
    return web.json_response(
        _ANONYMOUS, status=401, headers={"WWW-Authenticate": 'OAuth realm="https%3A%2F%2Fsandbox"'}
    )
