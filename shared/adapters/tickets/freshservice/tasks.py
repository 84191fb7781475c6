"""The tasks under a change: one for each step of the plan, made once and never touched again.

Freshservice has no field for our key in a task: it is the last line of its description.
"""

from collections.abc import Sequence
from typing import Any

from shared.adapters.ticketing.tasks import by_hand, key_of, pending, title_of
from shared.adapters.tickets.freshservice.calls import Calls
from shared.adapters.tickets.freshservice.change import KEY_LABEL, lines, note_of
from shared.adapters.tickets.freshservice.people import People
from shared.core.tickets.ticket import PlanStep, Ticket

_TITLE, _OPEN = 255, 1
_REFUSED = frozenset({400, 403, 404, 405, 409, 422})
_LET = "let the role of our agent edit tasks"


class Tasks:
    """`make` for a change that is there."""

    def __init__(self, calls: Calls, people: People) -> None:
        self._calls, self._people = calls, people

    async def make(
        self, change_id: str, ticket: Ticket, made: Sequence[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The keys of the steps that have a task now, and what people are asked to do instead, a line each.

        `made`: the keys of those that are known to have one.
        """
        steps = pending(ticket, made)
        if not steps:
            return tuple(made), ()
        path = f"/changes/{change_id}/tasks"
        listed = await self._calls.ask("GET", path, params={"per_page": "100"}, allowed=_REFUSED)
        there = _said_in(self._calls.read_part(listed, "tasks")) if listed.is_success else set()
        group, _ = await self._people.group(ticket.group)
        done = list(made)
        for step in steps:
            if not there & {_key_line(ticket, step), title_of(step, _TITLE)}:
                fields = task_fields(ticket, step, await self._people.agent(step.owner), group)
                answer = await self._calls.ask("POST", path, body=fields, allowed=_REFUSED)
                if not answer.is_success:
                    return tuple(done), (by_hand("Freshservice", _LET, self._calls.complaint_of(answer)),)
            done.append(step.key)
        return tuple(done), ()


def task_fields(ticket: Ticket, step: PlanStep, agent: Any = None, group: Any = None) -> dict[str, Any]:
    """A new task. `agent`, `group`: their ids, None where nobody is known."""
    fields = {
        "title": title_of(step, _TITLE),
        "description": note_of([step.text, _key_line(ticket, step)]),
        "status": _OPEN,
        "due_date": f"{step.day}T23:59:59Z" if step.day else None,
        "agent_id": agent,
        "group_id": group,
    }
    return {name: what for name, what in fields.items() if what is not None}


def _key_line(ticket: Ticket, step: PlanStep) -> str:
    return f"{KEY_LABEL}{key_of(ticket, step)}"


def _said_in(tasks: Sequence[Any]) -> set[str]:
    """The titles of tasks and the lines of their descriptions."""
    said = set()
    for task in tasks:
        if isinstance(task, dict):
            said |= {str(task.get("title") or ""), *lines(task.get("description"))}
    return said - {""}
