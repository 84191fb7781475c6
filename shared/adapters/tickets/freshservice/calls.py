"""Calls to one Freshservice account: signed in, each answer that refuses in words for the one who set it up."""

import base64
from collections.abc import Mapping
from typing import Any

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.freshservice.settings import Settings
from shared.core.errors import PermanentError, TransientError

API = "/api/v2"
_SPEAKING = frozenset({400, 401, 403, 404, 405, 406, 413, 415, 422})
_SHOWN = 300
_HINTS = {
    401: "Freshservice does not know us: the API key in the secret {secret} is not (or no longer) an agent's",
    403: "we lack a right: the role of the agent whose key {secret} holds must let it view, create and edit changes",
    404: "there is nothing there, or we may not see it",
    413: "what we sent is too large",
}


class Calls:
    """The key is read anew for each call, so that a changed one needs no restart."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self.what = f"ticket system {deps.name}"

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        allowed: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """One call, under the account's API; `allowed`: refusals that are returned as well."""
        key = (await self._deps.secrets.get(self._settings.api_key)).strip()
        if not (key.isascii() and key.isprintable() and " " not in key):
            name = self._settings.api_key
            raise PermanentError(f"{self.what}: the secret {name} holds what no API key has: was it copied whole?")
        basic = base64.b64encode(f"{key}:X".encode()).decode()  # any password will do
        response = await self._deps.http.send(
            method, self._settings.address + API + path, what=self.what, json=body, params=params,
            headers={"Authorization": f"Basic {basic}", "Accept": "application/json"},
            expected=_SPEAKING, transient=frozenset({409, 412}), hide=(basic, key),
        )  # fmt: skip
        status = response.status_code
        if status in _SPEAKING and status not in allowed:
            said = complaint(response)
            for secret in (basic, key):
                said = said.replace(secret, "…")
            hint = _HINTS.get(status, "Freshservice does not take it").format(secret=self._settings.api_key)
            more = f" ({said[:_SHOWN]})" if said else ""
            raise PermanentError(f"{self.what}: {method} {path} answered {status}: {hint}{more}")
        return response

    def read(self, response: httpx.Response, name: str, holds: type) -> Any:
        """What the answer holds under `name`; TransientError where it is not what Freshservice says."""
        try:
            found = response.json()
        except ValueError:
            found = None
        result = found.get(name) if isinstance(found, dict) else None
        if not isinstance(result, holds):
            raise TransientError(
                f"{self.what}: {response.request.url.path} answered without {name!r}: is it Freshservice?", 60
            )
        return result

    async def page(self, path: str, name: str, number: int, params: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """One page of a list, at most a hundred; a shorter one is the last."""
        asked = {**params, "per_page": "100", "page": str(number)}
        found = self.read(await self.ask("GET", path, params=asked), name, list)
        return [one for one in found if isinstance(one, dict)]

    async def all(self, path: str, name: str) -> list[Mapping[str, Any]]:
        """Every page of a short list (notes, groups)."""
        found: list[Mapping[str, Any]] = []
        for number in range(1, 51):
            page = await self.page(path, name, number, {})
            found += page
            if len(page) < 100:
                break
        return found


def complaint(response: httpx.Response) -> str:
    """What Freshservice says about a request that it does not take, in one line."""
    try:
        body = response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    said = [str(body.get("description") or body.get("message") or "")]
    said += [f"{one['field']}: {one.get('message')}" for one in errors(body)]
    return " ".join("; ".join(part for part in said if part).split())


def errors(body: Any) -> list[Mapping[str, Any]]:
    """What is wrong with which field."""
    found = body.get("errors") if isinstance(body, dict) else None
    return [one for one in found or () if isinstance(one, dict) and one.get("field")] if isinstance(found, list) else []
