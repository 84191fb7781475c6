"""What a change request should hold, of what is in a ticket; without a call."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.adapters.ticketing.differing import differing
from shared.adapters.ticketing.document import parse, value
from shared.adapters.ticketing.kept import IN_WORK, filled_in, written_now
from shared.adapters.ticketing.markup import journal, plain
from shared.adapters.ticketing.texts import labelled, planned_end, risk_lines
from shared.adapters.tickets.servicenow.record import (
    as_text,
    differences,
    folded,
    for_people,
    is_there,
    line_of,
    pieces,
    raw_value,
)
from shared.adapters.tickets.servicenow.settings import Settings
from shared.core.terms import State
from shared.core.text.safe import cut
from shared.core.tickets.ticket import Difference, Ticket

# The lengths that a new instance has; an instance cuts silently what is longer.
_TITLE, _TEXT, KEY_LIMIT = 160, 4_000, 100
_RISK = {"high": "2", "medium": "3", "low": "4"}
_IMPACT = {"high": "1", "medium": "2", "low": "3"}
_PLANS = {
    "justification": "Justification", "risk_impact_analysis": "Risk and impact",
    "implementation_plan": "Implementation plan", "test_plan": "Test plan", "backout_plan": "Back-out plan",
}  # fmt: skip
PLANNED = frozenset({"start_date", "end_date"})
_OF_STANDARD = PLANNED
"""What may be written to a standard change, besides its notes and the policy's own fields."""
_LATE = frozenset({"implementation_plan"})
"""Fields that the version before never wrote: what stands there without a fingerprint is somebody else's."""
Record = Mapping[str, Any]


def wanted_fields(settings: Settings, ticket: Ticket) -> dict[str, str]:
    """The fields that we keep as they should be, by ServiceNow's names; their values as the API takes them.

    A standard change is its template's but for the planned dates: there the texts are notes (`texts`).
    """
    wanted, own = _shipped_fields(settings, ticket), settings.own_fields(ticket, journal)
    if settings.type == "standard":
        wanted = {name: text for name, text in wanted.items() if name in _OF_STANDARD}
    return {**wanted, **{name: as_text(what) for name, what in own.items()}}


def texts(settings: Settings, ticket: Ticket) -> tuple[str, ...]:
    """The lines for the notes of a standard change that say what its fields must not; none for other changes."""
    if settings.type != "standard":
        return ()
    wanted = _shipped_fields(settings, ticket)
    lines = [line for line in wanted["description"].split("\n") if line.strip()]
    rest = [labelled(label, wanted[name]) for name, label in _PLANS.items()]
    items = labelled("Configuration items", ", ".join(ticket.configuration_items))
    return tuple(filter(None, (*lines, *rest, items, f"Proposed: risk {ticket.risk}, impact {ticket.impact}")))


def created(
    settings: Settings, ticket: Ticket, references: Mapping[str, str], without: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Everything that a new change request is given, but for the fields `without`.

    `references`: ids of what is set then, and never again.
    """
    own = {"correlation_id": ticket.key[:KEY_LIMIT], "correlation_display": "Foresignal"}
    first = pieces([line_of(note) for note in (*texts(settings, ticket), *ticket.notes)])[:1]
    notes = {"work_notes": first[0]} if first else {}
    title = {"short_description": _shipped_fields(settings, ticket)["short_description"]}
    kind = {"type": settings.type} if settings.api == "table" else {}
    body = {**title, **references, **wanted_fields(settings, ticket), **kind, **own, **notes}
    return {name: text for name, text in body.items() if name not in without}


def to_write(
    settings: Settings, should: Mapping[str, str], record: Record, written: Mapping[str, str], state: State | str
) -> dict[str, str]:
    """What must be written so that the record is as it should be, but for what people filled in.

    `written`: the fingerprints of what we wrote. The dates of a plan that is running are kept, and those that would
    end before a start that somebody filled in.
    """
    values = held(should, record)
    late = _LATE - settings.fields.keys()
    theirs = filled_in(written, values) | {name for name in late if values.get(name) and name not in written}
    if state in IN_WORK:
        theirs |= PLANNED
    changes = {name: text for name, text in differences(should, record).items() if name not in theirs}
    start, end = (changes.get(name, values.get(name, "")) for name in ("start_date", "end_date"))
    if theirs & PLANNED and start and end and end < start:
        return {name: text for name, text in changes.items() if name not in PLANNED}
    return changes


def listed(should: Mapping[str, str], changes: Mapping[str, str], record: Record, ticket: Ticket) -> list[Difference]:
    """The fields that differ, for people. `changes`: as `to_write` has them."""
    levels = {"risk": ticket.risk, "impact": ticket.impact}
    chosen = {name: f"{should[name]} ({level})" for name, level in levels.items() if name in should}
    pairs = (
        (name, for_people(record, name), chosen.get(name, text)) for name, text in differences(should, record).items()
    )
    return differing(pairs, changes)


def fingerprints(should: Mapping[str, str], record: Record, written: Mapping[str, str]) -> dict[str, str]:
    """The fingerprints after a write: of what the record holds now; a text that was cut is ours, too."""
    values = held(should, record)
    ours = (name for name, text in should.items() if is_there(record, name, text) or is_cut(values.get(name, ""), text))
    return written_now(written, values, ours)


def is_cut(there: str, text: str) -> bool:
    """Whether a field holds the beginning of a text."""
    return bool(there) and folded(text).startswith(there)


def held(should: Mapping[str, str], record: Record) -> dict[str, str]:
    """What the fields that we see hold, in the form in which they are compared."""
    return {name: folded(raw_value(record, name)) for name in should if name in record}


def _shipped_fields(settings: Settings, ticket: Ticket) -> dict[str, str]:
    why = "\n".join((ticket.why_board, *(f"- {line}" for line in ticket.why)))
    plan = "\n\n".join(filter(None, (ticket.implementation_plan, labelled("Communication", ticket.communication_plan))))
    return {
        "short_description": cut(journal(settings.title(ticket, _TITLE)), _TITLE) or ticket.key,
        "description": cut(journal(plain(settings.description(ticket, "servicenow"), _TEXT)), _TEXT),
        "justification": _text(why),
        "risk_impact_analysis": _text("\n".join(risk_lines(ticket))),
        "implementation_plan": _text(plan),
        "test_plan": _text(ticket.test_plan),
        "backout_plan": _text(ticket.backout),
        "risk": as_text(settings.value("risk", ticket.risk, _RISK[ticket.risk])),
        "impact": as_text(settings.value("impact", ticket.impact, _IMPACT[ticket.impact])),
        "start_date": _moment(ticket.planned_start, "00:00:00"),
        "end_date": _moment(planned_end(ticket), "23:59:59"),
    }


def _text(text: str) -> str:
    return cut(journal(plain(parse(value(text)), _TEXT)), _TEXT)


def _moment(day: date | None, time: str) -> str:
    return f"{day} {time}" if day else ""
