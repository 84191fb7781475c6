"""What is written into Planner's tasks: who may overwrite what, Planner's limits, and what stands there afterwards.

Rules: learn.microsoft.com/graph/api/plannertask-update, .../plannertaskdetails-update, .../plannertask-delete and
.../resources/planner-overview: every write names the version that it is over (`If-Match`), one over an older version
is taken where it meets nobody's later change of the same property, and open types are written key by key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Part = Literal["task", "details"]
"""The two resources of a task, each with an ETag of its own."""

MOST_REFERENCES, MOST_CHECKLIST_ITEMS = 10, 20  # commonly quoted: Microsoft's page of numbers is not to be had
_LONGEST_ITEM = 100
_LONGEST_TITLE = 255
_DONE = 100
_PERSON = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_RAW_IN_KEY = re.compile(r"[.:@#]|%(?!25|2E|3A|40|23)")
"""What a reference's key holds escaped only."""

OPEN = frozenset({"assignments", "references", "checklist", "appliedCategories"})
"""Properties that are written key by key; null removes a key."""
_WRITABLE: Mapping[Part, frozenset[str]] = {
    "task": frozenset(
        {
            *("title", "bucketId", "orderHint", "assigneePriority", "percentComplete", "startDateTime", "dueDateTime"),
            *("conversationThreadId", "priority", "appliedCategories", "assignments"),
        }
    ),
    "details": frozenset({"description", "previewType", "references", "checklist"}),
}
_TYPES = {
    "assignments": {"microsoft.graph.plannerAssignment"},
    "references": {"microsoft.graph.plannerExternalReference", "microsoft.graph.externalReference"},
    "checklist": {"microsoft.graph.plannerChecklistItem"},
}


class RefusedWriteError(Exception):
    """A write that Planner does not take. `code`: of the error; empty for most of Planner's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Change(NamedTuple):
    """One property that is written; of an open type one of its keys."""

    name: str
    key: str
    value: Any

    @property
    def place(self) -> str:
        return f"{self.name}/{self.key}" if self.key else self.name


@dataclass(slots=True)
class Written:
    """What was written of one task.

    `log`: for each version of a part the places that were changed with it. `steps`: how many of them are steps of the
    task's own course. `values`: by place; of an open type what a key holds, None where it was taken away.
    """

    steps: int
    log: dict[Part, list[list[str]]] = field(default_factory=dict)
    values: dict[Part, dict[str, Any]] = field(default_factory=lambda: {"task": {}, "details": {}})
    deleted: bool = False

    def version(self, part: Part) -> int:
        return len(self.log[part])

    def must_be_free(self, part: Part, version: int, changes: list[Change]) -> None:
        """Refused where one of the places was changed since that version."""
        later = {place for places in self.log[part][version:] for place in places}
        if met := sorted(later & {change.place for change in changes}):
            raise RefusedWriteError(409, "", f"The item has been changed since it was read: {', '.join(met)}.")

    def take(self, part: Part, changes: list[Change]) -> None:
        """One more version of a part; what is counted on the task of its details makes one more of the task, too."""
        self.log[part].append([change.place for change in changes])
        for change in changes:
            self.values[part][change.place] = change.value
        if part == "details":
            self.log["task"].append([])

    def over(self, part: Part, resource: Mapping[str, Any]) -> dict[str, Any]:
        """The resource with what was written over it."""
        result = dict(resource)
        for place, value in self.values[part].items():
            name, _, key = place.partition("/")
            if not key:
                result[name] = value
                continue
            result[name] = {k: v for k, v in result[name].items() if k != key}
            if value is not None:
                result[name][key] = value
        return result


def changes_of(part: Part, body: object, before: Mapping[str, Any]) -> list[Change]:
    """A PATCH's body, read as Planner reads it. `before`: what stands there.

    Raises RefusedWriteError: 400 for what is no such property or value, 403 with its code for a limit.
    """
    if not isinstance(body, dict):
        raise RefusedWriteError(400, "", "The request body is no object.")
    changes = []
    for name, value in body.items():
        if name.startswith("@"):
            continue
        if name not in _WRITABLE[part]:
            raise RefusedWriteError(400, "", f"The property {name} is unknown or cannot be written.")
        if name in OPEN:
            if not isinstance(value, dict):
                raise RefusedWriteError(400, "", f"{name} is no object.")
            changes += [_entry(name, key, entry, before) for key, entry in value.items() if not key.startswith("@")]
        else:
            changes.append(Change(name, "", _value(name, value)))
    _limits(changes, before)
    return changes


def _value(name: str, value: Any) -> Any:
    match name:
        case "percentComplete":
            fits = type(value) is int and 0 <= value <= _DONE
        case "priority":
            fits = type(value) is int and 0 <= value <= 10
        case "startDateTime" | "dueDateTime":
            fits = value is None or (isinstance(value, str) and bool(_TIME.fullmatch(value)))
        case "title":
            fits = isinstance(value, str) and 0 < len(value) <= _LONGEST_TITLE
        case _:
            fits = value is None or isinstance(value, str)
    if not fits:
        raise RefusedWriteError(400, "", f"The value of {name} is invalid.")
    return value


def _entry(name: str, key: str, entry: Any, before: Mapping[str, Any]) -> Change:
    if name == "references" and _RAW_IN_KEY.search(key):
        raise RefusedWriteError(400, "", f"The reference's key {key} is not escaped.")
    if name == "assignments" and not _PERSON.fullmatch(key):
        raise RefusedWriteError(400, "", f"{key} is no id of a user.")
    if name == "appliedCategories":
        return Change(name, key, entry or None)
    if entry is None:
        return Change(name, key, None)
    kind = str(entry.get("@odata.type", "")).removeprefix("#") if isinstance(entry, dict) else ""
    if kind not in _TYPES[name]:
        raise RefusedWriteError(400, "", f"{name}/{key} has no @odata.type of its own.")
    held = before.get(name, {}).get(key, {})
    title = entry.get("title", held.get("title"))
    if name == "checklist" and not (isinstance(title, str) and 0 < len(title) <= _LONGEST_ITEM):
        raise RefusedWriteError(400, "", f"The title of checklist item {key} is invalid.")
    if name == "assignments" and not isinstance(entry.get("orderHint"), str):
        raise RefusedWriteError(400, "", f"The assignment of {key} has no orderHint.")
    return Change(name, key, {**held, **entry, "@odata.type": f"#{kind}"})


def _limits(changes: list[Change], before: Mapping[str, Any]) -> None:
    for name, most, code in (
        ("references", MOST_REFERENCES, "MaximumReferencesOnTask"),
        ("checklist", MOST_CHECKLIST_ITEMS, "MaximumChecklistItemsOnTask"),
    ):
        keys = set(before.get(name, {}))
        more = {change.key for change in changes if change.name == name and change.value is not None}
        less = {change.key for change in changes if change.name == name and change.value is None}
        if more - keys and len((keys | more) - less) > most:
            raise RefusedWriteError(403, code, "The request exceeds a limit of Planner.")


class Mark(NamedTuple):
    """What Planner notes beside a write: by whom, when, and the order hint that the moment gives."""

    who: Mapping[str, Any]
    at: str
    hint: str


def with_marks(changes: list[Change], before: Mapping[str, Any], mark: Mark) -> list[Change]:
    """The changes with what Planner itself writes beside them."""
    marked: list[Change] = []
    for change in changes:
        marked.append(change if change.value is None or change.name not in _TYPES else _marked(change, mark))
        if change.name == "percentComplete":
            done = change.value == _DONE
            if not (done and before["percentComplete"] == _DONE):
                marked.append(Change("completedDateTime", "", mark.at if done else None))
                marked.append(Change("completedBy", "", mark.who if done else None))
    return marked


def _marked(change: Change, mark: Mark) -> Change:
    entry = change.value
    if change.name == "assignments":
        return change._replace(
            value={"assignedBy": mark.who, "assignedDateTime": mark.at} | entry | {"orderHint": mark.hint}
        )
    entry = entry | {"lastModifiedBy": mark.who, "lastModifiedDateTime": mark.at}
    if change.name == "checklist":
        entry = {"isChecked": False} | entry
    place = "previewPriority" if change.name == "references" else "orderHint"
    if entry.get(place) in (None, " !"):
        entry[place] = mark.hint
    return change._replace(value=entry)
