"""`foresignal report`: the weekly agenda, the executive report on a month, and a team's list, as text or as a page."""

import contextlib
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from shared.cli.tools import State, complain, printable, table, with_deployment

if TYPE_CHECKING:
    from shared.core.life.periods import Period
    from shared.core.life.reports import Agenda, MonthReport, Section, TeamList
    from shared.usecases.deps import Deps

T = TypeVar("T", "Agenda", "MonthReport", "TeamList")

report = typer.Typer(
    no_args_is_help=True,
    help="Make a report now: the agenda of the weekly review, the report on a month, or what a team has to do.\n\n"
    "Nothing is sent; `reports` in the policy sends them.",
)

Page = Annotated[
    bool | None, typer.Option("--html/--text", help="As a page that prints well, or as text.", show_default=False)
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write it to this file; a page unless --text is given.", show_default=False)
]
Week = Annotated[str, typer.Option("--period", help="The week, such as 2026-W19; without it, this one.")]
Month = Annotated[str, typer.Option("--period", help="The month, such as 2026-05; without it, the last one.")]
TeamName = Annotated[str, typer.Option("--team", help="The team, by its name in the policy.")]


@report.command()
def weekly(period: Week = "", html: Page = None, out: Out = None, state: State = None) -> None:
    """Make the agenda of the weekly review: what is late, new, to be decided, due soon, moved, and owned by nobody."""

    async def made(deps: "Deps") -> "tuple[Agenda, bool, str]":
        from shared.core.life.periods import week_of
        from shared.usecases.reports.make import agenda_of, known_at

        now = deps.here.clock()
        week = _period(period, "W", lambda: week_of(now.date()))
        known = await known_at(deps, week)
        return agenda_of(known, week, now), known.complete, deps.here.public_url

    made_now, complete, url = with_deployment(state, made)
    _warn(complete=complete)
    _give(made_now, url, out, _agenda_text, html=html)


@report.command()
def monthly(period: Month = "", html: Page = None, out: Out = None, state: State = None) -> None:
    """Make the executive report on a month: key figures, health, notice, load, and what became of cards."""

    async def made(deps: "Deps") -> "tuple[MonthReport, bool, str]":
        from shared.usecases.reports.make import last_month, month_made

        now = deps.here.clock()
        month = await month_made(deps, _period(period, "", lambda: last_month(now)))
        return month.report, month.complete, deps.here.public_url

    made_now, complete, url = with_deployment(state, made)
    _warn(complete=complete)
    _give(made_now, url, out, _month_text, html=html)


@report.command()
def owner(team: TeamName, period: Week = "", html: Page = None, out: Out = None, state: State = None) -> None:
    """Make the list of what one team has to do."""

    async def made(deps: "Deps") -> "tuple[TeamList, bool, str]":
        from shared.core.life.periods import week_of
        from shared.usecases.reports.make import known_at, team_list_of

        now, policy = deps.here.clock(), await deps.here.policy.current()
        if team not in policy.teams:
            what = f"the policy has no team {team!r} (known: {', '.join(policy.teams)})"
            raise typer.BadParameter(what, param_hint="--team")
        week = _period(period, "W", lambda: week_of(now.date()))
        known = await known_at(deps, week)
        return team_list_of(known, team, week, now), known.complete, deps.here.public_url

    made_now, complete, url = with_deployment(state, made)
    _warn(complete=complete)
    _give(made_now, url, out, _team_text, html=html)


def _period(name: str, mark: str, default: "Callable[[], Period]") -> "Period":
    """The period that somebody typed: a week where `mark` is W, else a month."""
    from shared.core.life.periods import period_named

    if not name:
        return default()
    known = period_named(name)
    if known is None or ("W" in known.name) != bool(mark):
        example = "week such as 2026-W19" if mark else "month such as 2026-05"
        raise typer.BadParameter(f"{name!r} is no {example}", param_hint="--period")
    return known


def _warn(*, complete: bool) -> None:
    if not complete:
        complain("The lists are not built yet, so this is only about the last three days. They are within ten minutes.")


def _give(made: T, url: str, out: Path | None, text: Callable[[T], None], *, html: bool | None) -> None:
    """To the terminal as text, to a file as a page, unless the other one is asked for."""
    if not (out is not None if html is None else html):
        lines = io.StringIO()
        with contextlib.redirect_stdout(lines if out else sys.stdout):
            text(made)
        written = lines.getvalue()
    else:
        from shared.adapters.pages.reports import report_page

        written = report_page(made, url)
    if out is None:
        typer.echo(written, nl=False)
        return
    out.write_text(written, encoding="utf-8")
    typer.echo(f"The report is in {out}.")


def _agenda_text(made: "Agenda") -> None:
    measures = made.measures
    typer.echo(f"Agenda of the weekly review, {made.period.name}, as of {made.at:%Y-%m-%d %H:%M} UTC")
    typer.echo(f"{measures.open} open, {measures.overdue} overdue, {measures.over} over target")
    typer.echo(f"In seven days: {measures.opened} opened, {measures.closed} closed")
    _sections_text(made.sections)
    typer.echo("\nServices that nobody owns")
    if not made.unowned:
        typer.echo("Every service has an owner.")
    for row in made.unowned:
        typer.echo(printable(f"  {row.service}: {len(row.changes)} open ({', '.join(row.changes[:3])})"))


def _team_text(made: "TeamList") -> None:
    typer.echo(f"What is due for {made.team}, {made.period.name}, as of {made.at:%Y-%m-%d %H:%M} UTC")
    typer.echo(f"{made.open} open")
    _sections_text(made.sections)


def _sections_text(sections: "tuple[Section, ...]") -> None:
    for section in sections:
        typer.echo(f"\n{section.title}")
        if not section.items:
            typer.echo(section.empty)
            continue
        table(
            ("change", "title", "team", "why"),
            ((item.id, item.title, item.team, ("new; " if item.is_new else "") + item.why) for item in section.items),
        )


def _month_text(made: "MonthReport") -> None:
    from shared.core.life.measures import HEALTH_FORMULA
    from shared.core.words.outcomes import LOAD_WORDS

    measures = made.measures
    typer.echo(f"Microsoft 365 changes in {measures.period.name}, as of {measures.at:%Y-%m-%d %H:%M} UTC\n")
    table(
        ("figure", "this month", "month before", ""),
        ((f.name, _number(f.value, f.unit), _number(f.before, ""), f.turn) for f in made.figures),
    )
    typer.echo(f"\nChange health: {HEALTH_FORMULA}")
    if measures.load:
        typer.echo("")
        table(
            ("team", "open", "overdue", "over target", "opened", "closed"),
            ((row.team, row.open, row.overdue, row.over, row.opened, row.closed) for row in measures.load),
        )
    if made.outcomes:
        typer.echo("\nHow rollouts went, as people said:")
        table(
            ("change", "team", "help desk", "lesson", "title"),
            ((row.change, row.team, LOAD_WORDS[row.load], row.lesson, row.title) for row in made.outcomes),
        )
    for line in made.proposals:
        typer.echo(printable(line))


def _number(value: float | None, unit: str) -> str:
    from shared.core.life.report_cards import number_in_words

    return number_in_words(value) if value is None else f"{number_in_words(value)} {unit}".strip()
