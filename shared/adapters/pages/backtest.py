"""A backtest as a page that stands alone: what a policy would have done, and what differs from another."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from shared.adapters.pages import charts
from shared.adapters.pages.render import render
from shared.core.backtest.difference import Differs
from shared.core.backtest.report import Report, Tally
from shared.core.life.metrics import Count
from shared.core.links import post_url
from shared.core.terms import Cloud

_WEEKS = 60
"""More weeks than this are drawn by month."""
_WIDE, _TALL = 640, 120
_AT_ONCE = 12
"""Rows of a long table that stand open; the rest folds away."""


@dataclass(frozen=True, slots=True)
class Column:
    """One week or month of a chart: the bar of this policy, and the one of the other behind it."""

    label: date
    bar: charts.Bar
    behind: charts.Bar | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over time with what one of them stands for, and the largest count for the scale."""

    name: str
    each: str
    columns: tuple[Column, ...]
    total: int
    most: int


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team's counts with its part of all cards (0 to 1), and its bar."""

    name: str
    tally: Tally
    before: Tally | None
    part: float
    bar: charts.Bar


def backtest_page(
    new: Report, old: Report | None = None, differs: Sequence[Differs] = (), cloud: Cloud = "worldwide"
) -> str:
    """The whole page. `old`: the policy that it is held against, with `differs` between the two."""
    return render(
        "backtest.html.j2",
        title=f"Backtest of {new.name}",
        new=new,
        old=old,
        weeks=max(len(new.weeks), 1),
        charts=[_chart("Tickets", new, old), _chart("Cards", new, old)],
        teams=_teams(new, old),
        routes=_with_bars(new),
        missed=(new.missed[:_AT_ONCE], new.missed[_AT_ONCE:]),
        counts=Counter((each.what, each.kind) for each in differs),
        differs=(differs[:_AT_ONCE], differs[_AT_ONCE:]),
        unowned=(new.unowned[:_AT_ONCE], new.unowned[_AT_ONCE:]),
        days=sorted(new.weeks, reverse=True),
        nothing=Tally(),
        url=partial(post_url, cloud=cloud),
    )


def _chart(name: str, new: Report, old: Report | None) -> Chart:
    ours, theirs = _counts(name, new.weeks), _counts(name, old.weeks) if old else []
    # One scale for both: the larger of the two fills the drawing.
    most = max((each.count for each in (*ours, *theirs)), default=0)
    scale = [*ours, Count("", most)]
    step = _WIDE / max(len(ours), 1)
    bars = charts.columns(scale, step * len(scale), _TALL, gap=0.45 if old else 0.25)[:-1]
    behind = charts.columns([*theirs, Count("", most)], step * len(scale), _TALL, gap=0.1)[:-1]
    return Chart(
        name,
        "week" if len(new.weeks) <= _WEEKS else "month",
        tuple(
            Column(date.fromisoformat(bar.label), bar, behind[index] if index < len(behind) else None)
            for index, bar in enumerate(bars)
        ),
        sum(each.count for each in ours),
        most,
    )


def _counts(name: str, weeks: Mapping[date, Tally]) -> list[Count]:
    """By week, labelled by its Monday, or by month, labelled by its first day."""
    counts: dict[date, int] = {}
    for week, tally in weeks.items():
        day = week if len(weeks) <= _WEEKS else week.replace(day=1)
        counts[day] = counts.get(day, 0) + (tally.tickets if name == "Tickets" else tally.cards)
    return [Count(day.isoformat(), count) for day, count in counts.items()]


def _teams(new: Report, old: Report | None) -> list[TeamRow]:
    quiet = not new.total.cards  # a policy without cards is told apart by its tickets
    before = old.teams if old else {}
    rows = {name: new.teams.get(name, Tally()) for name in (*new.teams, *before)}
    bars = charts.shares([Count(name, t.tickets if quiet else t.cards) for name, t in rows.items()], 100)
    whole = new.total.cards or 1
    return [
        TeamRow(name, tally, before.get(name, Tally()) if old else None, tally.cards / whole, bar)
        for (name, tally), bar in zip(rows.items(), bars, strict=True)
    ]


def _with_bars(new: Report) -> Iterable[tuple[object, charts.Bar]]:
    counts = [Count(row.path, row.tally.tickets + row.tally.updates + row.tally.cards) for row in new.routes]
    return list(zip(new.routes, charts.shares(counts, 100), strict=True))
