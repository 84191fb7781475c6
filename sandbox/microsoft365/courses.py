"""What becomes of the synced tasks: when they are made, taken, begun and done; from a script, or invented by a rule."""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.microsoft365 import synced
from sandbox.microsoft365.history import Post, moment

Entry = Mapping[str, Any]
Script = Mapping[str, Sequence[Entry]]
"""tasks.json: for each tenant what becomes of some posts, in hours after it first saw them: see samples/README.md."""

_STEPS = ("made", "assigned", "started", "completed")
_PEOPLE = ("ana", "ben", "chidi", "dora", "emre", "freya", "goran")


def read_script(path: Path) -> Script:
    """A tasks.json; SandboxError naming the file where it cannot be used."""
    try:
        script = json.loads(path.read_text(encoding="utf-8"))
        return {tenant: [_checked(entry) for entry in entries] for tenant, entries in script.items()}
    except OSError as error:
        raise SandboxError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise SandboxError(f"{path} is no list of tasks by tenant: {error!r}") from error


def _checked(entry: Entry) -> Entry:
    for step in _STEPS:
        hours = entry[f"{step}_after_hours"] if step == "made" else entry.get(f"{step}_after_hours")
        float(hours or 0)
    return {**entry, "post": str(entry["post"])}


@dataclass(frozen=True, slots=True)
class Course:
    """One task of a tenant and its whole course. `title`: the whole one, where it is not made of the post."""

    id: str
    tenant: str
    post: Post
    made: datetime
    assigned: datetime | None
    started: datetime | None
    completed: datetime | None
    assignee: str
    title: str | None

    def changes(self, now: datetime) -> int:
        """How often it has been written by `now`."""
        return len(self.steps(now))

    def steps(self, now: datetime) -> list[list[str]]:
        """The properties that each of these writes changed, in order."""
        begun, done = ["percentComplete"], ["percentComplete", "completedDateTime", "completedBy"]
        made: list[tuple[datetime | None, list[str]]] = [
            (self.made, []), (self.assigned, ["assignments"]), (self.started, begun), (self.completed, done),
        ]  # fmt: skip
        return [places for at, places in sorted((at, places) for at, places in made if at is not None and at <= now)]


def courses(tenant: str, post: Post, since: datetime, came: datetime, entries: Iterable[Entry]) -> Iterator[Course]:
    """The courses of one post's tasks: hours count `since` then, and none is made before the post `came`."""

    def at(entry: Entry, step: str, not_before: datetime) -> datetime | None:
        hours = entry.get(f"{step}_after_hours")
        return None if hours is None else max(since + timedelta(hours=float(hours)), not_before)

    for number, entry in enumerate(entries):
        if created := at(entry, "made", came):
            parts = (tenant, post["id"], number)
            yield Course(
                id=planner_id("task", *parts),
                tenant=tenant,
                post=post,
                made=created,
                assigned=at(entry, "assigned", created),
                started=at(entry, "started", created),
                completed=at(entry, "completed", created),
                assignee=str(entry.get("assignee") or _PEOPLE[0]),
                title=entry.get("title"),
            )


def invented(tenant: str, post: Post, since: datetime) -> list[Entry]:
    """A rule for posts without a script: a third of those from `since` on get a task, most of which are done some day.

    The same for the same post always; hours count from its publication.
    """
    has, made, assigned, started, completed, how_long, who = _fractions(tenant, post["id"])
    if has >= 1 / 3 or moment(post["startDateTime"]) < since:
        return []
    begun = made * 24
    assigned_at = begun + 6 + assigned * 24 * 6
    worked = assigned_at + 4 + started * 24 * 8
    entry = {
        "post": post["id"],
        "made_after_hours": begun,
        "assigned_after_hours": assigned_at if assigned < 0.85 else None,
        "started_after_hours": worked if assigned < 0.85 and started < 0.7 else None,
        "completed_after_hours": worked + 12 + how_long**2 * 24 * 45 if completed < 0.75 else None,
        "assignee": _PEOPLE[int(who * len(_PEOPLE))],
    }
    if _digest("title", tenant, post["id"])[0] % 10 == 0:  # of one in ten only the description tells the post
        entry["title"] = synced.title(post, with_id=False)
    return [entry]


def planner_id(*parts: object) -> str:
    """28 characters, as Planner's ids; always the same for the same parts."""
    return base64.urlsafe_b64encode(_digest(*parts)[:21]).decode()


def _digest(*parts: object) -> bytes:
    return hashlib.sha256("|".join(map(str, parts)).encode()).digest()


def _fractions(*parts: object) -> list[float]:
    """Seven numbers from 0 to 1, always the same for the same parts."""
    digest = _digest("course", *parts)
    return [int.from_bytes(digest[i : i + 4]) / 2**32 for i in range(0, 28, 4)]
