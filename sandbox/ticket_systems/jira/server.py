"""Jira Cloud with a project of Jira Service Management, as far as tickets need it, with what it is known to do.

Written from developer.atlassian.com/cloud/jira/platform/rest/v3 (issues, issue search, comments, permissions, projects,
myself), /rest/v3/intro (basic and OAuth 2.0 authentication, documents), cloud/jira/service-desk/rest (approvals),
/cloud/jira/platform/rate-limiting and /build-an-app-that-respects-rate-limits (429, Retry-After, RateLimit-Reason).
What a search finds lags behind (`reconcileIssues` names what must not), and the search before it is gone:
developer.atlassian.com/changelog/#CHANGE-2046, with the body that pycontribs/jira#2367 and others quote.
"""

import base64
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.ticket_systems.jira.answers import Limits, Refused, unauthorized
from sandbox.ticket_systems.jira.api import Tickets
from sandbox.ticket_systems.jira.issues import Issue, Rules, Store
from sandbox.ticket_systems.jira.projects import CHANGES, SIMPLE, Project
from sandbox.ticket_systems.jira.site import Places, Site
from sandbox.ticket_systems.showing import Record, routes

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Jira:
    """One site. `late`: seconds of the clock until a search sees what was written; `burst`, `writes`: see Limits.

    `rules`: see Rules.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        late: float = 0.0,
        email: str = "foresignal@contoso.example",
        token: str = "jira-api-token",  # noqa: S107 - the sandbox's own
        bearer: str = "jira-oauth-token",
        projects: tuple[Project, ...] = (CHANGES, SIMPLE),
        burst: int = 0,
        writes: int = 0,
        rules: Rules | None = None,
    ) -> None:
        self.rules = rules or Rules()
        self.store = Store(clock, projects, late)
        self.site = Site(self.store, email)
        self.limits = Limits(clock, burst, writes)
        self._clock, self._email, self._token = clock, email, token
        self._accepted = {f"Basic {base64.b64encode(f'{email}:{token}'.encode()).decode()}", f"Bearer {bearer}"}

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server at `url`; the token is the secret JIRA_TOKEN."""
        return {
            "url": url, "email": self._email, "token": "JIRA_TOKEN", "project": CHANGES.key,
            "issue_type": CHANGES.types[0][1], "states": {"Waiting for the vendor": "implement"},
        }  # fmt: skip

    @property
    def secrets(self) -> dict[str, str]:
        return {"JIRA_TOKEN": self._token}

    @property
    def permissions(self) -> set[str]:
        """What our user may do; take some away, and see."""
        return self.site.permissions

    @property
    def tickets(self) -> list[Record]:
        return [issue.record() for issue in self.store.issues()]

    def delete(self, number: str) -> None:
        """By hand, in Jira."""
        self.store.delete(number)

    def squat(self, key: str, state: str, who: str = "mallory", place: str = CHANGES.key) -> str:
        """Somebody else makes an issue with that label and moves it to that state (none: as it is made); its key."""
        project = self.store.project(place)
        assert project is not None
        issue = self.store.add(project, project.types[0], {"summary": "Not ours", "labels": [key]}, [], (who, who))
        if state:
            self.move(issue.key, state)
        return issue.key

    def states_of(self, number: str) -> list[str]:
        return [status.name for status in self._existing(number).project.statuses]

    def move(self, number: str, state: str) -> None:
        """The board's own hand: to a status by its name, whatever the workflow says."""
        self._existing(number).move(state, self._clock(), "Change board")

    def fill_in(self, number: str, name: str, what: Any) -> None:
        """Somebody writes into a field by hand."""
        self._existing(number).edit({name: what}, self._clock(), "Change board")

    def approve(self, number: str, who: str) -> None:
        self._existing(number).decide("approved", who, self._clock())

    def reject(self, number: str, who: str) -> None:
        self._existing(number).decide("declined", who, self._clock())

    def _existing(self, number: str) -> Issue:
        issue = self.store.find(number)
        if issue is None:
            raise LookupError(f"there is no {number}")
        return issue

    def app(self) -> web.Application:
        app = web.Application(client_max_size=10_000_000, middlewares=[self._answering])
        api = "/rest/api/3"
        app.add_routes(routes("Jira", self, tickets="/browse/{number}"))
        app.add_routes(Places(self.site).routes(api))
        app.add_routes(Tickets(self.site, self._clock, self.rules).routes(api))
        return app

    @web.middleware
    async def _answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Who asks, how often, and refusals in Jira's words."""
        if not request.path.startswith("/rest/"):
            return await handler(request)
        header = request.headers.get("Authorization", "")
        if header not in self._accepted:
            return unauthorized(header)
        limited = self.limits.refusal(request)
        if limited:
            return limited
        try:
            return await handler(request)
        except Refused as refused:
            return web.json_response(refused.body, status=refused.status)
        except web.HTTPNotFound:
            return web.json_response({"errorMessages": ["dead link"], "errors": {}}, status=404)
