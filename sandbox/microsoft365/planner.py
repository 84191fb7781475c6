"""Planner: the plans into which the tenants' Message Center is synced: a story in time, and what is written over it.

Shapes: learn.microsoft.com/graph/api/resources/plannertask and .../plannertaskdetails, with no properties but theirs.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.microsoft365 import synced
from sandbox.microsoft365.courses import Course, Entry, Script, courses, invented, planner_id
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.history import BEGINNING, Post, moment
from sandbox.microsoft365.writing import Mark, Part, RefusedWriteError, Written, changes_of, with_marks

Resource = dict[str, Any]

_RECENT = timedelta(days=120)
_APPLICATION = {"user": {"id": None}, "application": {"id": "00000000-0000-0000-0000-00000000a995"}}
_BASE = 13
_KINDS: Mapping[Part, str] = {"task": "'1-Task  ", "details": "'1-TaskDetails "}


def plan_id(tenant: str) -> str:
    """The plan that this tenant's Message Center is synced to."""
    return planner_id("plan", tenant)


class Planner:
    """Every tenant's plan: with a script its tasks are made, else invented for posts from 120 days before `start` on.

    Without a script `start` decides which posts have tasks: a state that is kept keeps the `start` of its first run.
    A task plays its course; what is written of it stands over that from then on, in `file` where there is one.
    """

    def __init__(self, feed: Feed, start: datetime, script: Script | None = None, file: Path | None = None) -> None:
        self._feed, self._since, self._script, self._file = feed, start - _RECENT, script, file
        self._written: dict[str, Written] = {}
        self._imports: dict[str, tuple[str, datetime]] = {}
        self._asked: set[str] = set()
        self._load()
        self._plans = {plan_id(tenant): tenant for tenant in feed.tenants}
        self._tasks: dict[str, Course] = {}
        self._settled: dict[str, set[str]] = {tenant: set() for tenant in feed.tenants}

    def tenant_of_plan(self, plan: str) -> str | None:
        return self._plans.get(plan)

    def tenant_of_task(self, task_id: str) -> str | None:
        course = self._find(task_id)
        return course.tenant if course else None

    def tasks(self, tenant: str, now: datetime) -> list[Resource]:
        """The plan's tasks at `now` as `plannerTask`, in the order in which they were made."""
        self._discover(tenant)
        tasks_there = [
            task
            for task in self._tasks.values()
            if task.tenant == tenant and task.made <= now and not self._is_deleted(task.id)
        ]
        return [self._resource(task, now) for task in sorted(tasks_there, key=lambda task: (task.made, task.id))]

    def task(self, task_id: str, now: datetime) -> Resource | None:
        course = self._standing(task_id, now)
        return self._resource(course, now) if course else None

    def write(
        self,
        part: Part,
        task_id: str,
        body: object,
        etag: str,
        now: datetime,
        by: str = "",
    ) -> Resource:
        """Write a part of a task over the version that `etag` names; the part as it is then.

        `by`: a person's name; without one an application. Raises RefusedWriteError.
        """
        course = self._must_stand(task_id, now)
        read = self.task if part == "task" else self.details
        before = read(task_id, now) or {}
        written = self._written_of(course, now)
        version = self._version_of(part, etag, written)
        changes = changes_of(part, body, before)
        written.must_be_free(part, version, changes)
        if changes:
            who = _who(course.tenant, by) if by else _APPLICATION
            written.take(part, with_marks(changes, before, Mark(who, _time(now), _hint(now))))
            self._save()
        return read(task_id, now) or {}

    def delete(self, task_id: str, etag: str, now: datetime) -> None:
        """Take a task away. Raises RefusedWriteError."""
        course = self._must_stand(task_id, now)
        written = self._written_of(course, now)
        self._version_of("task", etag, written)
        written.deleted = True
        self._save()

    def edit(self, task_id: str, now: datetime, by: str = "lead", **body: Any) -> Resource:
        """A person writes properties of a task, over whatever stands there."""
        return self.write("task", task_id, body, str((self.task(task_id, now) or {}).get("@odata.etag")), now, by)

    def edit_details(self, task_id: str, now: datetime, by: str = "lead", **body: Any) -> Resource:
        """The same of its details."""
        etag = str((self.details(task_id, now) or {}).get("@odata.etag"))
        return self.write("details", task_id, body, etag, now, by)

    def import_again(self, task_id: str, now: datetime) -> str:
        """The sync makes another task of the same post, as it does when it is set up anew; its id."""
        course = self._find(task_id)
        if course is None:
            raise RefusedWriteError(404, "", "The requested item is not found.")
        name = planner_id("task", course.tenant, course.post["id"], "again", len(self._imports))
        self._imports[name] = (task_id, now)
        self._copy(name)
        self._save()
        return name

    def details(self, task_id: str, now: datetime) -> Resource | None:
        """`plannerTaskDetails`, with an ETag of its own."""
        task = self._standing(task_id, now)
        if not task:
            return None
        post = self._edition(task)
        references = {
            key: {
                "@odata.type": "#microsoft.graph.plannerExternalReference",
                "alias": name,
                "type": "Other",
                "previewPriority": _hint(task.made),
                "lastModifiedDateTime": _time(task.made),
                "lastModifiedBy": _who(task.tenant, "sync"),
            }
            for key, name in synced.references(post).items()
        }
        details = {
            "@odata.etag": _etag(_KINDS["details"], 1),
            "id": task.id,
            "description": synced.description(post),
            "previewType": "automatic",
            "references": references,
            "checklist": {},
        }
        if task_id not in self._written:
            return details
        written = self._written_of(task, now)
        return written.over("details", details) | {"@odata.etag": _etag(_KINDS["details"], written.version("details"))}

    def _standing(self, task_id: str, now: datetime) -> Course | None:
        task = self._find(task_id)
        return task if task and task.made <= now and not self._is_deleted(task_id) else None

    def _must_stand(self, task_id: str, now: datetime) -> Course:
        task = self._standing(task_id, now)
        if task is None:
            raise RefusedWriteError(404, "", "The requested item is not found.")
        return task

    def _is_deleted(self, task_id: str) -> bool:
        return task_id in self._written and self._written[task_id].deleted

    def _written_of(self, task: Course, now: datetime) -> Written:
        """What was written of a task, with the steps that its course has made since."""
        written = self._written.setdefault(task.id, Written(0, {"task": [], "details": [[]]}))
        for places in task.steps(now)[written.steps :]:
            written.log["task"].append(places)
            written.steps += 1
        return written

    def _version_of(self, part: Part, etag: str, written: Written) -> int:
        if not etag:
            raise RefusedWriteError(400, "", "The If-Match header must be specified for this request.")
        kind = _KINDS[part]
        for version in range(written.version(part), 0, -1):
            if etag == _etag(kind, version):
                return version
        raise RefusedWriteError(412, "", "The If-Match header names no version of this item.")

    def _copy(self, name: str) -> None:
        of, made = self._imports[name]
        course = self._find(of)
        if course:
            self._tasks[name] = replace(course, id=name, made=made, assigned=None, started=None, completed=None)

    def _load(self) -> None:
        if self._file and self._file.exists():
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            self._written = {name: Written(**values) for name, values in kept["written"].items()}
            self._imports = {name: (of, datetime.fromisoformat(at)) for name, (of, at) in kept["imports"].items()}

    def _save(self) -> None:
        if self._file:
            written = {name: asdict(values) for name, values in self._written.items()}
            imports = {name: (of, at.isoformat()) for name, (of, at) in self._imports.items()}
            self._file.write_text(json.dumps({"written": written, "imports": imports}), encoding="utf-8")

    def _find(self, task_id: str) -> Course | None:
        if task_id not in self._tasks:
            for tenant in self._feed.tenants:
                self._discover(tenant)
        if task_id not in self._tasks and task_id in self._imports:
            self._copy(task_id)
        return self._tasks.get(task_id)

    def _discover(self, tenant: str) -> None:
        """Plan the courses for posts that were not looked at before, and those that were imported again."""
        for name in self._imports.keys() - self._tasks.keys() - self._asked:
            self._asked.add(name)  # of a state that is kept
            self._copy(name)
        settled = self._settled[tenant]
        fresh = [(post, came) for post, came in self._feed.posts_ever(tenant) if post["id"] not in settled]
        if not fresh:
            return
        scripted: dict[str, list[Entry]] = {}
        for entry in (self._script or {}).get(self._feed.source.get(tenant, tenant), ()):
            scripted.setdefault(entry["post"], []).append(entry)
        first_look = min(came for _, came in fresh)
        unknown = sorted(scripted.keys() - settled - {post["id"] for post, _ in fresh})
        if first_look > BEGINNING:
            fresh += [(_unknown(post_id, first_look), first_look) for post_id in unknown]
        for post, came in fresh:
            settled.add(post["id"])
            published = moment(post["startDateTime"])
            if self._script is None:
                new_courses = courses(tenant, post, published, came, invented(tenant, post, self._since))
            else:
                since = came if came > BEGINNING else published
                new_courses = courses(tenant, post, since, came, scripted.get(post["id"], ()))
            self._tasks.update((course.id, course) for course in new_courses)

    def _edition(self, task: Course) -> Post:
        """The post as it was when the task was made: whether later edits reach a task is not documented."""
        return self._feed.post(task.tenant, task.post["id"], task.made) or task.post

    def _resource(self, task: Course, now: datetime) -> Resource:
        post = self._edition(task)
        assigned = task.assigned if task.assigned and task.assigned <= now else None
        started = bool(task.started and task.started <= now)
        completed = task.completed if task.completed and task.completed <= now else None
        assignment = {
            "@odata.type": "#microsoft.graph.plannerAssignment",
            "assignedBy": _who(task.tenant, "lead"),
            "assignedDateTime": _time(assigned or now),
            "orderHint": _hint(assigned or now),
        }
        resource = {
            "@odata.etag": _etag(_KINDS["task"], task.changes(now)),
            "planId": plan_id(task.tenant),
            "bucketId": planner_id("bucket", task.tenant),
            "title": (task.title or synced.title(post))[: synced.LONGEST_TITLE],
            "orderHint": _hint(task.made),
            "assigneePriority": _hint(task.made),
            "percentComplete": 100 if completed else 50 if started else 0,
            "startDateTime": None,
            "createdDateTime": _time(task.made),
            "dueDateTime": synced.due(post),
            "hasDescription": True,
            "previewType": "automatic",
            "completedDateTime": _time(completed) if completed else None,
            "completedBy": _who(task.tenant, task.assignee) if completed else None,
            "referenceCount": len(synced.references(post)),
            "checklistItemCount": 0,
            "activeChecklistItemCount": 0,
            "conversationThreadId": None,
            "priority": 5,
            "id": task.id,
            "createdBy": _who(task.tenant, "sync"),
            "appliedCategories": {},
            "assignments": {_person(task.tenant, task.assignee): assignment} if assigned else {},
        }
        if task.id not in self._written:
            return resource
        written = self._written_of(task, now)
        details = self.details(task.id, now) or {}
        return written.over("task", resource) | {
            "@odata.etag": _etag(_KINDS["task"], written.version("task")),
            "hasDescription": bool(details["description"]),
            "referenceCount": len(details["references"]),
            "checklistItemCount": len(details["checklist"]),
            "activeChecklistItemCount": sum(not item["isChecked"] for item in details["checklist"].values()),
        }


def _unknown(post_id: str, first_look: datetime) -> Post:
    """Of a post that the tenant never had, a task made by hand."""
    time = f"{first_look:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "id": post_id,
        "title": "A post that is not in the feed",
        "startDateTime": time,
        "lastModifiedDateTime": time,
    }


def _person(tenant: str, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://{tenant}.example/{name}"))


def _who(tenant: str, name: str) -> Resource:
    return {"user": {"id": _person(tenant, name)}}


def _time(at: datetime) -> str:
    """With seven decimals, as Planner writes its own times."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}7Z"


def _hint(at: datetime) -> str:
    """An order hint that puts the newest first."""
    return f"{2**63 - 1 - int(at.timestamp() * 1000)}P?"


def _etag(kind: str, version: int) -> str:
    """Weak and base64; a newer one is greater by ordinal comparison, as .../resources/planner-overview says.

    Base64 keeps the order of texts of such digits only: thirteen letters, each four behind the one before.
    """
    digits = ""
    while version:
        version, digit = divmod(version, _BASE)
        digits = chr(0x40 + 4 * digit) + digits
    text = f"{kind}{digits.rjust(16, '@')}'"
    return f'W/"{base64.b64encode(text.encode()).decode()}"'
