"""What is written into a task, field by field, so that no person's own edit is overwritten.

Of each field four values are remembered: `first`, as it was first seen; `ours`, as we wrote it; `pending`, as it is
being written; `theirs`, as a person wrote it, which we leave alone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from shared.core.tasks.reads import OurHand
from shared.core.tasks.want import ASSIGN, DUE, ITEM, MOST_ITEMS, MOST_REFERENCES, REFERENCE, Want

_CHECKED = "[x] "
_ESCAPES = (("%", "%25"), (".", "%2E"), (":", "%3A"), ("@", "%40"), ("#", "%23"))
_LATE_MORNING = "T10:00:00Z"
"""At which hour of its day a task is due: one day in most time zones, and the hour that Planner itself takes."""


@dataclass(frozen=True, slots=True)
class FieldMemory:
    """What is remembered of one field; None where there is nothing. An empty text: the field says nothing."""

    first: str | None = None
    ours: str | None = None
    pending: str | None = None
    theirs: str | None = None


@dataclass(frozen=True, slots=True)
class TaskMemory:
    """What is remembered of a task. `etag`, `details_etag`: of what we last read or wrote.

    `want`: digest of what was wanted then. `completed_for`: number of the closing that is dealt with;
    `completed_by_us`: of the last one that we completed it for, `completing`: that it is being completed for.
    `refused`: what Planner did not take.
    """

    fields: Mapping[str, FieldMemory] = field(default_factory=dict)
    etag: str = ""
    details_etag: str = ""
    want: str = ""
    completed_for: int = 0
    completed_by_us: int = 0
    completing: int = 0
    refused: str = ""

    @property
    def is_pending(self) -> bool:
        return bool(self.completing) or any(each.pending is not None for each in self.fields.values())

    @property
    def may_come_back(self) -> bool:
        """Whether a person holds a field that is ours again once they empty it."""
        return any(self.fields[name].theirs for name in (DUE, ASSIGN) if name in self.fields)


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as Graph shows it: what each field says, whether it is done, and the versions of both resources."""

    fields: Mapping[str, str]
    done: bool
    etag: str
    details_etag: str


Part = Literal["task", "details"]
"""The two resources that a task is in Graph."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What is to be done. `writes`: new values by field; `completes`: for that closing, 0 for none.

    `known`: what is remembered of the task as it was read, before anything is written.
    """

    writes: Mapping[str, str]
    completes: int
    known: TaskMemory
    seen: Seen

    @property
    def pending(self) -> TaskMemory:
        """What is remembered before anything is written."""
        fields = {name: replace(each, pending=self.writes.get(name)) for name, each in self.known.fields.items()}
        return replace(self.known, fields=fields, completing=self.completes)

    def after(self, written: Collection[Part], etags: Mapping[Part, str], refused: str = "") -> TaskMemory:
        """What is remembered once these parts are written, the others surely not; `etags`: of what stands there then.

        What was not written is tried again, unless Planner `refused` it.
        """
        fields = {
            name: replace(each, ours=self.writes[name]) if name in self.writes and _part(name) in written else each
            for name, each in self.known.fields.items()
        }
        completed = self.completes if "task" in written else 0
        whole = not self.missing(written) or refused
        return replace(
            self.known,
            fields=fields,
            etag=etags.get("task", self.known.etag),
            details_etag=etags.get("details", self.known.details_etag),
            want=self.known.want if whole else "",
            completed_for=completed or self.known.completed_for,
            completed_by_us=completed or self.known.completed_by_us,
            refused=refused,
        )

    def missing(self, written: Collection[Part]) -> list[Part]:
        """The parts that have to be written still."""
        bodies: tuple[tuple[Part, dict[str, Any]], ...] = (("task", self.task), ("details", self.details))
        return [part for part, body in bodies if body and part not in written]

    @property
    def task(self) -> dict[str, Any]:
        """The body of the task's PATCH; empty where nothing of it is written."""
        body: dict[str, Any] = {}
        if DUE in self.writes:
            body["dueDateTime"] = self.writes[DUE] + _LATE_MORNING if self.writes[DUE] else None
        if ASSIGN in self.writes:
            there = self.seen.fields.get(ASSIGN, "").split(",")
            body["assignments"] = {person: None for person in there if person} | {
                self.writes[ASSIGN]: {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}
            }
        if self.completes:
            body["percentComplete"] = 100
        return body

    @property
    def details(self) -> dict[str, Any]:
        """The body of the details' PATCH."""
        references = {
            escaped(name.removeprefix(REFERENCE)): _reference(alias)
            for name, alias in self.writes.items()
            if name.startswith(REFERENCE)
        }
        items = {name.removeprefix(ITEM): _item(title) for name, title in self.writes.items() if name.startswith(ITEM)}
        return ({"references": references} if references else {}) | ({"checklist": items} if items else {})


def merge(want: Want, seen: Seen, memory: TaskMemory, synced: frozenset[str] = frozenset()) -> Merged:
    """What is wanted held against what stands there and what is remembered. `synced`: days that the sync writes."""
    fields = dict(memory.fields)
    writes: dict[str, str] = {}
    for name in sorted({*want.fields, *memory.fields}):
        if name not in want.fields and not name.startswith(want.collections):
            continue  # the policy leaves it alone
        wanted, now = want.fields.get(name, ""), seen.fields.get(name, "")
        fields[name], writes_it = _field(name, wanted, now, fields.get(name), synced)
        if writes_it and _fits(name, wanted, seen, writes):
            writes[name] = wanted
    completes, dealt = _completes(want.completes, seen, memory)
    ours = memory.completing if memory.completing and seen.done else memory.completed_by_us
    known = replace(
        memory,
        fields=fields,
        etag=seen.etag,
        details_etag=seen.details_etag,
        want=want.digest,
        completed_for=want.completes if dealt else memory.completed_for,
        completed_by_us=ours,
        completing=0,
        refused="",
    )
    return Merged(writes, want.completes if completes else 0, known, seen)


def _field(
    name: str, wanted: str, now: str, memory: FieldMemory | None, synced: frozenset[str]
) -> tuple[FieldMemory, bool]:
    """What is remembered of a field from now on, and whether it is written."""
    known = memory or FieldMemory(first=now)
    if known.theirs is not None:
        if name not in (DUE, ASSIGN) or now or not known.theirs:
            return replace(known, theirs=now, pending=None), False
        known = FieldMemory(first="")  # a person emptied what they had written: it is ours again
    mine = {known.ours, known.pending} - {None}
    adopted = now if known.pending == now else known.ours
    known = replace(known, ours=adopted, pending=None)
    if now == wanted:
        return known, False
    if now in mine:
        return known, True
    if adopted is None and now == known.first and (not now or (name == DUE and now in synced)):
        return known, bool(wanted)  # what the sync made is not taken away
    return FieldMemory(first=known.first, theirs=now), False


def _completes(closing: int, seen: Seen, memory: TaskMemory) -> tuple[bool, bool]:
    """Whether the task is completed for this closing, and whether the closing is dealt with otherwise."""
    if not closing or memory.completed_for >= closing:
        return False, False
    if seen.done:
        return False, True
    if memory.completing == closing and memory.etag != seen.etag:
        return False, True  # somebody has written since: it may have been done, and a person opened it again
    return True, False


def _fits(name: str, write: str, seen: Seen, writes: Mapping[str, str]) -> bool:
    """Whether one more reference or item has a place; those that are there already keep theirs."""
    for kind, most in ((REFERENCE, MOST_REFERENCES), (ITEM, MOST_ITEMS)):
        if name.startswith(kind) and write and name not in seen.fields:
            there = {each for each in seen.fields if each.startswith(kind)}
            more = {each for each, value in writes.items() if each.startswith(kind) and value}
            return len(there | more) < most
    return True


def read_seen(task: Mapping[str, Any], details: Mapping[str, Any]) -> Seen:
    """Graph's two resources as fields; what is no such shape says nothing."""
    fields: dict[str, str] = {}
    if due := str(task.get("dueDateTime") or "")[:10]:
        fields[DUE] = due
    if people := sorted(name for name, value in _entries(task.get("assignments")) if isinstance(value, Mapping)):
        fields[ASSIGN] = ",".join(people)
    for key, value in _entries(details.get("references")):
        if isinstance(value, Mapping):
            fields[REFERENCE + unescaped(key)] = str(value.get("alias") or "") or "-"
    for key, value in _entries(details.get("checklist")):
        if isinstance(value, Mapping):
            fields[ITEM + key] = (_CHECKED if value.get("isChecked") else "") + str(value.get("title") or "-")
    return Seen(
        fields,
        task.get("percentComplete") == 100 or bool(task.get("completedDateTime")),
        str(task.get("@odata.etag") or ""),
        str(details.get("@odata.etag") or ""),
    )


def _part(name: str) -> Part:
    return "task" if name in (DUE, ASSIGN) else "details"


def escaped(address: str) -> str:
    """An address as the key of a reference."""
    for letter, code in _ESCAPES:
        address = address.replace(letter, code)
    return address


def unescaped(key: str) -> str:
    for letter, code in reversed(_ESCAPES):
        key = key.replace(code, letter)
    return key


def _entries(value: object) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        return []
    return [(str(name), entry) for name, entry in value.items() if not str(name).startswith("@")]


def _reference(alias: str) -> dict[str, Any] | None:
    if not alias:
        return None
    kind = "#microsoft.graph.plannerExternalReference"
    return {"@odata.type": kind, "alias": alias, "type": "Other", "previewPriority": " !"}


def _item(title: str) -> dict[str, Any] | None:
    if not title:
        return None
    return {"@odata.type": "#microsoft.graph.plannerChecklistItem", "title": title, "orderHint": " !"}


def our_hand(memory: TaskMemory) -> OurHand:
    """What of a task is no act of a person: whom we gave it to, and that we completed it."""
    person = memory.fields.get(ASSIGN, FieldMemory())
    by_us = memory.completing or (memory.completed_by_us and memory.completed_by_us == memory.completed_for)
    return OurHand(frozenset(filter(None, (person.ours, person.pending))), bool(by_us))
