"""Whether planned dates conflict with others there: ServiceNow checks it, and we tell what it says."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.writes import CHANGES, Record, Writes
from shared.core.errors import PermanentError, TransientError

_PASSED_OVER = frozenset({400, 403, 404, 405})
_DONE = "2"  # of a job: it has ended well
_SHOWN = 5
_WITH = ("conflicting_change", "schedule", "configuration_item", "affected_ci", "impacted_service", "change")


class Conflicts:
    """The check runs in the background: it is asked for once and read once; what takes longer the board sees there."""

    def __init__(self, calls: Calls, writes: Writes) -> None:
        self._calls, self._writes = calls, writes

    async def tell(self, record: Record) -> Record:
        """The record, with the conflicts in its work notes where there are some. Never an error: these are words."""
        if not all(records.raw_value(record, name) for name in ("cmdb_ci", "start_date", "end_date")):
            return record  # ServiceNow cannot check it
        with suppress(TransientError, PermanentError):
            if line := await self._line(records.raw_value(record, "sys_id"), records.raw_value(record, "number")):
                return await self._writes.tell(record, records.untold([line], record))
        return record

    async def _line(self, sys_id: str, number: str) -> str:
        """What is said about conflicts; empty where there are none, or none are known yet."""
        path = f"{CHANGES}/{sys_id}/conflict"
        start = await self._calls.ask("POST", path, body={}, allowed=_PASSED_OVER)
        if not start.is_success:
            return ""
        answer = await self._calls.ask("GET", path, allowed=_PASSED_OVER)
        result = self._calls.result(answer, dict) if answer.is_success else {}
        entries = result.get("conflicts")
        if records.as_text(result.get("job_status")) != _DONE or not isinstance(entries, list):
            return ""
        names = list(dict.fromkeys(_name(entry, number) for entry in entries if isinstance(entry, dict)))
        more = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return f"ServiceNow sees conflicts with the planned dates: {', '.join(names[:_SHOWN])}{more}" if names else ""


def _name(conflict: Mapping[str, Any], number: str) -> str:
    """A conflict by its kind and what it is with."""
    kind = records.display_value(conflict, "type") or "Conflict"
    named = (records.display_value(conflict, name) for name in _WITH)
    other = next((each for each in named if each and each != number), "")
    return f"{kind} ({other})" if other else kind
