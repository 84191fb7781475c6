"""Planner tasks made by the Message Center sync: which change they are about, and what has become of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.text.safe import text_of
from shared.core.times import post_time

# The sync writes "[Service] Title [MC1234567]" and a description that begins with "Message ID: MC1234567"; other tools
# put the id first or into brackets of their own.
_AT_END = re.compile(r"\[\s*(MC\d{5,8})\s*\]\s*$", re.IGNORECASE)
_ANYWHERE = re.compile(r"\b(MC\d{5,8})\b", re.IGNORECASE)
_HEADER = re.compile(r"^\s*Message ID:\s*(MC\d{4,8})", re.IGNORECASE | re.MULTILINE)
_DONE = 100  # percent


@dataclass(frozen=True, slots=True)
class Task:
    """One `plannerTask` as Graph sent it. `etag` grows with each change, by ordinal comparison.

    `bucket`: the column of the board in which it stands; `progress`: in percent; `assignees`: object ids.
    """

    id: str
    etag: str
    title: str
    created: datetime | None
    assigned: datetime | None
    completed: datetime | None
    bucket: str = ""
    progress: int = 0
    assignees: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task as it stands beside its change: when it was opened, given to somebody, and done.

    `moved`: when a person first moved it or gave it to somebody, as far as two reads tell. `gone`: when it was seen
    that the plan has it no more; `turns` counts how often it went and came back while its etag stayed.
    `by_us`: it was we who gave it to whoever has it.
    """

    tenant: str
    id: str
    etag: str
    opened: datetime
    assigned: datetime | None
    completed: datetime | None
    moved: datetime | None = None
    gone: datetime | None = None
    turns: int = 0
    by_us: bool = False

    @property
    def version(self) -> tuple[str, int]:
        """Of two states of a task, the one with the greater version is the newer."""
        return self.etag, self.turns


def read_task(raw: Any, observed: datetime) -> Task:
    """Graph's JSON as a Task; PermanentError where it has no id. A finished task without a date is dated `observed`."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), str) or not raw["id"]:
        raise PermanentError("a Planner task without an `id`; look at the parked item")
    percent = raw.get("percentComplete")
    done = percent == _DONE or raw.get("completedDateTime") is not None
    assignees = _assignees(raw.get("assignments"))
    return Task(
        id=text_of(raw["id"]),
        etag=text_of(raw.get("@odata.etag")),
        title=text_of(raw.get("title")),
        created=post_time(raw.get("createdDateTime")),
        assigned=_assigned(assignees.values(), observed),
        completed=(post_time(raw.get("completedDateTime")) or observed) if done else None,
        bucket=text_of(raw.get("bucketId")),
        progress=_DONE if done else percent if type(percent) is int else 0,
        assignees=frozenset(assignees),
    )


def change_in_title(title: str) -> str | None:
    """The change that a task's title names: in brackets at its end, else anywhere."""
    match = _AT_END.search(title) or _ANYWHERE.search(title)
    return ids.normalise(match[1]) if match else None


def change_in_details(details: Mapping[str, Any]) -> str | None:
    """The change that a task's details name: the sync's header line, else any id in the description or references."""
    description = str(details.get("description") or "")
    references = details.get("references")
    linked = " ".join(references) if isinstance(references, Mapping) else ""
    match = _HEADER.search(description) or _ANYWHERE.search(description) or _ANYWHERE.search(linked)
    return ids.normalise(match[1]) if match else None


def _assignees(assignments: object) -> dict[str, Mapping[str, Any]]:
    if not isinstance(assignments, Mapping):
        return {}
    return {
        text_of(name): value
        for name, value in assignments.items()
        if not name.startswith("@") and isinstance(value, Mapping)
    }


def _assigned(assignees: Iterable[Mapping[str, Any]], observed: datetime) -> datetime | None:
    return min((post_time(value.get("assignedDateTime")) or observed for value in assignees), default=None)
