"""What a change request should hold, how it differs from one that is there, and what its state says; without a call."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from shared.adapters.ticketing.document import bare, parse, value
from shared.adapters.ticketing.markup import plain
from shared.adapters.tickets.servicenow.settings import Settings
from shared.core.terms import ENDED, State, Verdict
from shared.core.text.safe import cut
from shared.core.tickets.ticket import Ticket, TicketRef

NUMBER = re.compile(r"[A-Za-z]{2,10}\d{1,15}", re.ASCII)
SYS_ID = re.compile(r"[0-9a-f]{32}")
# The lengths that a new instance has; an instance cuts silently what is longer.
_TITLE, _TEXT, KEY_LIMIT = 160, 4_000, 100
NOTE_LIMIT = 4_000
_RISK = {"high": "2", "medium": "3", "low": "4"}
_IMPACT = {"high": "1", "medium": "2", "low": "3"}
_STATES: dict[str, State] = {
    "-5": "new", "-4": "assess", "-3": "authorize", "-2": "scheduled", "-1": "implement", "0": "review", "3": "closed",
    "4": "cancelled",
}  # fmt: skip
CANCELLED = "4"
_DECIDED: dict[str, Verdict] = {"approved": "approved", "rejected": "rejected"}
_HEAD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - .+ \([^()]+\)")
FIELDS = (
    "sys_id", "number", "state", "approval", "closed_at", "sys_updated_on", "work_notes", "correlation_id",
    "short_description", "description", "justification", "risk_impact_analysis", "test_plan", "backout_plan", "risk",
    "impact", "start_date", "end_date",
)  # fmt: skip


def wanted_fields(settings: Settings, ticket: Ticket) -> dict[str, str]:
    """The fields that we keep as they should be, by ServiceNow's names; their values as the API takes them."""
    why = "\n".join((ticket.why_board, *(f"- {line}" for line in ticket.why)))
    impact = f"Impact: {ticket.admin_impact} for admins, {ticket.user_impact} for users. {ticket.impact_why}"
    risk = f"Risk: {ticket.risk}. {ticket.risk_why}\n{impact}\nIf nobody acts: {ticket.if_nobody_acts}"
    tests = f"{ticket.test_plan}\n\nCommunication: {ticket.communication_plan}"
    return {
        "short_description": settings.title(ticket, _TITLE) or ticket.key,
        "description": plain(settings.description(ticket, "servicenow"), _TEXT),
        "justification": _text(why),
        "risk_impact_analysis": _text(risk),
        "test_plan": _text(tests),
        "backout_plan": _text(ticket.backout),
        "risk": str(settings.value("risk", ticket.risk, _RISK[ticket.risk])),
        "impact": str(settings.value("impact", ticket.impact, _IMPACT[ticket.impact])),
        "start_date": _moment(ticket.planned_start, "00:00:00"),
        "end_date": _moment(ticket.planned_end, "23:59:59"),
        **{name: _own(what) for name, what in settings.own_fields(ticket).items()},
    }


def created(settings: Settings, ticket: Ticket) -> dict[str, str]:
    """Everything that a new change request is given but its assignment group, which has an id there."""
    own = {"correlation_id": ticket.key[:KEY_LIMIT], "correlation_display": "Foresignal"}
    notes = {"work_notes": "\n".join(lines)} if (lines := [line_of(note) for note in ticket.notes]) else {}
    kind = {"type": settings.type} if settings.api == "table" else {}
    return {**wanted_fields(settings, ticket), **kind, **own, **notes}


def differences(should: Mapping[str, str], record: Mapping[str, Any]) -> dict[str, str]:
    """What must be written so that the record is as it should be."""
    return {name: text for name, text in should.items() if folded(raw_value(record, name)) != folded(text)}


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
    raw, label = raw_value(record, "state"), display_value(record, "state")
    return mapped.get(label.casefold()) or mapped.get(raw.casefold()) or _STATES.get(raw)


def raw_value(record: Mapping[str, Any], name: str) -> str:
    """A field's value; with `sysparm_display_value=all` it comes beside how it is shown."""
    field = record.get(name)
    return str((field.get("value") if isinstance(field, dict) else field) or "")


def display_value(record: Mapping[str, Any], name: str) -> str:
    field = record.get(name)
    return str((field.get("display_value") if isinstance(field, dict) else field) or "")


def when(text: str) -> datetime | None:
    """ServiceNow's time, which is UTC in a field's value."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def folded(text: str) -> str:
    return " ".join(text.split())


def line_of(note: str) -> str:
    return cut(folded(bare(value(note))), NOTE_LIMIT)


def _text(text: str) -> str:
    return plain(parse(value(text)), _TEXT)


def _own(what: Any) -> str:
    if isinstance(what, bool):
        return "true" if what else "false"
    return "" if what is None else str(what)


def _moment(day: date | None, time: str) -> str:
    return f"{day} {time}" if day else ""
