"""Calls to one Freshservice account, and what it says about those that it refuses."""

from collections.abc import Mapping
from typing import Any, ClassVar

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import RemoteCalls, SignIn, basic
from shared.adapters.ticketing.shapes import Shape
from shared.adapters.tickets.freshservice.settings import Settings

API = "/api/v2"


class Calls(RemoteCalls):
    """One account, with an agent's API key. A 409 says that a change's own state forbids it, not that another wrote."""

    system = "Freshservice"
    refusals = frozenset({400, 401, 403, 404, 405, 406, 409, 413, 415, 422})
    conflicts = frozenset({412})
    holds: ClassVar[Mapping[str, Shape]] = {
        "change": dict, "changes": list, "change_fields": list, "approvals": list, "notes": list, "groups": list,
        "agents": list, "tasks": list,
    }  # fmt: skip
    wait = 60

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        key = settings.api_key
        hints = {
            401: f"Freshservice does not know us: the API key in the secret {key} is not (or no longer) an agent's",
            403: f"we lack a right: the role of the agent whose key {key} holds must let it view, create and edit "
            "changes",
        }
        super().__init__(deps, settings.address + API, hints)

    async def sign_in(self) -> SignIn:
        key = await self.secret(self._settings.api_key, "API key")
        return basic(key, "X", secret=key)  # any password will do

    async def page(self, path: str, name: str, number: int, params: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """One page of a list, at most a hundred; a shorter one is the last."""
        query = {**params, "per_page": "100", "page": str(number)}
        entries = await self.get_part(path, name, query)
        return [entry for entry in entries if isinstance(entry, dict)]

    @property
    def where(self) -> dict[str, str]:
        """Which workspace is meant; without it Freshservice means the primary one and what is global."""
        return {"workspace_id": str(self._settings.workspace_id)} if self._settings.workspace_id else {}

    async def all(self, path: str, name: str, params: Mapping[str, str] | None = None) -> list[Mapping[str, Any]]:
        """Every page of a short list (notes, groups)."""
        entries: list[Mapping[str, Any]] = []
        for number in range(1, 51):
            page = await self.page(path, name, number, params or {})
            entries += page
            if len(page) < 100:
                break
        return entries

    def complaint(self, body: Mapping[str, Any]) -> str:
        whole = str(body.get("description") or body.get("message") or "")
        parts = [f"{error['field']}: {error.get('message')}" for error in errors(body)]
        return "; ".join(part for part in (whole, *parts) if part)


def errors(body: Any) -> list[Mapping[str, Any]]:
    """What is wrong with which field."""
    entries = body.get("errors") if isinstance(body, dict) else None
    return (
        [entry for entry in entries or () if isinstance(entry, dict) and entry.get("field")]
        if isinstance(entries, list)
        else []
    )
