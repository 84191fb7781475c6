"""ServiceNow's records as the sandbox keeps them: change requests with their state model, groups, approvals.

States and what follows on what: docs of the Yokohama release, "Change request state model" (New, Assess, Authorize,
Scheduled, Implement, Review, Closed, Canceled) and "State model transitions"; lengths: the dictionary of a new
instance (task.short_description 160, the others 4000), which cuts what is longer without a word.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.ticket_systems.showing import Record

STATES = {
    "-5": "New", "-4": "Assess", "-3": "Authorize", "-2": "Scheduled", "-1": "Implement", "0": "Review", "3": "Closed",
    "4": "Canceled",
}  # fmt: skip
_NEXT = {"-5": {"-4", "4"}, "-4": {"-3", "-5", "4"}, "-3": {"-2", "-5", "4"}, "-2": {"-1", "-5", "4"}, "-1": {"0", "4"},
         "0": {"3", "-1"}, "3": set(), "4": set()}  # fmt: skip
_LENGTHS = {
    "short_description": 160, "description": 4000, "justification": 4000, "risk_impact_analysis": 4000,
    "test_plan": 4000, "backout_plan": 4000, "implementation_plan": 4000, "correlation_id": 100,
    "correlation_display": 100,
}  # fmt: skip
_CHOICES = {
    "risk": {"1": "Very High", "2": "High", "3": "Moderate", "4": "Low"},
    "impact": {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"},
    "type": {"normal": "Normal", "standard": "Standard", "emergency": "Emergency"},
}
_TIMES = frozenset({"start_date", "end_date"})
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_OWN = frozenset({"sys_id", "number", "sys_created_on", "sys_updated_on", "closed_at", "active", "approval"})
_KNOWN = frozenset({*_LENGTHS, *_CHOICES, *_TIMES, "state", "assignment_group", "category", "work_notes", "comments"})


class AbortedError(Exception):
    """A business rule of the instance does not let a change be."""


@dataclass(slots=True)
class Change:
    """One change request. `journal`: (when, who, which field, text); `moves`: (when, what the board did)."""

    sys_id: str
    number: str
    values: dict[str, str]
    journal: list[tuple[str, str, str, str]] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)

    def record(self) -> Record:
        notes = [(at, line) for at, _, _, text in self.journal for line in text.split("\n")]
        lines = [line for _, line in sorted([*notes, *self.moves], key=lambda entry: entry[0])]
        fields = {name: text for name, text in self.values.items() if text}
        return Record(
            self.number, self.values.get("correlation_id", ""), self.values.get("short_description", ""),
            STATES.get(self.values["state"], self.values["state"]), fields, tuple(lines),
        )  # fmt: skip


class Store:
    """The tables of one instance. `own`: custom fields that this instance has, by name."""

    def __init__(self, clock: Callable[[], datetime], groups: Mapping[str, str], own: frozenset[str]) -> None:
        self._clock = clock
        self.changes: dict[str, Change] = {}
        self.groups = dict(groups)
        self.approvals: list[dict[str, str]] = []
        self._own_fields = own
        self._last = 30_000
        self.deleted = 0

    def now(self) -> str:
        return f"{self._clock():%Y-%m-%d %H:%M:%S}"

    def insert(self, fields: Mapping[str, Any], who: str, kind: str = "") -> tuple[Change, list[str]]:
        """A new change, and the fields that this instance does not have."""
        self._last += 1
        now = self.now()
        change = Change(
            uuid4().hex, f"CHG{self._last:07d}",
            {"state": "-5", "type": kind or "normal", "approval": "not requested", "active": "true",
             "sys_created_on": now, "sys_updated_on": now},
        )  # fmt: skip
        ignored = self.update(change, {**fields, "type": kind or fields.get("type", "normal")}, who, new=True)
        self.changes[change.sys_id] = change
        return change, ignored

    def update(self, change: Change, fields: Mapping[str, Any], who: str, *, new: bool = False) -> list[str]:
        """Set fields as a REST call does: cut what is long, leave out what is unknown, refuse what a rule forbids."""
        ignored = [name for name in fields if name not in _KNOWN | self._own_fields and name not in _OWN]
        state = str(fields.get("state", "")) if "state" in fields else ""
        if state and state != change.values["state"] and not new and state not in _NEXT.get(change.values["state"], ()):
            raise AbortedError("Change Model: Check State Transition")
        before = dict(change.values)
        for name, value in fields.items():
            if name in ignored or name in _OWN or name in {"work_notes", "comments"}:
                continue
            change.values[name] = self._stored(name, value)
        for name in ("work_notes", "comments"):
            if fields.get(name):
                change.journal.append((self.now(), who, name, str(fields[name])))
        if change.values != before or fields.get("work_notes"):
            change.values["sys_updated_on"] = self.now()
        if change.values["state"] in {"3", "4"} and before["state"] not in {"3", "4"}:
            change.values |= {"active": "false", "closed_at": self.now()}
        return ignored

    def _stored(self, name: str, value: Any) -> str:
        text = "" if value is None else str(value)
        if name in _TIMES:
            return text if _TIME.fullmatch(text) else ""
        if name == "assignment_group":  # a reference takes an id; a name that is none points nowhere
            return text if text in self.groups else ""
        if name in _CHOICES and text not in _CHOICES[name] and name != "type":
            return text[:40]
        return text[: _LENGTHS.get(name, 255)]

    def shown(self, change: Change, name: str) -> tuple[str, str]:
        """A field's value, and how it is shown."""
        if name in {"work_notes", "comments"}:
            label = "Work notes" if name == "work_notes" else "Additional comments"
            entries = [
                f"{at} - {who} ({label})\n{text}\n" for at, who, of, text in reversed(change.journal) if of == name
            ]
            return "", "\n".join(entries)
        value = {"sys_id": change.sys_id, "number": change.number}.get(name, change.values.get(name, ""))
        if name == "state":
            return value, STATES.get(value, value)
        if name == "assignment_group":
            return value, self.groups.get(value, "")
        return value, _CHOICES.get(name, {}).get(value, value)

    def find(self, query: str) -> Iterator[Change]:
        """An encoded query of what the sandbox knows: `a=b`, `aINb,c`, joined by `^`, with `ORDERBY`."""
        matches = list(self.changes.values())
        for part in query.split("^"):
            if part.startswith("ORDERBY") or not part:
                continue
            name, several = part.split("IN", 1) if "IN" in part and "=" not in part else (part.partition("=")[0], None)
            values = set(several.split(",")) if several is not None else {part.partition("=")[2]}
            matches = [change for change in matches if self.shown(change, name)[0] in values]
        yield from sorted(matches, key=lambda change: (change.values["sys_created_on"], change.number))
