"""An account's form of changes: its fields, which of them it requires, and the statuses that it has."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.tickets.freshservice import change as changes
from shared.adapters.tickets.freshservice.calls import Calls
from shared.adapters.tickets.freshservice.settings import Settings


class Form:
    """Read when first needed, and again for a status that it did not have."""

    def __init__(self, calls: Calls, settings: Settings) -> None:
        self._calls, self._settings = calls, settings
        self._fields: dict[str, Mapping[str, Any]] | None = None

    async def fields(self, *, anew: bool = False) -> dict[str, Mapping[str, Any]]:
        """By name; empty where we may not read it."""
        if self._fields is None or anew:
            answer = await self._calls.ask("GET", "/change_form_fields", allowed=frozenset({403, 404}))
            found = self._calls.read_part(answer, "change_fields") if answer.is_success else []
            self._fields = {str(one.get("name")): one for one in found if isinstance(one, dict)}
        return self._fields

    async def required(self) -> frozenset[str]:
        return frozenset(name for name, one in (await self.fields()).items() if one.get("required"))

    async def labels(self, status: Any) -> Mapping[int, str]:
        """The statuses' names; not asked for where those that ship will do."""
        if status in changes.SHIPPED and not self._settings.states:
            return changes.SHIPPED
        found = _statuses(await self.fields())
        return found if status in found else _statuses(await self.fields(anew=True))

    async def cancelled(self) -> int:
        """The status that means cancelled, 0 where the account has none."""
        for status, label in _statuses(await self.fields()).items():
            if changes.state_of(self._settings, status, {status: label}) == "cancelled":
                return status
        return 0


def _statuses(fields: Mapping[str, Mapping[str, Any]]) -> dict[int, str]:
    choices = fields.get("status", {}).get("choices")
    found = [one for one in choices or () if isinstance(one, dict)] if isinstance(choices, list) else []
    return {one["id"]: str(one.get("value") or "") for one in found if isinstance(one.get("id"), int)}
