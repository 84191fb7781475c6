"""The issues under an issue: one for each step of the plan (shared/adapters/ticketing/tasks.py)."""

from collections.abc import Sequence
from typing import Any

from shared.adapters.ticketing import tasks
from shared.adapters.tickets.redmine import issue as issues
from shared.adapters.tickets.redmine.calls import Calls
from shared.adapters.tickets.redmine.issue import Issue
from shared.adapters.tickets.redmine.names import Names
from shared.adapters.tickets.redmine.settings import Settings
from shared.core.tickets.ticket import PlanStep, Ticket

_RIGHT = "manage_subtasks"
_REFUSED = frozenset({403, 404, 422})
_LET = "give our role the permission “Manage subtasks”"
_LISTED = 100
_DERIVED = (
    "Redmine computes the dates of an issue from its subtasks, so the plan's days were overwritten: please set Parent "
    "tasks attributes to “Independent of subtasks” (Administration, Settings, Issue tracking), and the days by hand"
)
Made = tuple[str, ...]


class Subissues:
    """`make` for an issue that is there."""

    def __init__(self, calls: Calls, names: Names, settings: Settings) -> None:
        self._calls, self._names, self._settings = calls, names, settings

    async def make(self, issue: Issue, ticket: Ticket, made: Sequence[str]) -> tuple[Made, tuple[str, ...]]:
        """The keys of the steps that have an issue now, and what people are asked to do instead, a line each.

        `made`: the keys of the steps that are known to have one. Redmine leaves out silently that an issue is under
        another where we may not say so: then none is made.
        """
        steps = tasks.pending(ticket, made)
        if not steps:
            return tuple(made), ()
        if _RIGHT not in await self._names.permissions():
            return tuple(made), (tasks.by_hand("Redmine", _LET),)
        there, done = await self._there(issue), list(made)
        lines: list[str] = []
        for step in steps:
            is_there = there & {tasks.key_of(ticket, step), tasks.title_of(step, issues.LONGEST_SUBJECT)}
            why = "" if is_there else await self._create(issue, ticket, step)
            if why:
                lines = [tasks.by_hand("Redmine", _LET, why)]
                break
            done.append(step.key)
        if len(done) > len(made) and await self._lost_dates(issue):
            lines.append(_DERIVED)
        return tuple(done), tuple(lines)

    async def _there(self, issue: Issue) -> set[str]:
        """The keys and subjects of the issues that are under it."""
        key = await self._names.key_field()
        params = {"parent_id": str(issue["id"]), "status_id": "*", "limit": str(_LISTED)}
        below: list[Issue] = await self._calls.get_part("/issues.json", "issues", params)
        ours = [each for each in below if (each.get("parent") or {}).get("id") == issue["id"]]
        return {text for each in ours for text in (str(issues.custom(each, key) or ""), str(each.get("subject")))}

    async def _create(self, issue: Issue, ticket: Ticket, step: PlanStep) -> str:
        """Make one, without the owner where Redmine does not take that; or what it says against it."""
        owner = await self._names.member(step.owner)
        fields: dict[str, Any] = {
            "project_id": (issue.get("project") or {}).get("id") or self._settings.project,
            "tracker_id": await self._names.tracker(),
            "parent_issue_id": issue["id"],
            "subject": tasks.title_of(step, issues.LONGEST_SUBJECT),
            "start_date": "",  # Redmine takes today where nothing is said
            "due_date": str(step.day) if step.day else "",
            "custom_fields": [{"id": await self._names.key_field(), "value": tasks.key_of(ticket, step)}],
        }
        if priority := (issue.get("priority") or {}).get("id"):
            fields["priority_id"] = priority  # an issue may take that of its subtasks
        assigned = {"assigned_to_id": owner} if owner else {}
        answer = await self._calls.ask("POST", "/issues.json", body={"issue": fields | assigned}, allowed=_REFUSED)
        if answer.status_code == 422 and owner:
            answer = await self._calls.ask("POST", "/issues.json", body={"issue": fields}, allowed=_REFUSED)
        if not answer.is_success:
            return self._calls.complaint_of(answer) or f"status {answer.status_code}"
        above = (self._calls.read_part(answer, "issue").get("parent") or {}).get("id")
        return "" if above == issue["id"] else "an issue was made that is not under this one"

    async def _lost_dates(self, issue: Issue) -> bool:
        """Whether the issue has other dates than before it got subtasks."""
        answer = await self._calls.ask("GET", f"/issues/{issue['id']}.json", allowed=frozenset({404}))
        now = self._calls.read_part(answer, "issue") if answer.is_success else issue
        return any(now.get(name) != issue.get(name) for name in issues.PLANNED)
