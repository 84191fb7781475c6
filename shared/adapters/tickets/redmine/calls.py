"""Calls to one Redmine: with the key, few at once, each answer that refuses in words for the one who set it up."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.redmine.settings import Settings
from shared.core.errors import PermanentError, TransientError

_SPEAKING = frozenset({400, 401, 403, 404, 405, 406, 410, 413, 422})
_AT_ONCE = 4  # a Redmine has a handful of threads; what waits here does not time out there
_SHOWN = 300
_HINTS = {
    401: "Redmine does not know us: the secret {secret} is no API access key of an active user, or the REST API is "
    "off (Administration, Settings, API)",
    403: "we lack a permission in project {project}, or the REST API is off (Administration, Settings, API)",
    404: "there is nothing there: is the address right, and the project {project}?",
    413: "what we sent is too large",
}


class Calls:
    """The key is read anew for each call, so that a changed secret needs no restart."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self.name, self.what = deps.name, f"ticket system {deps.name}"
        self._few = asyncio.Semaphore(_AT_ONCE)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        allowed: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """One call, under the address of the Redmine; `allowed`: refusals that are returned as well."""
        settings = self._settings
        key = (await self._deps.secrets.get(settings.api_key)).strip()
        if not (key.isascii() and key.isprintable() and " " not in key):
            raise PermanentError(
                f"{self.what}: the secret {settings.api_key} holds what no API access key has: was it copied whole?"
            )
        async with self._few:
            response = await self._deps.http.send(
                method, settings.url + path, what=self.what, json=body, params=params,
                headers={"X-Redmine-API-Key": key, "Accept": "application/json"},
                expected=_SPEAKING, transient=frozenset({409, 412}), hide=(key,),
            )  # fmt: skip
        status = response.status_code
        if status in _SPEAKING and status not in allowed:
            hint = _HINTS.get(status, "Redmine does not take it")
            hint = hint.format(secret=settings.api_key, project=settings.project)
            said = complaint(response).replace(key, "…")[:_SHOWN]
            more = f" ({said})" if said else ""
            raise PermanentError(f"{self.what}: {method} {path} answered {status}: {hint}{more}")
        return response

    async def get(self, path: str, holds: str, kind: type = dict, **params: str) -> Any:
        """What stands under that name in the answer."""
        return self.read(await self.ask("GET", path, params=params or None), holds, kind)

    def read(self, response: httpx.Response, holds: str, kind: type = dict) -> Any:
        """TransientError where it is not what Redmine says, but what stands before it."""
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get(holds), kind):
            raise TransientError(f"{self.what}: {response.request.url.path} answered without {holds!r}: is it Redmine?")
        return found[holds]


def complaint(response: httpx.Response) -> str:
    """What Redmine says about a request that it does not take, in one line."""
    try:
        body = response.json()
    except ValueError:
        return ""
    errors = body.get("errors") if isinstance(body, dict) else None
    return " ".join("; ".join(str(one) for one in errors).split()) if isinstance(errors, list) else ""
