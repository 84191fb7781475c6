"""Planner: the plans into which the tenants' Message Center is synced, as a function of the time.

Shapes: learn.microsoft.com/graph/api/resources/plannertask and .../plannertaskdetails, with no properties but theirs.
"""

import base64
import uuid
from datetime import datetime, timedelta
from typing import Any

from sandbox.microsoft365 import synced
from sandbox.microsoft365.courses import Course, Entry, Script, courses, invented, planner_id
from sandbox.microsoft365.feed import Feed
from sandbox.microsoft365.history import BEGINNING, Post, moment

Resource = dict[str, Any]

_RECENT = timedelta(days=120)


def plan_id(tenant: str) -> str:
    """The plan that this tenant's Message Center is synced to."""
    return planner_id("plan", tenant)


class Planner:
    """Every tenant's plan: with a script its tasks are made, else invented for posts from 120 days before `start` on.

    Without a script `start` decides which posts have tasks: a state that is kept keeps the `start` of its first run.
    """

    def __init__(self, feed: Feed, start: datetime, script: Script | None = None) -> None:
        self._feed, self._since, self._script = feed, start - _RECENT, script
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
        tasks_there = [task for task in self._tasks.values() if task.tenant == tenant and task.made <= now]
        return [self._resource(task, now) for task in sorted(tasks_there, key=lambda task: (task.made, task.id))]

    def task(self, task_id: str, now: datetime) -> Resource | None:
        course = self._find(task_id)
        return self._resource(course, now) if course and course.made <= now else None

    def details(self, task_id: str, now: datetime) -> Resource | None:
        """`plannerTaskDetails`, with an ETag of its own."""
        task = self._find(task_id)
        if not task or task.made > now:
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
        return {
            "@odata.etag": _etag("'1-TaskDetails ", 1),
            "id": task.id,
            "description": synced.description(post),
            "previewType": "automatic",
            "references": references,
            "checklist": {},
        }

    def _find(self, task_id: str) -> Course | None:
        if task_id not in self._tasks:
            for tenant in self._feed.tenants:
                self._discover(tenant)
        return self._tasks.get(task_id)

    def _discover(self, tenant: str) -> None:
        """Plan the courses for posts that were not looked at before."""
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
        return {
            "@odata.etag": _etag("'1-Task  ", task.changes(now)),
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

    The kinds fill whole groups of base64, so the last letter stands in two digits whose order is the letters' own.
    """
    text = f"{kind}{'@' * 15}{chr(0x40 + version)}'"
    return f'W/"{base64.b64encode(text.encode()).decode()}"'
