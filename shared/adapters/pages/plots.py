"""Charts that a script draws from the table beside them (assets/charts.js), so that both say the same.

A column says by `look` how it is drawn, and by `colour` in which of the style sheet's colours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from shared.adapters.pages.render import days, short_day
from shared.core.life.behind import Behind
from shared.core.life.measures import SHORT_NOTICE, Measures
from shared.core.life.metrics import Count, Spread
from shared.core.life.periods import month_of, week_of
from shared.core.life.targets import Step
from shared.core.life.trends import Trend

Look = Literal["bar", "line", "dashes", "area", ""]
"""How a column is drawn; one without a look stands in the table alone."""
Colour = Literal["bar", "second", "quiet"]
_STEPS: dict[Step, tuple[str, str, str]] = {
    "triage": ("Time to triage", "looked at", "From the day that we first saw the post to the first act of a person."),
    "decide": ("Time to decide", "decided", "From the day that we first saw the post to the decision of the board."),
    "close": (
        "Time to close", "closed",
        "From the first ticket or task to the closing, less the time that the change stood closed.",
    ),
}  # fmt: skip


class Column(NamedTuple):
    """A column of figures."""

    name: str
    look: Look = ""
    colour: Colour = "bar"


class Mark(NamedTuple):
    """A row: what it is called, the day with which it begins, and its cells as they are shown.

    `lists`: of each cell the address of the changes that it counts; empty where it counts none.
    """

    label: str
    day: date
    cells: tuple[str, ...]
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart and its table. `meaning`: what it shows, in a sentence; `note`: how it is counted.

    `unit`: of the figures; empty for numbers of changes. `marks` are empty where there is nothing to show: then `empty`
    says so.
    """

    id: str
    title: str
    meaning: str
    note: str
    first: str
    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    empty: str
    unit: str = ""

    @property
    def says(self) -> str:
        """What somebody hears who does not see the chart."""
        drawn = " and ".join(column.name.lower() for column in self.columns if column.look)
        span = f"{self.marks[0].label} to {self.marks[-1].label}" if self.marks else ""
        return f"Chart: {drawn}, by {self.first.lower()}, {span}. {self.meaning}"


def closings_plot(trends: Sequence[Trend], weeks: Sequence[Count]) -> Plot:
    """Closings week by week where those are given, else month by month."""
    by_week = [(date.fromisoformat(each.label), each.count) for each in weeks]
    counts = by_week or [(trend.first, trend.closed) for trend in trends]
    total = sum(count for _, count in counts)
    span = "week" if weeks else "month"
    label = _week if weeks else _month
    best, most = max(counts, key=lambda pair: pair[1], default=(date.min, 0))
    meaning = f"{_changes(total)} closed in these {len(counts)} {span}s; the most, {most:,}, in {_in(best, span)}."
    return Plot(
        "weeks", f"Closings per {span}", meaning, "By people: without what lapsed. The last one lasts until now.",
        "Week of" if weeks else "Month", (Column("Closed", "bar"),),
        tuple(Mark(label(day), day, (f"{count:,}",)) for day, count in counts) if total else (),
        "Nothing was closed yet. A change closes with its ticket, or with its Planner task where it has no ticket.",
    )  # fmt: skip


def flow_plot(trends: Sequence[Trend]) -> Plot:
    """What came and what went, month by month."""
    opened, ended, lapsed = (sum(getattr(trend, name) for trend in trends) for name in ("opened", "ended", "lapsed"))
    meaning = f"{_changes(opened)} opened and {ended:,} ended"
    if lapsed:
        meaning += f", {lapsed:,} of these because their plan was over and nobody had filed them"
    return Plot(
        "flow", "Opened and ended", f"{meaning}.",
        "A change is opened by its first ticket or task, else on the day that we first saw the post.", "Month",
        (Column("Opened", "bar", "second"), Column("Ended", "bar"), Column("Closed"), Column("Lapsed")),
        tuple(
            _mark(trend, f"{trend.opened:,}", f"{trend.ended:,}", f"{trend.closed:,}", f"{trend.lapsed:,}")
            for trend in trends
        ) if opened or ended else (),
        "Nothing was opened and nothing ended.",
    )  # fmt: skip


def backlog_plot(trends: Sequence[Trend]) -> Plot:
    """What was open at the end of each month."""
    first, now = (trends[0].open, trends[-1].open) if trends else (0, 0)
    meaning = f"{_are(now)} open now"
    if len(trends) > 1:
        turn = f"{abs(now - first):,} {'more' if now > first else 'fewer'} than" if now != first else "as many as"
        meaning += f", {turn} at the end of {trends[0].first:%B %Y}"
    return Plot(
        "backlog", "Open at the end of each month", f"{meaning}.",
        "As far as lists say it today: a change that was opened again counts as open in between.", "Month",
        (Column("Open", "area"),), tuple(_mark(trend, f"{trend.open:,}") for trend in trends)
        if any(trend.open for trend in trends) else (), "No change was open.",
    )  # fmt: skip


def step_plot(step: Step, trends: Sequence[Trend], whole: Spread) -> Plot:
    """How long a step took: the median and what nine of ten took, month by month."""
    title, done, note = _STEPS[step]
    meaning = f"Half of the {whole.count:,} changes that were {done} took no longer than {days(whole.median)} days"
    return Plot(
        f"to-{step}", title, f"{meaning}, nine of ten no longer than {days(whole.p90)}.", note, "Month",
        (Column("Median", "line"), Column("Nine of ten within", "dashes", "second"), Column("Changes")),
        tuple(
            _mark(trend, days(trend.steps[step].median), days(trend.steps[step].p90), f"{trend.steps[step].count:,}")
            for trend in trends
        ) if whole.count else (),
        f"Nothing was {done} yet.", "days",
    )  # fmt: skip


def notice_plot(trends: Sequence[Trend]) -> Plot:
    """How many days Microsoft gave, by the month in which a rollout began."""
    known = sum(trend.notice.short.whole for trend in trends)
    short = sum(trend.notice.short.part for trend in trends)
    percent = round(100 * short / known) if known else 0
    return Plot(
        "notice", "Notice that Microsoft gave, month by month",
        f"{percent} % of {known:,} changes came with less than {SHORT_NOTICE} days of notice.",
        "From publication to the first day of the rollout, else to the day to act by, in the month of that day.",
        "Month",
        (Column("Median", "line"), Column("Nine of ten at least", "dashes", "second"), Column("Changes"),
         Column(f"Under {SHORT_NOTICE} days")),
        tuple(
            _mark(
                trend, days(trend.notice.median), days(trend.notice.least), f"{trend.notice.changes:,}",
                f"{trend.notice.short.part:,}",
            )
            for trend in trends
        ) if known else (),
        "No rollout began and no day to act by came.", "days",
    )  # fmt: skip


def plots(
    measures: Measures, trends: Sequence[Trend], weeks: Sequence[Count], behind: Behind | None = None
) -> dict[str, Plot]:
    """Every chart of the page of measures, by its id. `behind`: what its numbers of changes lead to."""
    steps: dict[Step, Spread] = {
        "triage": measures.triage.days, "decide": measures.decide.days, "close": measures.close.days,
    }  # fmt: skip
    made = [
        closings_plot(trends, weeks), flow_plot(trends), backlog_plot(trends), notice_plot(trends),
        *(step_plot(step, trends, whole) for step, whole in steps.items()),
    ]  # fmt: skip
    return {plot.id: _leading(plot, behind) if behind else plot for plot in made}


def _leading(plot: Plot, behind: Behind) -> Plot:
    """The chart with the lists behind the numbers of its table."""
    by_week = plot.first != "Month"
    step = next((each for each in _STEPS if plot.id == f"to-{each}"), None)

    def lists(day: date) -> tuple[str, ...]:
        span = week_of(day).name if by_week else month_of(day).name
        if step:
            return "", "", behind.done(step, span).address
        match plot.id:
            case "weeks":
                return (behind.closed(span).address,)
            case "flow":
                return tuple(each(span).address for each in (behind.opened, behind.ended, behind.closed, behind.lapsed))
            case "notice":
                noticed, short = behind.noticed(span=span), behind.noticed(span=span, notice="short")
                return "", "", noticed.address, short.address
        return ()

    return replace(plot, marks=tuple(mark._replace(lists=lists(mark.day)) for mark in plot.marks))


def _mark(trend: Trend, *cells: str) -> Mark:
    return Mark(_month(trend.first), trend.first, cells)


def _month(day: date) -> str:
    return f"{day:%b %Y}"


def _week(day: date) -> str:
    return short_day(day)


def _in(day: date, span: str) -> str:
    return f"the week of {_week(day)}" if span == "week" else f"{day:%B %Y}"


def _changes(count: int) -> str:
    return "1 change was" if count == 1 else f"{count:,} changes were"


def _are(count: int) -> str:
    return "1 change is" if count == 1 else f"{count:,} changes are"
