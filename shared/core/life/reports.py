"""What reports say: the agenda of the weekly review, a team's list, and the executive report on a month (pure).

Texts are in the language that is spoken. Whoever makes them leaves posts on data privacy out beforehand.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shared.core.changes.slips import words_of
from shared.core.life.effectiveness import CardFigures, FiguresKey, proposals, together
from shared.core.life.line import Line
from shared.core.life.lives import Life
from shared.core.life.measures import Measures, Share
from shared.core.life.metrics import Count
from shared.core.life.outcomes import OutcomeRow
from shared.core.life.periods import Period
from shared.core.life.targets import Clock, Step
from shared.core.words.dates import day as day_in_words
from shared.core.words.language import say

AHEAD = timedelta(days=14)
"""How far the agenda and a team's list look ahead."""
SINCE = timedelta(days=7)
"""How far they look back: to the review before."""
Topic = Literal["look", "decide", "ahead", "late", "moved"]


@dataclass(frozen=True, slots=True)
class ReportItem:
    """A change in a report. `why`: why it stands there. `is_new`: first seen since the review before."""

    id: str
    title: str
    team: str
    why: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The changes of one topic, the most urgent first. `empty`: what is said where there are none."""

    topic: Topic
    title: str
    empty: str
    items: tuple[ReportItem, ...]


@dataclass(frozen=True, slots=True)
class Unowned:
    """A service that no workload of the policy names, with the open changes that concern it."""

    service: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The weekly report. `measures`: of the seven days before."""

    period: Period
    at: datetime
    sections: tuple[Section, ...]
    unowned: tuple[Unowned, ...]
    measures: Measures


@dataclass(frozen=True, slots=True)
class TeamList:
    """What one team has to do."""

    team: str
    period: Period
    at: datetime
    open: int
    sections: tuple[Section, ...]

    @property
    def is_empty(self) -> bool:
        return not any(section.items for section in self.sections)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure of a month beside that of the month before. `unit`: what stands behind both.

    `turn`: whether it has become better or worse; empty where neither can be said.
    """

    name: str
    value: float | None
    before: float | None
    unit: str
    turn: Literal["", "better", "worse"]


@dataclass(frozen=True, slots=True)
class CardRow:
    """What became of the cards of one channel in the month. `hours`: to the first answer, in the median.

    `held`: those that came later, because the channel had had its cards of the day.
    """

    channel: str
    sent: int
    opened: int
    answered: int
    hours: float | None
    held: int = 0


@dataclass(frozen=True, slots=True)
class MonthReport:
    """The executive report. `months`: what was closed in each of the last twelve; `year`: measures of all of them.

    `proposals`: what three months of cards propose for the policy. `outcomes`: how rollouts went, as people said in the
    month.
    """

    measures: Measures
    year: Measures
    figures: tuple[KeyFigure, ...]
    months: tuple[Count, ...]
    cards: tuple[CardRow, ...]
    proposals: tuple[str, ...]
    outcomes: tuple[OutcomeRow, ...] = ()


def agenda(known: Sequence[Life], lines: Iterable[Line], measures: Measures, period: Period, at: datetime) -> Agenda:
    """The agenda of the weekly review. `measures`: those of the days since the review before."""
    return Agenda(period, at, _sections(known, at), unowned(lines, at.date()), measures)


def team_list(known: Iterable[Life], team: str, period: Period, at: datetime) -> TeamList:
    own = [life for life in known if life.team == team]
    return TeamList(team, period, at, sum(life.is_open for life in own), _sections(own, at))


def unowned(lines: Iterable[Line], today: date) -> tuple[Unowned, ...]:
    """The services without an owner, those with most open changes first; a change's id stands under each of its own."""
    by_service: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if not line.private and line.is_open(today):
            for service in line.unowned:
                by_service[service].append(line.id)
    rows = [Unowned(service, tuple(sorted(ids, reverse=True))) for service, ids in by_service.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.changes), row.service)))


def month_report(
    measures: Measures,
    before: Measures,
    year: Measures,
    months: Sequence[Count],
    cards: Sequence[Mapping[FiguresKey, CardFigures]],
    outcomes: Sequence[OutcomeRow] = (),
) -> MonthReport:
    """`cards`: the sums of this month, and of the two before it; `outcomes`: how rollouts went, by what people said."""
    return MonthReport(
        measures,
        year,
        key_figures(measures, before),
        tuple(months),
        _cards(cards[0]) if cards else (),
        tuple(proposals(together(cards))),
        tuple(outcomes),
    )


def key_figures(now: Measures, before: Measures) -> tuple[KeyFigure, ...]:
    """The figures of the first page, each beside that of the month before."""

    def figure(name: str, value: Callable[[Measures], float | None], unit: str, better: int) -> KeyFigure:
        mine, other = value(now), value(before)
        turned = 0 if mine is None or other is None else (mine > other) - (mine < other)
        return KeyFigure(name, mine, other, unit, "" if not turned * better else _turn(turned * better))

    return (
        figure("Change health", lambda m: m.health.score, "of 100", 1),
        figure("Open at the end of the month", lambda m: m.open, "changes", 0),
        figure("Opened", lambda m: m.opened, "changes", 0),
        figure("Closed", lambda m: m.closed, "changes", 0),
        figure("Over, and nobody had filed them", lambda m: m.lapsed, "changes", 0),
        figure("Day to act by missed", lambda m: m.health.missed.part, "changes", -1),
        figure("Over target at the end", lambda m: m.over, "changes", -1),
        figure("Median time to triage", lambda m: m.triage.days.median, "days", -1),
        figure("Median time to decide", lambda m: m.decide.days.median, "days", -1),
        figure("Median time to close", lambda m: m.close.days.median, "days", -1),
        figure("Looked at within target", lambda m: _percent(m.within["triage"]), "%", 1),
        figure("Decided within target", lambda m: _percent(m.within["decide"]), "%", 1),
        figure("Closed within target", lambda m: _percent(m.within["close"]), "%", 1),
    )


def _turn(better: int) -> Literal["better", "worse"]:
    return "better" if better > 0 else "worse"


def _percent(share: Share) -> float | None:
    return share.percent


def _cards(figures: Mapping[FiguresKey, CardFigures]) -> tuple[CardRow, ...]:
    by_channel: dict[str, CardFigures] = defaultdict(CardFigures)
    for key, each in figures.items():
        by_channel[key.channel] = by_channel[key.channel].plus(each)
    return tuple(
        CardRow(channel, each.sent, each.opened, each.answered, each.median_hours, each.held)
        for channel, each in sorted(by_channel.items())
    )


def _sections(known: Iterable[Life], at: datetime) -> tuple[Section, ...]:
    open_, today, since = [life for life in known if life.is_open], at.date(), at - SINCE
    look = [life for life in open_ if life.asked and life.triaged is None]
    decide = [life for life in open_ if life.ticketed and life.decided is None]
    ahead = [life for life in open_ if _next_day(life, today)]
    late = [life for life in open_ if life.overdue_since(today) or life.pace == "over"]
    moved = [life for life in open_ if life.slipped_at and life.slipped_at > since]

    def items(lives: Iterable[Life], why: Callable[[Life], str]) -> tuple[ReportItem, ...]:
        return tuple(ReportItem(life.id, life.title, life.team, why(life), life.first_seen > since) for life in lives)

    return (
        Section("late", say("Overdue, or over a target"), say("Nothing is overdue, and nothing is over a target."),
                items(sorted(late, key=lambda life: (life.overdue_since(today) or today, life.opened)),
                      lambda life: _late(life, today))),
        Section("look", say("Nobody has looked at it"), say("Somebody has looked at everything."),
                items(sorted(look, key=lambda life: life.first_seen, reverse=True),
                      lambda life: say("first seen on {}", day_in_words(life.first_seen.date())))),
        Section("decide", say("The board has to decide"), say("Nothing waits for the board."),
                items(sorted(decide, key=lambda life: life.opened),
                      lambda life: say("{} waits since {}", life.reference or say("Its ticket"),
                                       day_in_words(life.opened.date())))),
        Section("ahead", say("Days of the next two weeks"), say("No day falls into the next two weeks."),
                items(sorted(ahead, key=lambda life: (_next_day(life, today) or today, life.id)),
                      lambda life: _ahead(life, today))),
        Section("moved", say("Microsoft moved its days"), say("Microsoft moved no days since the last review."),
                items(sorted(moved, key=lambda life: -abs(life.slip_days)),
                      lambda life: say("in all {}", words_of(life.slip_days)))),
    )  # fmt: skip


def _next_day(life: Life, today: date) -> date | None:
    """The next of its days within two weeks: the day to act by, or the first day of the rollout."""
    days = [day for day in (life.act_by, life.rollout_start) if day and today <= day <= today + AHEAD]
    return min(days, default=None)


def _ahead(life: Life, today: date) -> str:
    near = _next_day(life, today)
    if near and near == life.act_by:
        return say("act by {}", day_in_words(near))
    return say("the rollout begins on {}", day_in_words(near)) if near else ""


def _late(life: Life, today: date) -> str:
    parts = [_beyond(clock) for clock in life.clocks if clock.pace == "over"]
    if due := life.overdue_since(today):
        days = (today - due).days
        parts.insert(0, say("1 day overdue") if days == 1 else say("{} days overdue", days))
    return "; ".join(parts)


def _beyond(clock: Clock) -> str:
    words: dict[Step, str] = {
        "triage": say("no look for {} working days of {}", clock.used, clock.allowed),
        "decide": say("no decision for {} working days of {}", clock.used, clock.allowed),
        "close": say("open for {} working days of {}", clock.used, clock.allowed),
    }
    return words[clock.step]
