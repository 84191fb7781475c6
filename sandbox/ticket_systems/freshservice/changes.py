"""Freshservice's changes as the sandbox keeps them: what a change must have, how it is filtered, its notes.

Fields, their values and defaults: api.freshservice.com/v2/#changes ("change attributes", "planning fields", "stats",
"Filter changes"); approval states: developers.freshworks.com, product event onChangeCreate; statuses of one's own and
which may follow which: support.freshservice.com, article 236100 "Change Lifecycle". The form that ships requires
planned dates; that a new change with planning fields can end in a 500, and an update in a 409, is what people report.
A refusal names each field with `missing_field`, `invalid_value`, `invalid_field` or `datatype_mismatch`
(api.freshservice.com/v2/#error).
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.ticket_systems.showing import Record

SHIPPED = {
    1: "Open", 2: "Planning", 3: "Awaiting Approval", 4: "Pending Release", 5: "Pending Review", 6: "Closed",
}  # fmt: skip
REQUIRED = ("requester_id", "subject", "description", "change_type", "status", "priority", "impact", "risk")
_NUMBERS = {"change_type": 4, "priority": 4, "impact": 3, "risk": 4}
PLANNED = ("planned_start_date", "planned_end_date")
_OTHERS = ("agent_id", "group_id", "department_id", "category", "sub_category", "item_category", "workspace_id")
_PLANS = ("reason_for_change", "change_impact", "rollout_plan", "backout_plan")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_CLAUSE = re.compile(r"(\w+):(?:'([^']*)'|(\d+))")
_UNSAFE = re.compile(r"<(script|style|iframe)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_LAG = timedelta(seconds=5)  # until the search index has a new change

Error = tuple[str, str, str]


@dataclass(slots=True)
class Rules:
    """What an account does that another may not.

    `kept`: fields that stay as they are whatever is sent, by their names without what they are in. `left`: (from, to)
    statuses that it answers with 200 and leaves. `inconsistent`: statuses in which a change takes no update (409).
    `apart`: a new change with planning fields ends in a 500, made all the same where `made`. `agents`: those whom a
    change may have, by their id; None for any.
    """

    kept: frozenset[str] = frozenset()
    left: frozenset[tuple[int, int]] = frozenset()
    inconsistent: frozenset[int] = frozenset()
    apart: bool = False
    made: bool = False
    agents: frozenset[int] | None = None


class InconsistentError(Exception):
    """The change is in a state in which it cannot be updated."""


class InvalidError(Exception):
    """Fields that are not as they must be: (name, message, code) each."""

    def __init__(self, *errors: Error) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(slots=True)
class Change:
    """One change. `notes` and `moves`: (when, text); `approvals`: (id, who, 1 approved or 2 rejected, when).

    `tasks`: those under it, as the API shows them.
    """

    id: int
    at: datetime
    values: dict[str, Any]
    closed_at: str | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)
    approvals: list[tuple[int, str, int, str]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def number(self) -> str:
        return f"CHN-{self.id}"


class Store:
    """The changes of one account.

    `statuses`: those that it has; `own`: its custom fields; `required`: what its form wants besides; `forbidden`:
    (from, to) that its life cycle does not know.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        statuses: Mapping[int, str],
        own: frozenset[str],
        required: tuple[str, ...],
        forbidden: frozenset[tuple[int, int]],
        rules: Rules,
    ) -> None:
        self.rules = rules
        self._clock, self.statuses, self.own = clock, dict(statuses), own
        self.required, self._forbidden = (*REQUIRED, *required), forbidden
        self.changes: dict[int, Change] = {}
        self._last = 100

    def now(self) -> str:
        return f"{self._clock():%Y-%m-%dT%H:%M:%SZ}"

    def insert(self, fields: Mapping[str, Any]) -> Change:
        self._check(fields, {}, new=True)
        self._last += 1
        now = self.now()
        empty = {**dict.fromkeys((*PLANNED, *_OTHERS)), "subject": ""}
        change = Change(self._last, self._clock(), {**empty, "approval_status": 4, "created_at": now})
        change.values |= {"custom_fields": dict.fromkeys(sorted(self.own)), "planning_fields": {}}
        self._set(change, fields)
        self.changes[change.id] = change
        return change

    def update(self, change: Change, fields: Mapping[str, Any]) -> None:
        if change.values["status"] in self.rules.inconsistent:
            raise InconsistentError
        self._check(fields, change.values, new=False)
        self._set(change, fields)

    def move(self, change: Change, status: int) -> None:
        """To a status, whatever the life cycle says."""
        before = change.values["status"]
        change.values |= {"status": status, "updated_at": self.now()}
        if (status == 6) != (before == 6):
            change.closed_at = self.now() if status == 6 else None

    def _set(self, change: Change, fields: Mapping[str, Any]) -> None:
        fields = self._taken(change, fields)
        for name, what in fields.items():
            if name == "custom_fields":
                change.values[name] = {**change.values[name], **what}
            elif name == "planning_fields":
                plans = {plan: {"description": _cleaned(text_of["description"])} for plan, text_of in what.items()}
                change.values[name] = {**change.values[name], **plans}
            elif name == "description":
                change.values |= {name: _cleaned(what), "description_text": _text(what)}
            elif name != "status" or "status" not in change.values:
                change.values[name] = what
        change.values["updated_at"] = self.now()
        if "status" in fields:
            self.move(change, fields["status"])

    def _taken(self, change: Change, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What of it the account's rules let through."""
        taken = {name: what for name, what in fields.items() if name not in self.rules.kept}
        for whole in ("custom_fields", "planning_fields"):
            if whole in taken:
                taken[whole] = {name: what for name, what in taken[whole].items() if name not in self.rules.kept}
        if (change.values.get("status"), taken.get("status")) in self.rules.left:
            del taken["status"]
        return taken

    def _check(self, fields: Mapping[str, Any], there: Mapping[str, Any], *, new: bool) -> None:
        errors = [*self._lacking(fields, new=new), *self._unknown(fields), *self._wrong(fields)]
        before, after = there.get("status"), fields.get("status")
        if not new and after is not None and (before, after) in self._forbidden:
            errors.append(("status", f"Transition from {before} to {after} is not allowed", "invalid_value"))
        start, end = (fields.get(name, there.get(name)) for name in PLANNED)
        if start and end and not errors and start > end:
            errors.append(("planned_end_date", "It should be greater than planned_start_date", "invalid_value"))
        if errors:
            raise InvalidError(*errors)

    def _lacking(self, fields: Mapping[str, Any], *, new: bool) -> Iterator[Error]:
        for name in self.required:
            if (new or name in fields) and fields.get(name) in (None, ""):
                yield name, "It should not be blank as this is a mandatory field", "missing_field"

    def _unknown(self, fields: Mapping[str, Any]) -> Iterator[Error]:
        names = {*REQUIRED, *PLANNED, *_OTHERS, "custom_fields", "planning_fields"}
        for name in fields:
            if name not in names:
                yield name, "Unexpected/invalid field in request", "invalid_field"
        for whole, parts in (("custom_fields", self.own), ("planning_fields", frozenset(_PLANS))):
            for name in fields.get(whole) or {}:
                if name not in parts:
                    yield name, "Unexpected/invalid field in request", "invalid_field"

    def _wrong(self, fields: Mapping[str, Any]) -> Iterator[Error]:
        for name, most in _NUMBERS.items():
            if fields.get(name) is not None and fields[name] not in range(1, most + 1):
                values = ",".join(map(str, range(1, most + 1)))
                yield name, f"It should be one of these values: '{values}'", "invalid_value"
        if fields.get("status") is not None and fields["status"] not in self.statuses:
            values = ",".join(map(str, self.statuses))
            yield "status", f"It should be one of these values: '{values}'", "invalid_value"
        agent = fields.get("agent_id")
        if agent is not None and self.rules.agents is not None and agent not in self.rules.agents:
            yield "agent_id", "Agent must be a member of the group", "invalid_value"
        for name in ("group_id", "requester_id", "agent_id"):
            if fields.get(name) is not None and not isinstance(fields[name], int):
                yield name, "Value set is of type String.It should be a/an Positive Integer", "datatype_mismatch"
        for name in PLANNED:
            if fields.get(name) is not None and not _TIME.fullmatch(str(fields[name])):
                yield name, "It should be in the 'combined date and time ISO8601' format", "invalid_date"
        if len(str(fields.get("subject") or "")) > 255:
            message = f"Has {len(fields['subject'])} characters, it can have maximum of 255 characters"
            yield "subject", message, "invalid_value"

    def listed(self, since: str) -> list[Change]:
        """Newest first; those of the last thirty days where nothing says since when."""
        month = self._clock() - timedelta(days=30)
        listed = [
            change
            for change in self.changes.values()
            if (change.values["updated_at"] >= since if since else change.at >= month)
        ]
        return sorted(listed, key=lambda change: -change.id)

    def filtered(self, query: str) -> list[Change]:
        """`"name:'text' AND name:1"`, in double quotes; ValueError for what is none."""
        if not re.fullmatch(r'".+"', query):
            raise ValueError(query)
        matches = [change for change in self.listed("0") if self._clock() - change.at >= _LAG]
        for clause in query[1:-1].split(" AND "):
            match = _CLAUSE.fullmatch(clause.strip())
            if not match or match[1] not in self.own | {*REQUIRED, *_OTHERS, "approval_status"}:
                raise InvalidError(("query", "Query is invalid", "invalid_value"))
            name, value = match[1], match[2] if match[2] is not None else match[3]
            matches = [
                each for each in matches
                if str({**each.values["custom_fields"], **each.values}.get(name, "")).casefold() == value.casefold()
            ]  # fmt: skip
        return matches

    def record(self, change: Change, key_field: str) -> Record:
        notes = [(at, line) for at, body in change.notes for line in _lines(body)]
        lines = [line for _, line in sorted([*notes, *change.moves], key=lambda entry: entry[0])]
        custom = {name: what for name, what in change.values["custom_fields"].items() if what is not None}
        plans = {name: entry["description"] for name, entry in change.values["planning_fields"].items()}
        plain = {name: what for name, what in change.values.items() if what is not None and name not in {
            "custom_fields", "planning_fields", "description_text"}}  # fmt: skip
        match = re.search(r"Foresignal key: (\S+)\s*\Z", change.values["description_text"])
        key = str(custom.get(key_field) or (match[1] if match else ""))
        label = self.statuses.get(change.values["status"], str(change.values["status"]))
        tasks = {"tasks": "\n".join(map(_in_a_line, change.tasks))} if change.tasks else {}
        fields = {**plain, **plans, **custom, **tasks}
        return Record(change.number, key, change.values["subject"], label, fields, tuple(lines))


def shown(change: Change, *, stats: bool, whole: bool) -> dict[str, Any]:
    """As the API shows it: lists leave out `custom_fields` and `planning_fields`."""
    values = {"id": change.id, **change.values}
    if not whole:
        values = {name: what for name, what in values.items() if name not in {"custom_fields", "planning_fields"}}
    return values | ({"stats": {"closed_at": change.closed_at}} if stats else {})


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _cleaned(text: str) -> str:
    """HTML as Freshservice keeps it: in a block, without what could run."""
    return f"<div>{_UNSAFE.sub('', text)}</div>"


def _text(text: str) -> str:
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    for block in re.split(r"</?(?:p|li|div|ul|h\d)\b[^>]*>", text):
        if line := html.unescape(re.sub(r"<[^>]*>", " ", block)).strip():
            yield line


def _in_a_line(task: Mapping[str, Any]) -> str:
    """A task as the page of its change shows it."""
    by = f" (by {task['due_date'][:10]})" if task["due_date"] else ""
    return f"{task['title']}{by}"
