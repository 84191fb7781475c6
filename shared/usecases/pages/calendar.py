"""The calendar: what rolls out when, read from lines."""

from datetime import date

from shared.core.life.calendar import CalendarView, calendar_of
from shared.core.life.figures import visible
from shared.core.life.line import Line
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines
from shared.usecases.pages.board import PAGE, choices, pages_of


async def calendar(
    deps: Deps,
    first: date | None,
    *,
    privacy: bool,
    team: str = "",
    workload: str = "",
    day: date | None = None,
    page: int = 1,
) -> CalendarView:
    """At most 6 calls, and 3 where the process knows the lists. `first`: the month's first day; None for this month.

    `known`: whether any change has a day in it, whatever the filter.
    """
    policy, lines, today = await deps.here.policy.current(), await live_lines(deps), deps.here.clock().date()
    every = visible(lines.by_id.values(), privacy=privacy)
    month = calendar_of(fitting(every, team, workload), policy, first or today.replace(day=1))
    chosen = next((each for each in month.days if each.day == day and each.in_month), None)
    marks = chosen.marks if chosen else ()
    pages = pages_of(len(marks))
    page = min(max(page, 1), pages)
    last = month.days[-1].day
    return CalendarView(
        month,
        today,
        tuple(each for each in policy.calendar.freezes if each.from_ <= last and each.until >= month.days[0].day),
        complete=lines.mark is not None,
        known=bool(every),
        team=team,
        workload=workload,
        teams=choices(policy.teams, team),
        workloads=choices(policy.workloads, workload),
        day=chosen,
        marks=marks[(page - 1) * PAGE : page * PAGE],
        page=page,
        pages=pages,
    )


def fitting(lines: list[Line], team: str, workload: str) -> list[Line]:
    """The lines of a team, and of a workload; of all where none is asked."""
    return [
        line
        for line in lines
        if (not team or team == line.team or team in line.teams) and (not workload or workload in line.workloads)
    ]
