"""Calls to one organisation: signed in, each answer that refuses in words for the one who set it up."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.core.errors import PermanentError, TransientError

SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"
"""Azure DevOps among Entra's resources."""
_SPEAKING = frozenset({301, 302, 400, 401, 403, 404, 413, 415, 422})
_CONFLICT = frozenset({409, 412})
_HOLDS: dict[str, type] = {
    "fields": dict, "rev": int, "value": list, "workItems": list, "states": list, "authenticatedUser": dict,
}  # fmt: skip
"""What answers must have, else a string."""
_SHOWN = 300
_SIGN_IN = "Azure DevOps does not know us: {who}"
_HINTS = {
    203: _SIGN_IN,
    301: _SIGN_IN,
    302: _SIGN_IN,
    401: _SIGN_IN,
    403: "we lack a permission",
    404: "there is nothing there, or we may not see it",
    413: "what we sent is too large",
}
_PATCH = "application/json-patch+json"


class Calls:
    """The secret is read anew for each call, so that a changed one needs no restart."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self.what = f"ticket system {deps.name}"

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        patch: list[dict[str, Any]] | None = None,
        version: str = "7.1",
        allowed: frozenset[int] = frozenset(),
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One call, under the organisation's address; `patch`: a JSON patch. `allowed`: refusals that are returned too.

        409 and 412 say that somebody else wrote: TransientError, to look again soon.
        """
        headers, hide = await self._signed_in()
        if patch is not None:
            headers["Content-Type"] = _PATCH
        content = json.dumps(patch).encode() if patch is not None else None
        response = await self._deps.http.send(
            method, self._settings.api + path, what=self.what, json=body, content=content, headers=headers,
            params={"api-version": version, **(params or {})}, expected=_SPEAKING | _CONFLICT, hide=hide,
        )  # fmt: skip
        status = response.status_code
        if status in _CONFLICT and status not in allowed:
            raise TransientError(f"{self.what}: {path} answered {status}: somebody else has just written there", 5)
        if status == 203 or (status in _SPEAKING and status not in allowed):
            said = complaint(response)
            for secret in hide:
                said = said.replace(secret, "…")
            hint = _HINTS.get(status, "Azure DevOps does not take it").format(who=self._who())
            raise PermanentError(
                f"{self.what}: {method} {path} answered {status}: {hint}{f' ({said[:_SHOWN]})' if said else ''}"
            )
        return response

    async def get(self, path: str, holds: str, *, version: str = "7.1", params: Mapping[str, str] | None = None) -> Any:
        """An object that has what it must hold."""
        return self.read(await self.ask("GET", path, version=version, params=params), holds)

    def read(self, response: httpx.Response, holds: str) -> Any:
        """The answer; TransientError where it is not what Azure DevOps says, but what stands before it."""
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict) or not isinstance(found.get(holds), _HOLDS.get(holds, str)):
            path = response.request.url.path
            raise TransientError(f"{self.what}: {path} answered without {holds!r}: is it Azure DevOps?")
        return found

    async def _signed_in(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """The headers, and what no error may hold. With `Suppress` a stranger gets 401 instead of a page to sign in."""
        headers = {"Accept": "application/json", "X-TFS-FedAuthRedirect": "Suppress"}
        if self._settings.pat:
            pat = (await self._deps.secrets.get(self._settings.pat)).strip()
            if not (pat.isascii() and pat.isprintable() and " " not in pat):
                name = self._settings.pat
                raise PermanentError(f"{self.what}: the secret {name} holds what no token has: was it copied whole?")
            basic = base64.b64encode(f":{pat}".encode()).decode()
            return headers | {"Authorization": f"Basic {basic}"}, (basic, pat)
        token = await self._deps.token(SCOPE)
        return headers | {"Authorization": f"Bearer {token}"}, (token,)

    def _who(self) -> str:
        pat, organization = self._settings.pat, self._settings.organization
        if pat:
            return f"the personal access token in the secret {pat} has run out, or is not for {organization}"
        return (
            f"add our managed identity to the organisation {organization} (Organization settings, Users, access level "
            "Basic), which must be connected to the same Entra tenant"
        )


def complaint(response: httpx.Response) -> str:
    """What Azure DevOps says about a request that it does not take, in one line."""
    try:
        body = response.json()
    except ValueError:
        return ""
    return " ".join(str(body.get("message") or "").split()) if isinstance(body, dict) else ""
