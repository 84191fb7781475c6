"""What a change should hold, of what is in a ticket; without a call.

Fields are kept by flat names here: `subject`, `planning_fields.backout_plan`, `custom_fields.vendor`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.adapters.ticketing.differing import differing, html_words
from shared.adapters.ticketing.document import parse, value
from shared.adapters.ticketing.kept import IN_WORK, filled_in, written_now
from shared.adapters.ticketing.markup import html_text, to_html
from shared.adapters.ticketing.texts import labelled, planned_end, risk_lines
from shared.adapters.tickets.freshservice.change import (
    KEY_LABEL,
    KEY_LIMIT,
    OPEN,
    PLANNED,
    Change,
    compared,
    differences,
    holds,
    is_html,
    is_same,
    moment,
    value_at,
)
from shared.adapters.tickets.freshservice.settings import TYPES, Settings
from shared.core.terms import State
from shared.core.tickets.ticket import Difference, Ticket

_TITLE, _TEXT = 255, 60_000
_LEVELS = {"high": 3, "medium": 2, "low": 1}
_WORDS = {number: level for level, number in _LEVELS.items()}
_FIRST = frozenset({"status", "agent_id", "group_id", "priority", "change_type", "requester_id", "workspace_id",
                    "category", "sub_category", "item_category", "department_id"})  # fmt: skip
"""Set on a new change only: they are the board's from then on."""
_ATTRIBUTES = _FIRST | {"subject", "description", "risk", "impact", "planned_start_date", "planned_end_date",
                        "impacted_services", "maintenance_window", "assets"}  # fmt: skip


def wanted_fields(settings: Settings, ticket: Ticket) -> dict[str, Any]:
    """The fields that we keep as they should be."""
    why = "\n\n".join((ticket.why_board, *ticket.why))
    plans = (
        ticket.implementation_plan,
        labelled("Communication plan (proposed)", ticket.communication_plan),
        labelled("Test plan (proposed)", ticket.test_plan),
    )
    own = {
        _flat(name): None if what == "" else what
        for name, what in settings.own_fields(ticket).items()
        if name not in _FIRST
    }
    description = to_html(settings.description(ticket, "freshservice"), _TEXT)
    key = {_key_name(settings): ticket.key[:KEY_LIMIT]} if settings.key_field else {}
    return {
        "subject": settings.title(ticket, _TITLE) or ticket.key,
        "description": f"{description}{_key_line(ticket)}",
        "risk": settings.value("risk", ticket.risk, _LEVELS[ticket.risk]),
        "impact": settings.value("impact", ticket.impact, _LEVELS[ticket.impact]),
        "planned_start_date": _moment(ticket.planned_start, "00:00:00"),
        "planned_end_date": _moment(planned_end(ticket), "23:59:59"),
        "planning_fields.reason_for_change": _text(why),
        "planning_fields.change_impact": _text("\n\n".join(risk_lines(ticket))),
        "planning_fields.rollout_plan": _text("\n\n".join(filter(None, plans))),
        "planning_fields.backout_plan": _text(ticket.backout),
        **own,
        **key,
    }


def new_fields(settings: Settings, ticket: Ticket, group: Any = None, agent: Any = None) -> dict[str, Any]:
    """Everything that a new change is given. `group`, `agent`: the ids of who it is assigned to, None for nobody."""
    first = {
        "requester_id": settings.requester_id,
        "status": OPEN,
        "priority": _LEVELS[ticket.risk],
        "change_type": TYPES[settings.type],
        "group_id": group,
        "agent_id": agent,
        "workspace_id": settings.workspace_id or None,
        **{name: what for name, what in settings.own_fields(ticket).items() if name in _FIRST},
    }
    fields = {**first, **wanted_fields(settings, ticket)}
    return {name: what for name, what in fields.items() if what is not None and what != ""}


def body_of(flat: Mapping[str, Any]) -> dict[str, Any]:
    """As the API takes it."""
    body: dict[str, Any] = {}
    for name, what in flat.items():
        whole, _, part = name.partition(".")
        if whole == "planning_fields":
            body.setdefault(whole, {})[part] = {"description": what}
        elif part:
            body.setdefault(whole, {})[part] = what
        else:
            body[name] = what
    return body


def theirs(
    settings: Settings, should: Mapping[str, Any], change: Change, written: Mapping[str, str], state: State | str
) -> frozenset[str]:
    """The fields that are left to people: what they filled in since we wrote it, and the dates of a running plan.

    `written`: the fingerprints of what we wrote. The field of our key is ours whatever happens.
    """
    kept = filled_in(written, held(should, change)) - {_key_name(settings)}
    return kept | frozenset(PLANNED) if state in IN_WORK else kept


def to_write(
    settings: Settings, ticket: Ticket, should: Mapping[str, Any], change: Change, kept: frozenset[str]
) -> dict[str, Any]:
    """The fields to write, but for those that are `kept`; to somebody's own description our key is added."""
    fields = {name: what for name, what in differences(should, change).items() if name not in kept}
    if "description" in kept and not holds(settings, change, ticket.key):
        fields["description"] = f"{change.get('description') or ''}{_key_line(ticket)}"
    return fields


def listed(
    should: Mapping[str, Any], fields: Mapping[str, Any], change: Change, kept: frozenset[str], ticket: Ticket
) -> list[Difference]:
    """The fields that differ, for people. `fields`: those to write; `kept`: those that are left to people."""

    def words(name: str, what: Any) -> Any:
        if name in {"risk", "impact"} and what in _WORDS:
            return f"{what} ({_WORDS[what]})"
        return html_words(what) if is_html(name) else what

    chosen = {"risk": f"{should.get('risk')} ({ticket.risk})", "impact": f"{should.get('impact')} ({ticket.impact})"}
    pairs = (
        (name, words(name, value_at(change, name)), chosen.get(name, words(name, what)))
        for name, what in {**fields, **differences(should, change)}.items()
    )
    return differing(pairs, fields.keys() - kept)


def in_order(fields: Mapping[str, Any], change: Change, kept: frozenset[str]) -> dict[str, Any]:
    """The fields without planned dates that would end before a start, or start after an end, which somebody filled in.

    Freshservice refuses the whole call for them.
    """
    start, end = (moment(fields.get(name, value_at(change, name))) for name in PLANNED)
    is_out = kept & set(PLANNED) and start and end and end < start
    return {name: what for name, what in fields.items() if not (is_out and name in PLANNED)}


def fingerprints(
    should: Mapping[str, Any], change: Change, written: Mapping[str, str], taken: frozenset[str]
) -> dict[str, str]:
    """The fingerprints after a write: of what the change holds now. `taken`: fields of which it took what we sent."""
    ours = (name for name, what in should.items() if name in taken or is_same(what, value_at(change, name)))
    return written_now(written, held(should, change), ours)


def held(should: Mapping[str, Any], change: Change) -> dict[str, str]:
    """What the fields that we see hold, in the form in which they are compared."""
    return {name: compared(value_at(change, name)) for name in should if name.partition(".")[0] in change}


def _key_line(ticket: Ticket) -> str:
    return f"<p>{KEY_LABEL}{html_text(ticket.key)}</p>"


def _key_name(settings: Settings) -> str:
    return f"custom_fields.{settings.key_field}" if settings.key_field else ""


def _flat(name: str) -> str:
    """A policy's field by its flat name: what is not Freshservice's own is a custom field."""
    return name if name in _ATTRIBUTES or "." in name else f"custom_fields.{name}"


def _text(text: str) -> str:
    return to_html(parse(value(text)), _TEXT)


def _moment(day: date | None, time: str) -> str | None:
    return f"{day}T{time}Z" if day else None
