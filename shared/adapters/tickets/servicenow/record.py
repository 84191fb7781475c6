"""What a change request holds, how it differs from what it should, and what its state says; without a call."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.adapters.ticketing.document import bare, value
from shared.adapters.ticketing.markup import journal
from shared.adapters.ticketing.outcome import not_taken
from shared.adapters.tickets.servicenow.settings import Settings
from shared.core.terms import ENDED, State, Verdict
from shared.core.text.safe import cut
from shared.core.tickets.ticket import TicketRef

NUMBER = re.compile(r"[A-Za-z]{2,10}\d{1,15}", re.ASCII)
SYS_ID = re.compile(r"[0-9a-f]{32}")
NOTE_LIMIT = 4_000
_STATES: dict[str, State] = {
    "-5": "new", "-4": "assess", "-3": "authorize", "-2": "scheduled", "-1": "implement", "0": "review", "3": "closed",
    "4": "cancelled",
}  # fmt: skip
CANCELLED, ASSESS = "4", "-4"
_WHOLE = re.compile(r"\A(-?\d+)\.0+\Z", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", re.ASCII)
_DECIDED: dict[str, Verdict] = {"approved": "approved", "rejected": "rejected"}
_HEAD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - .+ \([^()]+\)")
FIELDS = (
    "sys_id", "number", "state", "approval", "closed_at", "sys_updated_on", "sys_created_by", "work_notes",
    "correlation_id",
    "short_description", "description", "justification", "risk_impact_analysis", "implementation_plan", "test_plan",
    "backout_plan", "risk", "impact", "start_date", "end_date", "type", "assignment_group", "requested_by",
    "assigned_to", "cmdb_ci",
)  # fmt: skip


def differences(should: Mapping[str, str], record: Mapping[str, Any]) -> dict[str, str]:
    """What must be written so that the record is as it should be."""
    return {name: should[name] for name in not_taken(should, lambda name, text: is_there(record, name, text))}


def is_there(record: Mapping[str, Any], name: str, text: str) -> bool:
    """Whether a field says what it should: as a value, or as people see one that is chosen from a list."""
    raw, wanted = folded(raw_value(record, name)), folded(text)
    if raw == wanted:
        return True
    shown = folded(display_value(record, name)).casefold()
    return bool(wanted) and shown == wanted.casefold() and not _TIME.fullmatch(raw)


def ignored_fields(record: Mapping[str, Any]) -> frozenset[str]:
    """The fields of a new change that the Change Management API says it left out."""
    meta = record.get("__meta")
    names = meta.get("ignoredFields") if isinstance(meta, dict) else None
    return frozenset(str(name) for name in names) if isinstance(names, list) else frozenset()


def pieces(lines: Sequence[str]) -> list[str]:
    """Lines together in as few notes as hold them."""
    notes: list[str] = []
    for line in filter(None, lines):
        if notes and len(notes[-1]) + 1 + len(line) <= NOTE_LIMIT:
            notes[-1] += f"\n{line}"
        else:
            notes.append(line)
    return notes


def untold(notes: Iterable[str], record: Mapping[str, Any]) -> list[str]:
    """Those of the lines that the work notes do not hold yet."""
    there = {folded(line) for line in display_value(record, "work_notes").split("\n")}
    return [line for note in dict.fromkeys(notes) if folded(line := line_of(note)) and folded(line) not in there]


def note_lines(record: Mapping[str, Any]) -> list[str]:
    """The work notes' lines, oldest first, without who wrote them and when."""
    entries: list[list[str]] = []
    for line in display_value(record, "work_notes").split("\n"):
        if _HEAD.fullmatch(line):
            entries.append([])
        elif entries and line.strip():
            entries[-1].append(line)
    return [line for entry in reversed(entries) for line in entry]


def ref_of(settings: Settings, record: Mapping[str, Any]) -> TicketRef:
    state = state_of(settings, record)
    ended = when(raw_value(record, "closed_at")) or when(raw_value(record, "sys_updated_on"))
    return TicketRef(
        number=raw_value(record, "number"),
        url=settings.page(raw_value(record, "sys_id")),
        state=state or "unknown",
        closed_at=ended if state in ENDED else None,
        remote_state=display_value(record, "state"),
        decision=_DECIDED.get(raw_value(record, "approval"), ""),
    )


def state_of(settings: Settings, record: Mapping[str, Any]) -> State | None:
    """Ours for the instance's; None where neither the policy nor ServiceNow's own model knows it."""
    mapped = {str(word).casefold(): state for word, state in settings.states.items()}
    raw, label = _WHOLE.sub(r"\1", raw_value(record, "state")), display_value(record, "state")
    return mapped.get(label.casefold()) or mapped.get(raw.casefold()) or _STATES.get(raw)


def raw_value(record: Mapping[str, Any], name: str) -> str:
    """A field's value; with `sysparm_display_value=all` it comes beside how it is shown."""
    return _said(record.get(name), "value")


def display_value(record: Mapping[str, Any], name: str) -> str:
    return _said(record.get(name), "display_value")


def for_people(record: Mapping[str, Any], name: str) -> str:
    """A field's value, and beside it what people see of one that is chosen from a list."""
    raw, shown = folded(raw_value(record, name)), folded(display_value(record, name))
    if not (raw and shown) or shown == raw or _TIME.fullmatch(raw):
        return raw
    return shown if shown.startswith(f"{raw} - ") else f"{raw} ({shown})"


def _said(field: Any, part: str) -> str:
    """As the Table API says it: the Change Management API has numbers and truths of JSON, whole numbers as `-5.0`."""
    return as_text(field.get(part) if isinstance(field, dict) else field)


def when(text: str) -> datetime | None:
    """ServiceNow's time, which is UTC in a field's value."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def folded(text: str) -> str:
    return " ".join(text.split())


def line_of(note: str) -> str:
    """A line as it stands in a journal."""
    return cut(journal(folded(bare(value(note)))), NOTE_LIMIT)


def as_text(what: Any) -> str:
    """A value as the API takes it."""
    if isinstance(what, bool):
        return "true" if what else "false"
    if isinstance(what, float) and what.is_integer():
        return str(int(what))
    return "" if what is None else str(what)
