"""The issues of the sandbox's Jira: what is stored, what a search sees of it and when, and how they move."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.ticket_systems.jira.projects import PEOPLE, Project, Transition
from sandbox.ticket_systems.jira.rules import text_of
from sandbox.ticket_systems.jira.search import US, Query
from sandbox.ticket_systems.showing import Record


@dataclass(slots=True)
class Rules:
    """What the workflows here do that others may not: their post functions, listeners and field settings.

    `kept`: fields that stay as they are whatever is sent. `left`: (from, to) statuses of a transition that is taken and
    leaves the issue where it is.
    """

    kept: frozenset[str] = frozenset()
    left: frozenset[tuple[str, str]] = frozenset()


_INLINE = 20  # comments that are shown with their issue
Seen = dict[str, list[str]]


@dataclass(slots=True)
class Issue:
    """One issue. `creator`: account id and name. `indexed`: what the search is told, and since when."""

    id: str
    key: str
    project: Project
    kind: tuple[str, str]
    fields: dict[str, Any]
    properties: list[Any]
    created: datetime
    status: str
    status_since: datetime
    creator: tuple[str, str] = (US, "Foresignal")
    resolution: str = ""
    resolved: datetime | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    approvals: list[dict[str, Any]] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    indexed: list[tuple[datetime, Seen]] = field(default_factory=list)
    parent: "Issue | None" = None
    subtasks: list["Issue"] = field(default_factory=list)

    def index(self, now: datetime) -> None:
        labels = list(self.fields.get("labels") or [])
        entry = {
            "labels": labels,
            "project": [self.project.key, self.project.id],
            "key": [self.key],
            "id": [self.id],
            "creator": [self.creator[0]],
        }
        self.indexed.append((now, entry))

    def entry_at(self, at: datetime) -> Seen | None:
        entries = [entry for since, entry in self.indexed if since <= at]
        return entries[-1] if entries else None

    def edit(self, fields: Mapping[str, Any], now: datetime, who: str) -> None:
        moved = {name: value for name, value in fields.items() if self.fields.get(name) != value}
        self.fields |= moved
        if moved:
            self._log(now, who, [(name, "", "") for name in moved])
            self.index(now)

    def move(self, name: str, now: datetime, who: str, resolution: str = "") -> None:
        target = self.project.status(name)
        if target is None:
            raise LookupError(f"{self.project.key} has no status {name}")
        before, self.status, self.status_since = self.status, name, now
        self.resolution = (resolution or self.resolution or "Done") if target.category == "done" else ""
        self.resolved = (self.resolved or now) if target.category == "done" else None
        self._log(now, who, [("status", before, name)])
        self.history.append(f"{before} to {name} by {who}")

    def comment(self, body: Mapping[str, Any], now: datetime, who: str) -> dict[str, Any]:
        comment = {
            "id": str(20000 + len(self.comments)),
            "author": {"displayName": who},
            "body": body,
            "created": stamp(now),
        }
        self.comments.append(comment)
        self.history += text_of(body)
        return comment

    def decide(self, decision: str, who: str, now: datetime) -> None:
        person = {"displayName": who, "accountId": who}
        self.approvals.append(
            {
                "id": str(len(self.approvals) + 1), "name": "Change advisory board", "finalDecision": decision,
                "canAnswerApproval": False, "createdDate": {"iso8601": stamp(self.created)},
                "completedDate": {"iso8601": stamp(now), "epochMillis": int(now.timestamp() * 1000)},
                "approvers": [{"approver": person, "approverDecision": decision}],
            }
        )  # fmt: skip
        self.history.append(f"{decision} by {who}")
        to = {"approved": "Awaiting implementation", "declined": "Declined"}[decision]
        if self.project.status(to):
            self.move(to, now, who)

    def transitions(self) -> list[Transition]:
        return [
            transition
            for transition in self.project.transitions
            if not transition.before or self.status in transition.before
        ]

    def status_json(self, name: str) -> dict[str, Any]:
        status = self.project.status(name)
        assert status is not None
        return {"id": status.id, "name": name, "statusCategory": {"key": status.category}}

    def as_json(self, names: Sequence[str]) -> dict[str, Any]:
        """With the fields that were asked for; none where none was."""
        data: dict[str, Any] = {"id": self.id, "key": self.key, "self": f"/rest/api/3/issue/{self.id}"}
        if not names:
            return {"id": self.id}
        every = {
            **{each.id: None for each in self.project.fields}, "description": None, "labels": [], **self.fields,
            "project": {"id": self.project.id, "key": self.project.key, "projectTypeKey": self.project.kind},
            "issuetype": {"id": self.kind[0], "name": self.kind[1]},
            "creator": {"accountId": self.creator[0], "displayName": self.creator[1]},
            "status": self.status_json(self.status), "statuscategorychangedate": stamp(self.status_since),
            "resolution": {"name": self.resolution} if self.resolution else None,
            "resolutiondate": stamp(self.resolved) if self.resolved else None, "created": stamp(self.created),
            "comment": {"comments": self.comments[:_INLINE], "total": len(self.comments), "startAt": 0},
            "assignee": self.person("assignee"), "reporter": self.person("reporter") or person_json(self.creator[0]),
            "subtasks": [each.brief() for each in self.subtasks],
        }  # fmt: skip
        if self.parent:
            every["parent"] = self.parent.brief()
        all_of_them = {"*all", "*navigable"} & set(names)
        data["fields"] = {name: value for name, value in every.items() if all_of_them or name in names}
        return data

    def brief(self) -> dict[str, Any]:
        """As it stands with its parent, or its sub-tasks."""
        kind = {"id": self.kind[0], "name": self.kind[1], "subtask": self.kind == self.project.subtask}
        fields = {"summary": self.fields["summary"], "status": self.status_json(self.status), "issuetype": kind}
        return {"id": self.id, "key": self.key, "fields": fields}

    def person(self, name: str) -> dict[str, Any] | None:
        given = self.fields.get(name)
        return person_json(str(given.get("id") or given.get("accountId"))) if isinstance(given, dict) else None

    def record(self) -> Record:
        labels = self.fields.get("labels") or [""]
        fields = {name: text_of(value) or value for name, value in self.fields.items()}
        fields |= {name: who["displayName"] for name in ("assignee", "reporter") if (who := self.person(name))}
        if self.parent:
            fields["parent"] = self.parent.key
        if self.subtasks:
            fields["subtasks"] = [f"{one.key} {one.fields['summary']} ({one.status})" for one in self.subtasks]
        return Record(self.key, labels[0], str(self.fields["summary"]), self.status, fields, tuple(self.history))

    def _log(self, now: datetime, who: str, items: Sequence[tuple[str, str, str]]) -> None:
        listed = [{"field": name, "fromString": old, "toString": new} for name, old, new in items]
        self.changes.append(
            {
                "id": str(30000 + len(self.changes)),
                "author": {"displayName": who},
                "created": stamp(now),
                "items": listed,
            }
        )


class Store:
    """All issues. `late`: seconds until the search sees a write; what is deleted is not found any more."""

    def __init__(self, clock: Callable[[], datetime], projects: Sequence[Project], late: float) -> None:
        self._clock, self._projects, self.late = clock, projects, late
        self._issues: dict[str, Issue] = {}
        self._count = 0
        self._numbers = dict.fromkeys((project.key for project in projects), 0)

    def project(self, key: str) -> Project | None:
        return next((project for project in self._projects if key in {project.key, project.id}), None)

    def issues(self) -> list[Issue]:
        return list(self._issues.values())

    def find(self, id_or_key: str) -> Issue | None:
        sought = id_or_key.upper()
        return next((issue for issue in self._issues.values() if sought in {issue.id, issue.key}), None)

    def add(
        self,
        project: Project,
        kind: tuple[str, str],
        values: Mapping[str, Any],
        properties: list[Any],
        creator: tuple[str, str] = (US, "Foresignal"),
        parent: Issue | None = None,
    ) -> Issue:
        self._count += 1
        self._numbers[project.key] += 1
        now = self._clock()
        fields = {name: value for name, value in values.items() if name not in {"project", "issuetype"}}
        issue = Issue(
            id=str(10000 + self._count), key=f"{project.key}-{self._numbers[project.key]}", project=project, kind=kind,
            fields=fields, properties=properties, created=now, status=project.statuses[0].name, status_since=now,
            creator=creator, parent=parent,
        )  # fmt: skip
        if parent:
            parent.subtasks.append(issue)
        issue.index(now)
        self._issues[issue.id] = issue
        return issue

    def delete(self, number: str) -> None:
        issue = self.find(number)
        if issue is None:
            return
        for each in (issue, *issue.subtasks):
            self._issues.pop(each.id, None)
        if issue.parent:
            issue.parent.subtasks.remove(issue)

    def search(self, query: Query, reconciled: set[str]) -> list[Issue]:
        """In the order of creation; those that are named as they are now, the others as the index has them."""
        now = self._clock()
        matches = []
        for issue in self._issues.values():
            indexed = issue.entry_at(now if issue.id in reconciled else now - timedelta(seconds=self.late))
            if indexed is not None and query(indexed):
                matches.append(issue)
        return matches


def person_json(number: str) -> dict[str, Any]:
    """Somebody as Jira shows people."""
    address = PEOPLE.get(number, "")
    name = address.partition("@")[0].capitalize() if address else "Foresignal" if number == US else number
    shown = {"emailAddress": address} if address else {}
    return {"accountId": number, "accountType": "atlassian", "active": True, "displayName": name, **shown}


def stamp(at: datetime) -> str:
    """A time as Jira writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"
