"""The change board as lines say it: which tickets there are, in columns by their state (pure)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.core.life.line import Line, Part
from shared.core.policy.model import Policy
from shared.core.terms import ENDED
from shared.core.tickets.board import Move, possible, seen
from shared.core.tickets.register import change_of
from shared.core.tickets.ticket import DRY_RUN
from shared.core.words.board import STATES

COLUMNS: tuple[str, ...] = ("new", "assess", "authorize", "scheduled", "implement", "review", "closed")
CLOSED_FOR = timedelta(days=30)
"""How long a ticket that has ended stays on the board."""
_LAST_DAY = date.max


@dataclass(frozen=True, slots=True)
class BoardTicket:
    """A ticket of a change. `ours`: it stands in the built-in register, where people move it.

    `by_hand`: a person set its planned days; else they are those of the change. `ended`: when it ended, as far as the
    line says. `seen`: what a move over it must have seen.
    """

    number: str
    change_id: str
    url: str
    system: str
    title: str
    team: str
    workloads: tuple[str, ...]
    state: str
    decision: str
    risk: str
    planned_start: date | None
    planned_end: date | None
    by_hand: bool
    act_by: date | None
    ended: datetime | None
    ours: bool
    moves: tuple[Move, ...]
    seen: str
    remote_state: str = ""

    @property
    def column(self) -> str:
        return "closed" if self.state in ENDED else self.state

    @property
    def due(self) -> date:
        """By when somebody has to do something: the day to act by, else the first day."""
        return min((day for day in (self.act_by, self.planned_start) if day), default=_LAST_DAY)


@dataclass(frozen=True, slots=True)
class Column:
    """The tickets of one state, what is due first. `key`: the state's name; `closed` has those that were cancelled."""

    key: str
    name: str
    tickets: tuple[BoardTicket, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column of the board: how many tickets it has, and those that are shown, which are the first unless paged."""

    key: str
    name: str
    count: int
    tickets: tuple[BoardTicket, ...]


@dataclass(frozen=True, slots=True)
class BoardView:
    """The board. `team`, `workload`: what it is filtered by; `teams`, `workloads`: what it can be.

    `column`: the one that is shown alone, on page `page` of `pages`. `register`: whether the policy has the built-in
    register; `others`: the systems whose tickets are moved there, name to kind. `unfiltered`: the tickets on the board
    without any filter. `complete`: whether the lists are built.
    """

    columns: tuple[ColumnView, ...]
    today: date
    register: bool
    others: Mapping[str, str]
    unfiltered: int
    complete: bool
    team: str = ""
    workload: str = ""
    teams: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    column: str = ""
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class RegisterView:
    """A page of the register's tickets, the newest change first. `states`: how many there are of each."""

    tickets: tuple[BoardTicket, ...]
    states: Mapping[str, int]
    complete: bool
    state: str = ""
    page: int = 1
    pages: int = 1


class Filed(NamedTuple):
    """A ticket that is filed, as its line has it: of twenty thousand few values are looked at."""

    line: Line
    part: Part

    @property
    def number(self) -> str:
        return self.part.text("number")

    @property
    def state(self) -> str:
        return self.part.text("state") or "new"

    @property
    def ended(self) -> datetime | None:
        """When it ended, as far as the line says; None while it has not."""
        if self.state not in ENDED:
            return None
        moments = (self.part.moment("decided_at"), self.part.moment("moved_at"))
        return self.line.closed or max((at for at in moments if at), default=None)


def filed(lines: Iterable[Line]) -> Iterator[Filed]:
    """Every ticket that is filed. Those of a dry run, and those whose change another one deals with, are left out."""
    for line in lines:
        for part in line.parts:
            if part.name.startswith("ticket|") and _is_filed(part):
                yield Filed(line, part)


def tickets_of(lines: Iterable[Line], policy: Policy, since: datetime | None = None) -> list[BoardTicket]:
    """Every ticket that is filed. `since`: of those that have ended only what ended then or later."""
    return [
        ticket_of(each, policy)
        for each in filed(lines)
        if since is None or each.state not in ENDED or ((at := each.ended) and at >= since)
    ]


def columns(tickets: Iterable[BoardTicket], now: datetime) -> tuple[Column, ...]:
    """The board: every ticket that has not ended, and those that ended lately."""
    by_column: dict[str, list[BoardTicket]] = {key: [] for key in COLUMNS}
    for ticket in tickets:
        if ticket.column != "closed" or (ticket.ended and now - ticket.ended <= CLOSED_FOR):
            by_column.setdefault(ticket.column, []).append(ticket)
    by_column["closed"].sort(key=lambda ticket: (-(ticket.ended or now).timestamp(), ticket.number))
    for key in COLUMNS[:-1]:
        by_column[key].sort(key=lambda ticket: (ticket.due, ticket.number))
    return tuple(Column(key, STATES[key], tuple(by_column[key])) for key in COLUMNS)


def is_ours(system: str, number: str, policy: Policy) -> bool:
    """Whether a ticket stands in the built-in register; also one that the policy files there no more."""
    entry = policy.tickets.get(system)
    return entry.kind == "register" if entry else change_of(number) is not None


def is_followed(system: str, policy: Policy) -> bool:
    """Whether a move there has its change follow: the policy still files in it, and it is the built-in register."""
    entry = policy.tickets.get(system)
    return entry is not None and entry.kind == "register"


def has_register(policy: Policy) -> bool:
    return any(entry.kind == "register" for entry in policy.tickets.values())


def other_systems(policy: Policy) -> Mapping[str, str]:
    """The ticket systems in which we only read: name to kind."""
    return {name: entry.kind for name, entry in policy.tickets.items() if entry.kind != "register"}


def ticket_of(ticket: Filed, policy: Policy) -> BoardTicket:
    """A ticket as the board shows it."""
    line, part, state = ticket.line, ticket.part, ticket.state
    days = (part.day("planned_start"), part.day("planned_end"))
    by_hand, ours = any(days), is_ours(part.member, ticket.number, policy)
    return BoardTicket(
        number=ticket.number,
        change_id=line.id,
        url=part.text("url"),
        system=part.member,
        title=line.title,
        team=line.team if line.private else part.text("team"),
        workloads=line.workloads,
        state=state,
        decision=part.text("decision"),
        risk=part.text("risk"),
        planned_start=days[0] if by_hand else line.plan_start,
        planned_end=days[1] if by_hand else line.plan_end,
        by_hand=by_hand,
        act_by=line.act_by,
        ended=ticket.ended,
        ours=ours,
        moves=possible(state) if is_followed(part.member, policy) else (),
        seen=seen(state, *days),
        remote_state=part.text("remote_state"),
    )


def _is_filed(part: Part) -> bool:
    number = part.text("number")
    followed = part.flag("ended") and part.text("state") not in ENDED
    return bool(number) and not number.startswith(DRY_RUN) and not part.flag("silent") and not followed
