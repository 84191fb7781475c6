"""A change as a list shows it, and as a row of a table for programs (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from shared.core.life.figures import LAPSED
from shared.core.life.line import Line, Ticket
from shared.core.life.selected import DueDay, due_day
from shared.core.life.targets import calendars, clocks, pace_of
from shared.core.policy.model import Policy

ListedState = Literal["waits", "parked", "closed", "lapsed", "overdue", "over", "about", "open", "idle"]
"""How a change stands. `waits`: it was not read yet; `idle`: neither open nor closed, as nobody tracks it."""


@dataclass(frozen=True, slots=True)
class ListedChange:
    """One row of a list: the line, what is due of it, and how it stands."""

    line: Line
    due: DueDay | None
    state: ListedState

    @property
    def ticket(self) -> Ticket | None:
        """The first ticket that was filed."""
        return next((ticket for ticket in self.line.tickets if ticket.number), None)


def listed(lines: Iterable[Line], policy: Policy, now: datetime) -> list[ListedChange]:
    today, of_team = now.date(), calendars(policy)

    def state(line: Line, due: DueDay | None) -> ListedState:
        if line.closed:
            return "lapsed" if line.through == LAPSED else "closed"
        if line.stage == "parked":
            return "parked"
        if not line.decided:
            return "waits"
        if not line.is_open(today):
            return "idle"
        if due and due.late:
            return "overdue"
        return pace_of(clocks(line, policy, of_team(line.team), now)) or "open"

    return [ListedChange(line, due := due_day(line, today), state(line, due)) for line in lines]


COLUMNS: Sequence[str] = (
    "change", "title", "state", "due", "due_because", "act_by", "rollout_start", "rollout_end", "team", "workloads",
    "products", "kind", "admin_impact", "user_impact", "status", "ticket", "ticket_state", "unsure", "unowned",
    "revisions", "roadmap", "controls", "tenants", "published", "first_seen", "changed", "closed",
)  # fmt: skip


def rows_of(changes: Iterable[ListedChange]) -> list[dict[str, Any]]:
    """The same as rows of `COLUMNS`: days and moments in ISO 8601, several values with "; " between them."""
    return [_row(change) for change in changes]


def _row(change: ListedChange) -> dict[str, Any]:
    line, due, ticket = change.line, change.due, change.ticket
    values: Mapping[str, Any] = {
        "change": line.id, "title": line.title, "state": change.state, "due": due and due.day,
        "due_because": due and due.because, "act_by": line.act_by, "rollout_start": line.plan_start,
        "rollout_end": line.plan_end, "team": line.team, "workloads": line.workloads, "products": line.services,
        "kind": line.kind, "admin_impact": line.admin_impact, "user_impact": line.user_impact, "status": line.status,
        "ticket": ticket and ticket.number, "ticket_state": ticket and ticket.state, "unsure": line.unsure,
        "unowned": line.unowned, "revisions": line.revision, "roadmap": line.roadmap, "controls": line.controls,
        "tenants": line.tenants, "published": line.published, "first_seen": line.first_seen, "changed": line.modified,
        "closed": line.closed,
    }  # fmt: skip
    return {name: _flat(values[name]) for name in COLUMNS}


def _flat(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return "; ".join(value) if isinstance(value, tuple) else value
