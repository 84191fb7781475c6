"""Calls to one Jira site, and what it says about those that it refuses."""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import RemoteCalls, SignIn, basic, bearer
from shared.adapters.ticketing.shapes import Shape
from shared.adapters.tickets.jira.settings import Settings
from shared.adapters.tickets.jira.shapes import HOLDS, USERS


class Calls(RemoteCalls):
    """One site, as a user with an API token or with a bearer token."""

    system = "Jira"
    refusals = frozenset({400, 401, 403, 404, 410, 413, 422})
    holds: ClassVar[Mapping[str, Shape]] = HOLDS
    headers: ClassVar[Mapping[str, str]] = {"X-ExperimentalApi": "opt-in"}  # for approvals, in some versions

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        of = f" of {settings.email}" if settings.email else ""
        hints = {
            401: f"Jira does not know us: the secret {settings.token} is no valid token{of}, or it has run out",
            410: "that part of Jira's API is gone; a newer Foresignal is needed",
        }
        super().__init__(deps, settings.api, hints)

    async def sign_in(self) -> SignIn:
        token = await self.secret(self._settings.token, "token")
        return basic(self._settings.email, token) if self._settings.email else bearer(token)

    def complaint_of(self, response: httpx.Response) -> str:
        """Jira's gateway complains in plain text."""
        try:
            response.json()
        except ValueError:
            return " ".join(response.text.split())
        return super().complaint_of(response)

    def errors_of(self, response: httpx.Response) -> dict[str, Any]:
        """What it complains of, by field; empty where it says nothing of fields."""
        body = self.json(response)
        errors = body.get("errors") if isinstance(body, dict) else None
        return errors if isinstance(errors, dict) else {}

    def read_users(self, response: httpx.Response) -> list[dict[str, Any]]:
        """The people of a search for them."""
        users: list[dict[str, Any]] = self.read_whole(response, USERS)
        return users

    def complaint(self, body: Mapping[str, Any]) -> str:
        listed = body.get("errorMessages")
        several = listed if isinstance(listed, list) else [listed]
        messages = [str(message) for message in (*several, body.get("message")) if message]
        errors = body.get("errors")
        by_field = [f"{name}: {text}" for name, text in errors.items()] if isinstance(errors, dict) else []
        return "; ".join((*messages, *by_field))
