"""The tasks under a work item: one for each step of the plan (shared/adapters/ticketing/tasks.py)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from shared.adapters.ticketing import tasks
from shared.adapters.tickets.azure_devops.calls import Calls
from shared.adapters.tickets.azure_devops.item import LONGEST_TITLE, Item, Operation, put, tags_of
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.adapters.tickets.azure_devops.shapes import ITEM, ITEMS, KIND
from shared.core.tickets.ticket import PlanStep, Ticket

TASK = "Task"
"""The type of tasks in each of Microsoft's processes."""
_REFUSED = frozenset({400, 403, 404})
_DOWN, _UP = "System.LinkTypes.Hierarchy-Forward", "System.LinkTypes.Hierarchy-Reverse"
_NUMBER = re.compile(r"/workitems/(\d{1,10})$", re.IGNORECASE)
_DAYS = ("Microsoft.VSTS.Scheduling.DueDate", "Microsoft.VSTS.Scheduling.FinishDate")
_AT_ONCE = 200
_LET = "let us: a work item type Task in the project, and the right to create work items and tags"


class Children:
    """`make` for a work item that is there. To add a child is a revision of its parent: do it last."""

    def __init__(self, calls: Calls, settings: Settings) -> None:
        self._calls, self._settings = calls, settings
        self._days: dict[str, str | None] = {}  # the field of a task's day, by project; None: it has no tasks

    async def make(self, item: Item, ticket: Ticket, made: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The keys of the steps that have a task now, and what people are asked to do instead, a line each.

        `made`: the keys of the steps that are known to have one.
        """
        steps = tasks.pending(ticket, made)
        if not steps:
            return tuple(made), ()
        there, done = await self._there(item), list(made)
        for step in steps:
            is_there = there & {tag_of(step).casefold(), tasks.title_of(step, LONGEST_TITLE).casefold()}
            why = "" if is_there else await self._create(item, step)
            if why:
                return tuple(done), (tasks.by_hand("Azure DevOps", _LET, why),)
            done.append(step.key)
        return tuple(done), ()

    async def _there(self, item: Item) -> set[str]:
        """The tags and titles of the children that the work item has."""
        answer = await self._calls.ask("GET", f"/_apis/wit/workitems/{item['id']}", params={"$expand": "relations"})
        relations = self._calls.read_whole(answer, ITEM).get("relations") or ()
        links = [_NUMBER.search(str(each.get("url"))) for each in relations if each.get("rel") == _DOWN]
        numbers = [link[1] for link in links if link]
        there: set[str] = set()
        for at in range(0, len(numbers), _AT_ONCE):
            some = ",".join(numbers[at : at + _AT_ONCE])
            params = {"ids": some, "fields": "System.Tags,System.Title", "errorPolicy": "omit"}
            answer = await self._calls.ask("GET", "/_apis/wit/workitems", params=params)
            for child in self._calls.read_part(answer, "value", ITEMS):
                fields = child["fields"] if child else {}
                there |= {each.casefold() for each in (*tags_of(fields), str(fields.get("System.Title")))}
        return there

    async def _create(self, item: Item, step: PlanStep) -> str:
        """Make one, without the owner where nobody is known by that; or what Azure DevOps says against it."""
        project = str(item["fields"].get("System.TeamProject") or self._settings.project)
        day = await self._day_field(project)
        if day is None:
            return f"project {project} has no work item type {TASK}"
        path = f"/{quote(project)}/_apis/wit/workitems/${TASK}"
        patch = self._patch(item, step, day)
        answer = await self._calls.patch("POST", path, patch, allowed=_REFUSED)
        if answer.status_code == 400 and step.owner:
            fewer = [each for each in patch if each["path"] != "/fields/System.AssignedTo"]
            answer = await self._calls.patch("POST", path, fewer, allowed=_REFUSED)
        if answer.is_success:
            return ""
        return self._calls.complaint_of(answer) or f"status {answer.status_code}"

    def _patch(self, item: Item, step: PlanStep, day: str) -> list[Operation]:
        above = f"{self._settings.api}/_apis/wit/workItems/{item['id']}"
        fields: dict[str, Any] = {
            "System.Title": tasks.title_of(step, LONGEST_TITLE),
            "System.Tags": tag_of(step),
            **{name: item["fields"].get(name) for name in ("System.AreaPath", "System.IterationPath")},
            **({day: str(step.day)} if day and step.day else {}),
            "System.AssignedTo": step.owner,
        }
        link = {"op": "add", "path": "/relations/-", "value": {"rel": _UP, "url": above}}
        return [*(put(name, what) for name, what in fields.items() if what), link]

    async def _day_field(self, project: str) -> str | None:
        """The field for a task's day, empty where its type has none; None where there are no tasks."""
        if self._days.get(project) is None:
            path = f"/{quote(project)}/_apis/wit/workitemtypes/{TASK}"
            answer = await self._calls.ask("GET", path, allowed=frozenset({404}))
            kind: Mapping[str, Any] = self._calls.read_whole(answer, KIND) if answer.is_success else {}
            names = {str(field.get("referenceName")) for field in kind.get("fields") or ()}
            self._days[project] = next((name for name in _DAYS if name in names), "") if kind else None
        return self._days[project]


def tag_of(step: PlanStep) -> str:
    """By what a task is known under its work item: it does not begin as the work item's own tag does."""
    return f"foresignal-step-{step.key}"
