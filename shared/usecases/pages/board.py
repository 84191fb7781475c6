"""The board, read from lines: which tickets there are, and in which state."""

from collections.abc import Iterable

from shared.core.life.board import (
    CLOSED_FOR,
    COLUMNS,
    BoardTicket,
    BoardView,
    Column,
    ColumnView,
    columns,
    has_register,
    other_systems,
    tickets_of,
)
from shared.core.life.figures import visible
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines

SHOWN = 15
"""Tickets of a column on the whole board."""
PAGE = 50
"""Tickets on a page of one column, or of the register."""


async def board(
    deps: Deps, *, privacy: bool, team: str = "", workload: str = "", column: str = "", page: int = 1
) -> BoardView:
    """At most 6 calls, and 3 where the process knows the lists. `privacy`: whether posts on data privacy are shown."""
    policy, lines, now = await deps.here.policy.current(), await live_lines(deps), deps.here.clock()
    every = tickets_of(visible(lines.by_id.values(), privacy=privacy), policy, now - CLOSED_FOR)
    standing = [ticket for each in columns(every, now) for ticket in each.tickets]
    fitting = [ticket for ticket in standing if _fits(ticket, team, workload)]
    alone = column if column in COLUMNS else ""
    shown = [each for each in columns(fitting, now) if not alone or each.key == alone]
    pages = pages_of(max((len(each.tickets) for each in shown), default=0)) if alone else 1
    page = min(max(page, 1), pages)
    return BoardView(
        columns=tuple(_shown(each, (page - 1) * PAGE, PAGE if alone else SHOWN) for each in shown),
        today=now.date(),
        register=has_register(policy),
        others=other_systems(policy),
        unfiltered=len(standing),
        complete=lines.mark is not None,
        team=team,
        workload=workload,
        teams=choices((ticket.team for ticket in standing), team),
        workloads=choices((name for ticket in standing for name in ticket.workloads), workload),
        column=alone,
        page=page,
        pages=pages,
    )


def _fits(ticket: BoardTicket, team: str, workload: str) -> bool:
    return (not team or ticket.team == team) and (not workload or workload in ticket.workloads)


def _shown(column: Column, first: int, most: int) -> ColumnView:
    return ColumnView(column.key, column.name, len(column.tickets), column.tickets[first : first + most])


def choices(names: Iterable[str], chosen: str) -> tuple[str, ...]:
    """What a filter offers, with what was chosen."""
    return tuple(sorted({*names, chosen} - {""}))


def pages_of(count: int) -> int:
    """How many pages so many tickets fill; at least one."""
    return max(1, -(-count // PAGE))
