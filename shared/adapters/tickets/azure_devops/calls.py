"""Calls to one organisation of Azure DevOps, and what it says about those that it refuses."""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import RemoteCalls, SignIn, basic, bearer
from shared.adapters.ticketing.shapes import Shape
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.adapters.tickets.azure_devops.shapes import HOLDS
from shared.core.errors import TransientError

SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"
"""Azure DevOps among Entra's resources."""
_CONFLICT = frozenset({409, 412})
_PATCH = "application/json-patch+json"


class Calls(RemoteCalls):
    """One organisation, with a personal access token or as our managed identity."""

    system = "Azure DevOps"
    refusals = frozenset({203, 301, 302, 400, 401, 403, 404, 413, 415, 422}) | _CONFLICT
    strangers = frozenset({203, 301, 302, 401})
    conflicts: ClassVar[frozenset[int]] = frozenset()
    holds: ClassVar[Mapping[str, Shape]] = HOLDS
    headers: ClassVar[Mapping[str, str]] = {"X-TFS-FedAuthRedirect": "Suppress"}  # 401 instead of a page to sign in

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        stranger = f"Azure DevOps does not know us: {self._who()}"
        super().__init__(deps, settings.api, dict.fromkeys((203, 301, 302, 401), stranger))

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        allowed: frozenset[int] = frozenset(),
        version: str = "7.1",
    ) -> httpx.Response:
        """One call to that version of the API."""
        params = {"api-version": version, **(params or {})}
        return await super().ask(method, path, body=body, params=params, headers=headers, allowed=allowed)

    async def patch(
        self,
        method: str,
        path: str,
        operations: list[dict[str, Any]],
        *,
        params: Mapping[str, str] | None = None,
        allowed: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """One call whose body is a JSON patch."""
        headers = {"Content-Type": _PATCH}
        return await self.ask(method, path, body=operations, params=params, headers=headers, allowed=allowed)

    def refused(self, call: str, response: httpx.Response, secrets: tuple[str, ...]) -> Exception:
        """409 and 412 say that somebody else wrote: TransientError, to look again soon."""
        if (status := response.status_code) in _CONFLICT:
            path = call.partition(" ")[2]
            return TransientError(f"{self.what}: {path} answered {status}: somebody else has just written there", 5)
        return super().refused(call, response, secrets)

    async def sign_in(self) -> SignIn:
        if self._settings.pat:
            return basic("", await self.secret(self._settings.pat, "token"))
        return bearer(await self._deps.token(SCOPE, self.host))

    def complaint(self, body: Mapping[str, Any]) -> str:
        return str(body.get("message") or "")

    def _who(self) -> str:
        pat, organization = self._settings.pat, self._settings.organization
        if pat:
            return f"the personal access token in the secret {pat} has run out, or is not for {organization}"
        return (
            f"add our managed identity to the organisation {organization} (Organization settings, Users, access level "
            "Basic), which must be connected to the same Entra tenant"
        )
