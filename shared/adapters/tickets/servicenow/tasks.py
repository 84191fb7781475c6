"""The tasks under a change request: one for each step of the plan, made once and never touched again."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.adapters.ticketing.tasks import by_hand, pending, title_of
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.people import People
from shared.adapters.tickets.servicenow.wanted import KEY_LIMIT
from shared.adapters.tickets.servicenow.writes import REFUSED
from shared.core.tickets.ticket import PlanStep, Ticket

_TABLE = "/api/now/table/change_task"
_LISTED, _TITLE = 200, 160
_LET = "let our user write change tasks (table change_task)"


class Tasks:
    """`make` for a change request that is there."""

    def __init__(self, calls: Calls, people: People) -> None:
        self._calls, self._people = calls, people

    async def make(self, sys_id: str, ticket: Ticket, made: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The keys of the steps that have a task now, and what people are asked to do instead, a line each.

        `made`: the keys of those that are known to have one.
        """
        steps = pending(ticket, made)
        if not steps:
            return tuple(made), ()
        there = await self._there(sys_id)
        users = await self._people.users(step.owner for step in steps)
        group = await self._people.group(ticket.group)
        done = list(made)
        for step in steps:
            fields = task_fields(ticket, step, users.get(step.owner, ""), group)
            if not there & {fields["correlation_id"], fields["short_description"]}:
                body = {"change_request": sys_id, **fields}
                answer = await self._calls.ask("POST", _TABLE, body=body, allowed=REFUSED | {404})
                if not answer.is_success:
                    return tuple(done), (by_hand("ServiceNow", _LET, self._calls.complaint_of(answer)),)
            done.append(step.key)
        return tuple(done), ()

    async def _there(self, sys_id: str) -> set[str]:
        """The keys and titles of the tasks that the change request has."""
        params = {
            "sysparm_query": f"change_request={sys_id}",
            "sysparm_fields": "change_request,correlation_id,short_description",
            "sysparm_limit": str(_LISTED),
        }
        answer = await self._calls.ask("GET", _TABLE, params=params, allowed=REFUSED | {404})
        rows = self._calls.result(answer, [{}]) if answer.is_success else []
        ours = [row for row in rows if _id_in(row.get("change_request")) == sys_id]
        return {records.raw_value(row, name) for row in ours for name in ("correlation_id", "short_description")} - {""}


def task_fields(ticket: Ticket, step: PlanStep, owner: str, group: str) -> dict[str, str]:
    """A new task. `owner`, `group`: their ids, empty where nobody is known."""
    key = f"{ticket.key[: KEY_LIMIT - len(step.key) - 1]}-{step.key}"
    end = {"planned_end_date": f"{step.day} 23:59:59"} if step.day else {}
    people = {name: sys_id for name, sys_id in (("assigned_to", owner), ("assignment_group", group)) if sys_id}
    return {
        "correlation_id": key,
        "short_description": title_of(step, _TITLE),
        "change_task_type": "implementation",
        **end,
        **people,
    }


def _id_in(reference: Any) -> str:
    """A reference's id: some answers say it beside a link."""
    return str(reference.get("value", "")) if isinstance(reference, Mapping) else str(reference or "")
