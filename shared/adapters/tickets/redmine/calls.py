"""Calls to one Redmine, few at once, and what it says about those that it refuses."""

import asyncio
from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import Call, RemoteCalls, SignIn
from shared.adapters.ticketing.shapes import Shape
from shared.adapters.tickets.redmine.settings import Settings
from shared.adapters.tickets.redmine.shapes import HOLDS

_AT_ONCE = 4  # a Redmine has a handful of threads; what waits here does not time out there


class Calls(RemoteCalls):
    """One Redmine, with a user's API access key."""

    system = "Redmine"
    refusals = frozenset({400, 401, 403, 404, 405, 406, 410, 413, 422})
    holds: ClassVar[Mapping[str, Shape]] = HOLDS

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        rest_api = "the REST API is off (Administration, Settings, API)"
        hints = {
            401: f"Redmine does not know us: the secret {settings.api_key} is no API access key of an active user, or "
            f"{rest_api}",
            403: f"we lack a permission in project {settings.project}, or {rest_api}",
            404: f"there is nothing there: is the address right, and the project {settings.project}?",
        }
        super().__init__(deps, settings.url, hints)
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def send(self, call: Call) -> tuple[httpx.Response, tuple[str, ...]]:
        async with self._few:
            return await super().send(call)

    async def sign_in(self) -> SignIn:
        key = await self.secret(self._settings.api_key, "API access key")
        return SignIn({"X-Redmine-API-Key": key}, (key,))

    def complaint(self, body: Mapping[str, Any]) -> str:
        errors = body.get("errors")
        return "; ".join(map(str, errors)) if isinstance(errors, list) else ""
