"""A ticket of the built-in register, and what becomes of it; kept as one row of table `register` (pure)."""

import re
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from shared.core import ids
from shared.core.terms import ENDED, State, Verdict
from shared.core.tickets.reassess import is_approved
from shared.core.tickets.ticket import PlanStep, Ticket, TicketRef

_PREFIX = "CHG"
_UNDECIDED: frozenset[State] = frozenset({"new", "assess", "authorize"})
_NUMBER = re.compile(rf"{_PREFIX}(\d{{7,10}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Said:
    """What of a ticket its state is made of, as ticket systems tell it; the fields are those of `Entry`."""

    number: str
    state: State
    closed: datetime | None
    risk: str
    planned_start: date | None
    planned_end: date | None
    proposed_start: date | None
    proposed_end: date | None
    decision: Verdict
    decided_by: str
    decided_at: datetime | None

    @property
    def is_planned_by_hand(self) -> bool:
        """Whether a person set its planned days. Both are theirs then: of two that belong together none moves alone."""
        return (self.planned_start, self.planned_end) != (self.proposed_start, self.proposed_end)

    @property
    def planned_by_hand(self) -> tuple[date | None, date | None]:
        """The days that a person set; neither where nobody did."""
        return (self.planned_start, self.planned_end) if self.is_planned_by_hand else (None, None)


@dataclass(frozen=True, slots=True)
class Entry:
    """One ticket of the register. `number` is made of the id it was opened for: no counter, so none has two.

    `change_id` is the change that it stands for now; another one than at first where it was taken over. The people and
    `configuration_items` are those of the day on which it was opened; `steps` are the plan's. `decision`: the board's,
    by whom and when. `proposed_start`, `proposed_end`: the planned days as we last wrote them; where the ticket has
    others, a person set them, and they stay.
    """

    number: str
    key: str
    change_id: str
    title: str
    description: str
    state: State
    risk: str
    group: str
    planned_start: date | None
    planned_end: date | None
    act_by: date | None
    created: datetime
    updated: datetime
    closed: datetime | None
    history: tuple[tuple[datetime, str], ...]
    steps: tuple[PlanStep, ...] = ()
    requested_by: str = ""
    assigned_to: str = ""
    configuration_items: tuple[str, ...] = ()
    decision: Verdict = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    proposed_start: date | None = None
    proposed_end: date | None = None

    @property
    def said(self) -> Said:
        return Said(**{each.name: getattr(self, each.name) for each in fields(Said)})

    @property
    def is_planned_by_hand(self) -> bool:
        return self.said.is_planned_by_hand

    @property
    def planned_by_hand(self) -> tuple[date | None, date | None]:
        return self.said.planned_by_hand


def number_of(change_id: str) -> str:
    return f"{_PREFIX}{ids.number(change_id):07d}"


def number_of_key(key: str) -> str:
    """The number that goes with a ticket's key: both are made of the change that it was opened for."""
    return number_of(key.rsplit("-", 1)[-1])


def change_of(number: str) -> str | None:
    """The change of a register number; None for what is none."""
    match = _NUMBER.fullmatch(number)
    return f"MC{int(match[1])}" if match else None


def new_entry(
    ticket: Ticket, description: str, state: State, now: datetime, history: tuple[tuple[datetime, str], ...]
) -> Entry:
    """`description`: the ticket's texts as the register shows them."""
    return Entry(
        number=number_of_key(ticket.key),
        key=ticket.key,
        change_id=ticket.change_id,
        title=ticket.title,
        description=description,
        state=state,
        risk=ticket.risk,
        group=ticket.group,
        planned_start=ticket.planned_start,
        planned_end=ticket.planned_end,
        act_by=ticket.act_by,
        created=now,
        updated=now,
        closed=None,
        history=history,
        steps=ticket.steps,
        requested_by=ticket.requested_by,
        assigned_to=ticket.assigned_to,
        configuration_items=ticket.configuration_items,
        proposed_start=ticket.planned_start,
        proposed_end=ticket.planned_end,
    )


def ref_of(said: Said, public_url: str) -> TicketRef:
    """What the register says of a ticket, as any ticket system does: the days that a person set, and none of ours."""
    start, end = said.planned_by_hand
    return TicketRef(
        said.number,
        f"{public_url}/api/register/{said.number}",
        said.state,
        said.closed,
        decision=said.decision,
        decided_by=said.decided_by,
        decided_at=said.decided_at,
        risk=said.risk,
        planned_start=start,
        planned_end=end,
    )


def amended(entry: Entry, ticket: Ticket, description: str, now: datetime) -> Entry:
    """The ticket as it should be, the same object where it is so already.

    Its state is the board's, except that what Microsoft cancels is cancelled, and that the policy may ask for another
    look at one that has ended, or whose dates moved after it was approved. Planned days that a person
    set stay.
    """
    earlier = {text for _, text in entry.history}
    history = (*entry.history, *((now, line) for line in ticket.notes if line not in earlier))
    after = replace(
        new_entry(ticket, description, entry.state, now, history),
        created=entry.created,
        closed=entry.closed,
        requested_by=entry.requested_by,
        assigned_to=entry.assigned_to,
        configuration_items=entry.configuration_items,
        decision=entry.decision,
        decided_by=entry.decided_by,
        decided_at=entry.decided_at,
    )
    if entry.is_planned_by_hand:
        after = replace(after, planned_start=entry.planned_start, planned_end=entry.planned_end)
    if ticket.cancelled and entry.state not in ENDED:
        return moved(after, "cancelled", ticket.why_cancelled, now)
    if ticket.reopen and not ticket.cancelled and entry.state in ENDED:
        return moved(_undecided(after), "assess", "to be looked at again for what happened since", now)
    if ticket.reassess and is_approved(entry.state, ""):
        return moved(_undecided(after), "assess", ticket.reassess, now)
    return entry if replace(after, updated=entry.updated) == entry else after


def moved(entry: Entry, state: State, note: str, now: datetime, by: str = "") -> Entry:
    """In another state, with a line of history. `by`: who moved it, where a person did."""
    line = f"{entry.state} to {state}" + (f" by {by}" if by else "") + (f": {note}" if note else "")
    closed = (entry.closed or now) if state in ENDED else None
    return replace(entry, state=state, updated=now, closed=closed, history=(*entry.history, (now, line)))


def moved_by_board(entry: Entry, state: State, note: str, now: datetime, by: str = "") -> Entry:
    """The same by the board's own hand, which decides where it passes the assessment: cancelled is rejected.

    Sent back to the assessment, it is decided anew.
    """
    after = moved(entry, state, note, now, by)
    if state in _UNDECIDED:
        return _undecided(after)
    if entry.decision or entry.state not in _UNDECIDED:
        return after
    return replace(after, decision="rejected" if state == "cancelled" else "approved", decided_by=by, decided_at=now)


def _undecided(entry: Entry) -> Entry:
    return replace(entry, decision="", decided_by="", decided_at=None)
