"""How Azure DevOps refuses: its error bodies, its sign-in page instead of an error, its delays and limits.

Bodies as they are quoted where people met them: microsoft/azure-devops-auth-samples#52 (203 with a page to a GET or
POST without a valid token, 401 to a PATCH; `X-TFS-FedAuthRedirect: Suppress` asks for 401);
learn.microsoft.com/azure/devops/integrate/concepts/rate-limits (delays, headers, TF400733).
"""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

_SERVER = "Microsoft.TeamFoundation.WorkItemTracking.Server"
_WINDOW = timedelta(minutes=5)
_SIGN_IN = "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>"


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """An answer that says no. `key`: the exception's name at the other side."""

    def __init__(self, status: int, message: str, key: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "$id": "1", "innerException": None, "message": message, "typeName": f"{_SERVER}.{key}, {_SERVER}",
            "typeKey": key, "errorCode": 0, "eventId": 3200, **(more or {}),
        }  # fmt: skip


def rule_error(field: str, name: str, flags: str) -> Refused:
    """A field that a rule does not let be so."""
    message = f"TF401320: Rule Error for field {name}. Error code: {flags}."
    detail = {"fieldReferenceName": field, "fieldStatusFlags": flags, "errorMessage": message}
    return Refused(400, message, "RuleValidationException", {"customProperties": {"RuleValidationErrors": [detail]}})


def no_item(number: object) -> Refused:
    message = f"TF401232: Work item {number} does not exist, or you do not have permissions to read it."
    return Refused(404, message, "WorkItemUnauthorizedAccessException")


def stranger(request: web.Request) -> web.Response:
    """What one gets who is not signed in."""
    if request.method in {"GET", "POST"} and request.headers.get("X-TFS-FedAuthRedirect") != "Suppress":
        return web.Response(status=203, text=_SIGN_IN, content_type="text/html")
    refused = Refused(
        401, "TF400813: The user '' is not authorized to access this resource.", "UnauthorizedRequestException"
    )
    return web.json_response(refused.body, status=401, headers={"WWW-Authenticate": "Bearer"})


class Limits:
    """Within five minutes: after `delayed` requests each is held back, after `blocked` refused; 0 is never.

    `pace`: how long a delay is, in real seconds.
    """

    def __init__(self, clock: Callable[[], datetime], delayed: int, blocked: int, pace: float = 0.05) -> None:
        self.delayed, self.blocked, self.pace = delayed, blocked, pace
        self._clock = clock
        self._recent: deque[datetime] = deque()

    def count_request(self) -> tuple[float, dict[str, str]]:
        """Seconds that this request is held back, and the headers that say so; Limited where it is refused."""
        now = self._clock()
        while self._recent and now - self._recent[0] >= _WINDOW:
            self._recent.popleft()
        self._recent.append(now)
        count = len(self._recent)
        over = self.delayed and count > self.delayed
        if self.blocked and count > self.blocked:
            wait = int((self._recent[0] + _WINDOW - now).total_seconds()) + 1
            raise LimitedError({**self._headers(now, 0.0), "Retry-After": str(wait)})
        return (self.pace, {**self._headers(now, self.pace), "Retry-After": "1"}) if over else (0.0, {})

    def _headers(self, now: datetime, delay: float) -> dict[str, str]:
        return {
            "X-RateLimit-Resource": "AzureDevOps/WorkItemTracking", "X-RateLimit-Delay": f"{delay:.3f}",
            "X-RateLimit-Limit": str(self.delayed), "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int((now + _WINDOW).timestamp())),
        }  # fmt: skip


class LimitedError(Exception):
    """Too many requests; the headers that say when again."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("blocked")
        self.headers = headers

    def answer(self) -> web.Response:
        message = (
            "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource "
            "'WorkItems' in namespace 'User'."
        )
        return web.json_response(
            Refused(429, message, "RequestBlockedException").body, status=429, headers=dict(self.headers)
        )
