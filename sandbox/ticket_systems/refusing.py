"""A switch for a ticket system's server: `POST /switch/401` and from then on it lets nobody in; `/switch/200` ends it.

The bodies are those of the systems: servicenow.com/docs (REST API error handling), developer.atlassian.com and
api.freshservice.com (authentication).
"""

import json
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

_STATUSES = frozenset({200, 401, 403})
_STRANGER = {
    "servicenow": {
        "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
        "status": "failure",
    },
    "jira": {"message": "Client must be authenticated to access this resource.", "status-code": 401},
    "freshservice": {"code": "invalid_credentials", "message": "You have to be logged in to perform this action."},
}
_FORBIDDEN = {
    "servicenow": {
        "error": {"message": "Operation Failed", "detail": "ACL Exception Insert Failed due to security constraints"},
        "status": "failure",
    },
    "freshservice": {"code": "access_denied", "message": "You are not authorized to perform this action."},
}
_BODIES: Mapping[int, Mapping[str, object]] = {401: _STRANGER, 403: _FORBIDDEN}
_FOR_PEOPLE = ("/switch/", "/ticket/", "/browse/", "/a/", "/nav_to.do")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Switch:
    """What stands before one server. `status`: what every call to its API is answered; 200 lets it through."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.status = 200

    def before(self, app: web.Application) -> web.Application:
        """The server's application with the switch in front of it."""
        app.middlewares.insert(0, self._refuse)
        app.router.add_post("/switch/{status}", self._turn)
        return app

    @web.middleware
    async def _refuse(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.status == 200 or request.path == "/" or request.path.startswith(_FOR_PEOPLE):
            return await handler(request)
        body = _BODIES[self.status].get(self._kind, {})
        return web.Response(status=self.status, text=json.dumps(body), content_type="application/json")

    async def _turn(self, request: web.Request) -> web.Response:
        wanted = request.match_info["status"]
        if not (wanted.isdigit() and int(wanted) in _STATUSES):
            raise web.HTTPBadRequest(text=f"one of {', '.join(map(str, sorted(_STATUSES)))}")
        self.status = int(wanted)
        return web.Response(text=f"from now on: {self.status}\n")
