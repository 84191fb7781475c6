"""The sub-tasks of an issue: one for each step of the plan (shared/adapters/ticketing/tasks.py)."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.adapters.ticketing import tasks
from shared.adapters.tickets.jira.calls import Calls
from shared.adapters.tickets.jira.issue import LONGEST_SUMMARY, label_of
from shared.adapters.tickets.jira.people import People
from shared.adapters.tickets.jira.pinging import Screen
from shared.adapters.tickets.jira.settings import Settings
from shared.core.tickets.ticket import PlanStep, Ticket

_ISSUE = "/rest/api/3/issue"
_AT_ONCE = 100
_REFUSED = frozenset({400, 403, 404})
_EXTRA = frozenset({"assignee", "duedate"})
"""What a sub-task can do without."""


class Subtasks:
    """`make` for an issue that is there."""

    def __init__(self, calls: Calls, settings: Settings, people: People, screen: Screen) -> None:
        self._calls, self._settings, self._people, self._screen = calls, settings, people, screen

    async def make(
        self, issue: Mapping[str, Any], ticket: Ticket, made: Sequence[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The keys of the steps that have a sub-task now, and what people are asked to do instead, a line each.

        `issue`: with its field `subtasks`; `made`: the keys of the steps that are known to have one.
        """
        steps = tasks.pending(ticket, made)
        if not steps:
            return tuple(made), ()
        there, done = await self._there(issue), list(made)
        kind = ""
        for step in steps:
            if not there & {label_of(tasks.key_of(ticket, step)), tasks.title_of(step, LONGEST_SUMMARY)}:
                kind = kind or await self._screen.subtask_type()
                if not kind:
                    let = f"give project {self._settings.project} a sub-task type that we may create"
                    return tuple(done), (tasks.by_hand("Jira", let),)
                if why := await self._create(issue, ticket, step, kind):
                    let = "let us: the sub-task type, with Labels on the screen on which it is created"
                    return tuple(done), (tasks.by_hand("Jira", let, why),)
            done.append(step.key)
        return tuple(done), ()

    async def _there(self, issue: Mapping[str, Any]) -> set[str]:
        """The labels and titles of the sub-tasks that the issue has; a search would see a new one late."""
        keys = [str(each["key"]) for each in issue["fields"].get("subtasks") or ()]
        there: set[str] = set()
        for at in range(0, len(keys), _AT_ONCE):
            body = {"issueIdsOrKeys": keys[at : at + _AT_ONCE], "fields": ["labels", "summary"]}
            answer = await self._calls.ask("POST", f"{_ISSUE}/bulkfetch", body=body)
            for each in self._calls.read_part(answer, "issues"):
                there |= {*(each["fields"].get("labels") or ()), str(each["fields"].get("summary"))}
        return there

    async def _create(self, issue: Mapping[str, Any], ticket: Ticket, step: PlanStep, kind: str) -> str:
        """Make one, without what its screen does not have; or what Jira says against it."""
        owner = await self._people.account(step.owner)
        extra: dict[str, Any] = {"assignee": {"id": owner}} if owner else {}
        if step.day:
            extra["duedate"] = str(step.day)
        fields = {
            "project": {"key": str((issue["fields"].get("project") or {}).get("key") or self._settings.project)},
            "parent": {"key": issue["key"]},
            "issuetype": {"id": kind},
            "summary": tasks.title_of(step, LONGEST_SUMMARY),
            "labels": [label_of(tasks.key_of(ticket, step))],
        }
        answer = await self._calls.ask("POST", _ISSUE, body={"fields": {**fields, **extra}}, allowed=_REFUSED)
        faults = self._calls.errors_of(answer)
        if not answer.is_success and faults and faults.keys() <= _EXTRA & extra.keys():
            fewer = {name: what for name, what in extra.items() if name not in faults}
            answer = await self._calls.ask("POST", _ISSUE, body={"fields": {**fields, **fewer}}, allowed=_REFUSED)
        if answer.is_success:
            return ""
        return self._calls.complaint_of(answer) or f"status {answer.status_code}"
