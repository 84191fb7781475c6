"""An account's form of changes: its fields, which of them it requires, and the statuses that it has."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import Calls
from shared.adapters.tickets.freshservice.settings import Settings
from shared.core.terms import State


class Form:
    """Read when first needed, and again for a status that it did not have."""

    def __init__(self, calls: Calls, settings: Settings) -> None:
        self._calls, self._settings = calls, settings
        self._fields: dict[str, Mapping[str, Any]] | None = None

    async def fields(self, *, anew: bool = False) -> dict[str, Mapping[str, Any]]:
        """By name; empty where we may not read it."""
        if self._fields is None or anew:
            answer = await self._calls.ask(
                "GET", "/change_form_fields", params=self._calls.where, allowed=frozenset({403, 404})
            )
            entries = self._calls.read_part(answer, "change_fields") if answer.is_success else []
            self._fields = {str(entry.get("name")): entry for entry in entries if isinstance(entry, dict)}
        return self._fields

    async def required(self) -> frozenset[str]:
        return frozenset(name for name, field in (await self.fields()).items() if field.get("required"))

    async def labels(self, status: Any) -> Mapping[int, str]:
        """The statuses' names; not asked for where those that ship will do."""
        if status in changes.SHIPPED and not self._settings.states:
            return changes.SHIPPED
        statuses = _statuses(await self.fields())
        return statuses if status in statuses else _statuses(await self.fields(anew=True))

    async def status_of(self, state: State) -> int:
        """The status that means one of ours, 0 where the account has none."""
        for status, label in _statuses(await self.fields()).items():
            if changes.state_of(self._settings, status, {status: label}) == state:
                return status
        return 0


def _statuses(fields: Mapping[str, Mapping[str, Any]]) -> dict[int, str]:
    choices = fields.get("status", {}).get("choices")
    entries = [entry for entry in choices or () if isinstance(entry, dict)] if isinstance(choices, list) else []
    return {entry["id"]: str(entry.get("value") or "") for entry in entries if isinstance(entry.get("id"), int)}
