"""ServiceNow's records as the sandbox keeps them: change requests with their state model, groups, approvals.

States and what follows on what: docs of the Yokohama release, "Change request state model" (New, Assess, Authorize,
Scheduled, Implement, Review, Closed, Canceled) and "State model transitions"; lengths: the dictionary of a new
instance (task.short_description 160, the others 4000), which cuts what is longer without a word. That an update is
answered 200 and leaves a state that the change model does not offer, or a field that a rule keeps: what people report
who automate changes. Standard changes: "Restrict fields from Standard Change", a business rule of a new instance.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
_OF_TEMPLATE = frozenset({"description", "justification", "risk_impact_analysis", "test_plan", "backout_plan",
                          "implementation_plan", "risk", "impact"})  # fmt: skip
_OWN = frozenset(
    {"sys_id", "number", "sys_created_on", "sys_updated_on", "closed_at", "active", "approval", "sys_created_by"}
)
_REFERENCES = ("assignment_group", "requested_by", "assigned_to", "cmdb_ci")
_KNOWN = frozenset({*_LENGTHS, *_CHOICES, *_TIMES, *_REFERENCES, "state", "category", "work_notes", "comments"})
_NUMBERS = frozenset({"state", "risk", "impact"})


class AbortedError(Exception):
    """A business rule of the instance does not let a change be."""


@dataclass(slots=True)
class Change:
    """One change request. `journal`: (when, who, which field, text); `moves`: (when, what the board did).

    `tasks`: those under it, each by ServiceNow's names of fields.
    """

    sys_id: str
    number: str
    values: dict[str, str]
    journal: list[tuple[str, str, str, str]] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[dict[str, str]] = field(default_factory=list)

    def record(self) -> Record:
        notes = [(at, line) for at, _, _, text in self.journal for line in text.split("\n")]
        lines = [line for _, line in sorted([*notes, *self.moves], key=lambda entry: entry[0])]
        fields: dict[str, Any] = {name: text for name, text in self.values.items() if text}
        if self.tasks:
            fields["change_task"] = "\n".join(_in_a_line(task) for task in self.tasks)
        return Record(
            self.number, self.values.get("correlation_id", ""), self.values.get("short_description", ""),
            STATES.get(self.values["state"], self.values["state"]), fields, tuple(lines),
        )  # fmt: skip


@dataclass(slots=True)
class Rules:
    """What an instance does that a new one may not.

    `kept`: fields that stay as they are whatever is sent; `late`: those that only a new change does not take. `aborts`:
    a state that the model does not offer ends the call instead of being left. `unreadable`: fields that our user does
    not see; searches leave them out. `zone`: the hours that our user's clock is before UTC. `refuses`: fields because
    of which a business rule ends the call that writes them. `blackouts`: name, first and last day, of schedules in
    which nothing is to be changed.
    """

    kept: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    aborts: bool = False
    unreadable: frozenset[str] = frozenset()
    zone: int = 0
    refuses: frozenset[str] = frozenset()
    blackouts: tuple[tuple[str, str, str], ...] = ()


class Store:
    """The change requests of one instance. `own`: custom fields that this instance has, by name.

    `named`: what its references can point to, the field's entries by id, each with the name that is shown.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        named: Mapping[str, Mapping[str, str]],
        own: frozenset[str],
        rules: Rules,
    ) -> None:
        self._clock = clock
        self.rules = rules
        self.changes: dict[str, Change] = {}
        self.named = named
        self.approvals: list[dict[str, str]] = []
        self._own_fields = own
        self._last = 30_000
        self.deleted = 0

    def now(self) -> str:
        return f"{self._clock():%Y-%m-%d %H:%M:%S}"

    def insert(
        self, fields: Mapping[str, Any], who: str, kind: str = "", *, by_model: bool = False
    ) -> tuple[Change, list[str]]:
        """A new change, and the fields that were left out. `by_model`: times are read in our user's zone."""
        self._last += 1
        now = self.now()
        change = Change(
            uuid4().hex, f"CHG{self._last:07d}",
            {"state": "-5", "type": kind or "normal", "approval": "not requested", "active": "true",
             "sys_created_on": now, "sys_updated_on": now, "sys_created_by": who},
        )  # fmt: skip
        fields = {**fields, "type": kind or fields.get("type", "normal")}
        if by_model:
            fields |= {name: self._in_utc(fields[name]) for name in _TIMES if fields.get(name)}
        ignored = self.update(change, fields, who, new=True)
        self.changes[change.sys_id] = change
        return change, ignored

    def _in_utc(self, text: Any) -> Any:
        """A time as it is meant by a user who is not in UTC."""
        if not _TIME.fullmatch(str(text)):
            return text
        return str(datetime.fromisoformat(str(text)) - timedelta(hours=self.rules.zone))

    def update(self, change: Change, fields: Mapping[str, Any], who: str, *, new: bool = False) -> list[str]:
        """Set fields as a REST call does; which were left out.

        It cuts what is long, leaves out what is unknown and what a rule keeps, and refuses what another rule forbids.
        """
        if refused := sorted(self.rules.refuses & fields.keys()):
            raise AbortedError(f"Check {', '.join(refused)}")
        ignored = [name for name in fields if name not in _KNOWN | self._own_fields and name not in _OWN]
        ignored += [name for name in fields if name in self.rules.kept or (new and name in self.rules.late)]
        if str(fields.get("type") or change.values["type"]) == "standard":
            restricted = sorted(_OF_TEMPLATE & fields.keys())
            if restricted and not new:
                raise AbortedError("Restrict fields from Standard Change")
            ignored += restricted
        if not new and self._leaves_state(change, fields):
            ignored.append("state")
        before = dict(change.values)
        for name, value in fields.items():
            if name in ignored or name in _OWN or name in {"work_notes", "comments"}:
                continue
            change.values[name] = self._stored(name, value)
        journals = (name for name in ("work_notes", "comments") if fields.get(name))
        change.journal += [(self.now(), who, name, str(fields[name])) for name in journals]
        if change.values != before or fields.get("work_notes"):
            change.values["sys_updated_on"] = self.now()
        if change.values["state"] in {"3", "4"} and before["state"] not in {"3", "4"}:
            change.values |= {"active": "false", "closed_at": self.now()}
        return ignored

    def _leaves_state(self, change: Change, fields: Mapping[str, Any]) -> bool:
        """Whether the change model does not offer the state that is asked for."""
        before, after = change.values["state"], str(fields.get("state", ""))
        if not after or after == before or after in self.next_states(change):
            return False
        if self.rules.aborts:
            raise AbortedError("Change Model: Check State Transition")
        return True

    def next_states(self, change: Change) -> set[str]:
        return set(_NEXT.get(change.values["state"], ()))

    @property
    def readable(self) -> list[str]:
        """Every field that our user sees."""
        names = ("sys_id", "number", *sorted(_KNOWN | _OWN | self._own_fields))
        return [name for name in dict.fromkeys(names) if self.knows(name)]

    def knows(self, name: str) -> bool:
        """Whether our user sees such a field."""
        return name in _KNOWN | _OWN | self._own_fields and name not in self.rules.unreadable

    def _stored(self, name: str, value: Any) -> str:
        text = "" if value is None else str(value)
        if name in _TIMES:
            return text if _TIME.fullmatch(text) else ""
        if name in _REFERENCES:  # a reference takes an id; a name that is none points nowhere
            return text if text in self.named[name] else ""
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
        if name in _REFERENCES:
            return value, self.named[name].get(value, "")
        return value, _CHOICES.get(name, {}).get(value, value)

    def as_json(self, change: Change, name: str) -> dict[str, Any]:
        """A field as the Change Management API shows it: numbers and truths are those of JSON."""
        value, display = self.shown(change, name)
        if name in _NUMBERS and re.fullmatch(r"-?\d+", value):
            return {"display_value": display, "value": float(value)}
        truths = {"true": True, "false": False}
        return {"display_value": display, "value": truths[value] if name == "active" else value}

    def find(self, query: str, who: str) -> Iterator[Change]:
        """An encoded query of what the sandbox knows: `a=b`, `aINb,c`, joined by `^`, with `ORDERBY`.

        `who`: the user who asks, as which the query's one script knows him.
        """
        query = query.replace("javascript:gs.getUserName()", who)
        matches = list(self.changes.values())
        for part in query.split("^"):
            if part.startswith("ORDERBY") or not part:
                continue
            if not self.knows(re.split("=|IN", part)[0]):
                continue  # an instance leaves out what it cannot search by
            name, several = part.split("IN", 1) if "IN" in part and "=" not in part else (part.partition("=")[0], None)
            values = set(several.split(",")) if several is not None else {part.partition("=")[2]}
            matches = [change for change in matches if self.shown(change, name)[0] in values]
        yield from sorted(matches, key=lambda change: (change.values["sys_created_on"], change.number))


def _in_a_line(task: Mapping[str, str]) -> str:
    """A task as the page of its change shows it."""
    end = task.get("planned_end_date", "")[:10]
    rest = [part for part in (end and f"by {end}", task.get("assigned_to", "")) if part]
    return f"{task['number']} {task['short_description']}" + (f" ({', '.join(rest)})" if rest else "")
