"""Calls to one Jira site: signed in, each answer that refuses in words for the one who set it up."""

import base64
from collections.abc import Mapping
from typing import Any

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.jira.settings import Settings
from shared.core.errors import PermanentError, TransientError

_SPEAKING = frozenset({400, 401, 403, 404, 410, 413, 422})
_HOLDS: dict[str, type] = {
    "fields": dict, "issues": list, "transitions": list, "comments": list, "values": list, "permissions": dict,
    "total": int,
}  # fmt: skip
"""What answers must have, else a string."""
_SHOWN = 300
_HINTS = {
    401: "Jira does not know us: the secret {token} is no valid token{of}, or it has run out",
    403: "we lack a permission",
    404: "there is nothing there, or we may not see it",
    410: "that part of Jira's API is gone; a newer Foresignal is needed",
    413: "what we sent is too large",
}


class Site:
    """The token is read anew for each call, so that a changed secret needs no restart."""

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
        """One call, under the API's own address; `allowed`: refusals that are returned as well."""
        settings = self._settings
        token = (await self._deps.secrets.get(settings.token)).strip()
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise PermanentError(
                f"{self.what}: the secret {settings.token} holds what no token has: was it copied whole?"
            )
        basic = base64.b64encode(f"{settings.email}:{token}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}" if settings.email else f"Bearer {token}"}
        headers |= {"Accept": "application/json", "X-ExperimentalApi": "opt-in"}  # for approvals, in some versions
        response = await self._deps.http.send(
            method, settings.api + path, what=self.what, json=body, params=params, headers=headers,
            expected=_SPEAKING, transient=frozenset({409, 412}), hide=(token, basic),
        )  # fmt: skip
        status = response.status_code
        if status in _SPEAKING and status not in allowed:
            hint = _HINTS.get(status, "Jira does not take it")
            hint = hint.format(token=settings.token, of=f" of {settings.email}" if settings.email else "")
            said = complaint(response).replace(token, "…").replace(basic, "…")
            raise PermanentError(
                f"{self.what}: {method} {path} answered {status}: {hint}{f' ({said})' if said else ''}"
            )
        return response

    async def get(self, path: str, holds: str, **params: str) -> Any:
        """An object that has what it must hold."""
        return self.read(await self.ask("GET", path, params=params or None), holds)

    def read(self, response: httpx.Response, holds: str) -> Any:
        """The answer; TransientError where it is not what Jira says, but what stands before it."""
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get(holds), _HOLDS.get(holds, str)):
            raise TransientError(f"{self.what}: {response.request.url.path} answered without {holds!r}: is it Jira?")
        return found


def complaint(response: httpx.Response) -> str:
    """What Jira says about a request that it does not take, in one line."""
    try:
        body = response.json()
    except ValueError:
        return " ".join(response.text.split())[:_SHOWN]
    if not isinstance(body, dict):
        return ""
    messages = [str(one) for one in (*(body.get("errorMessages") or ()), body.get("message") or "") if one]
    errors = body.get("errors")
    named = [f"{name}: {text}" for name, text in errors.items()] if isinstance(errors, dict) else []
    return "; ".join((*messages, *named))[:_SHOWN]
