"""Measures of a period: how long changes took, what was missed, how much notice there was, and their health (pure).

docs/metrics.md says each of them in a sentence, with its formula and its source.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal, NamedTuple, TypeVar

from shared.core.life.lives import Life
from shared.core.life.metrics import NO_WORKLOAD, Count, Spread, ages, days_between, spread
from shared.core.life.periods import Period
from shared.core.life.targets import STEPS, Step

Dimension = Literal["workload", "team", "kind", "impact"]
DIMENSIONS: tuple[Dimension, ...] = ("workload", "team", "kind", "impact")
UNKNOWN = "not known"
_Any = TypeVar("_Any")
SHORT_NOTICE = 30
"""Days; less is short notice."""
_MISSED, _OVER, _UNSEEN = 40, 30, 30
HEALTH_FORMULA = (
    f"100 less {_MISSED} × missed / due, less {_OVER} × over target / open, less {_UNSEEN} × never looked at / ended; "
    "a share of nothing counts 0"
)


class Share(NamedTuple):
    """So many of a whole."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def percent(self) -> int | None:
        """None of nothing."""
        return round(100 * self.part / self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Health:
    """The score from 0 to 100, and the three shares that it is made of (`HEALTH_FORMULA`)."""

    missed: Share
    over: Share
    unseen: Share

    @property
    def score(self) -> int:
        return round(100 - _MISSED * self.missed.value - _OVER * self.over.value - _UNSEEN * self.unseen.value)


@dataclass(frozen=True, slots=True)
class Durations:
    """How long one step took: in days, and in working days of the team."""

    days: Spread
    working: Spread


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one workload, team, kind or impact. A change of two workloads counts in both."""

    name: str
    open: int
    overdue: int
    over: int
    closed: int
    triage: Durations
    decide: Durations
    close: Durations


@dataclass(frozen=True, slots=True)
class Load:
    """What one team has: open and late at the end of the period; opened and closed within it."""

    team: str
    open: int
    overdue: int
    over: int
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class Notice:
    """The changes of one product whose rollout began, or day to act by came, in the period.

    `days`: from publication until then, for those where both are known. `short`: those with less than 30 days.
    `slipped`: changes whose days Microsoft moved; `slips`: how often in all; `slip_days`: how far in the median, of
    those that moved; later is positive.
    """

    product: str
    changes: int
    days: Spread
    short: Share
    slipped: int
    slips: int
    slip_days: float | None


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """What could not be measured, and so is in no figure that needs it.

    `earlier`: closed by a version that knew no moments; `no_day`: published in the period, with neither a first day nor
    a day to act by; `no_impact`: open and without targets, as nobody tells their impact.
    """

    earlier: int
    no_day: int
    no_impact: int


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything that is measured of a period, as of a moment: its end, or now while it lasts.

    `opened`: first ticket, task or sight in the period; `closed`: without what lapsed; `lapsed`: ended because the plan
    was over and nobody had filed it. `within`: of each step, those that kept the target of those that had one.
    `overdue`, `over`, `about`: of what is open: past its day, beyond a target, in the last fifth of one.
    """

    period: Period
    at: datetime
    open: int
    opened: int
    closed: int
    lapsed: int
    overdue: int
    over: int
    about: int
    triage: Durations
    decide: Durations
    close: Durations
    within: dict[Step, Share]
    ages: tuple[Count, ...]
    groups: dict[Dimension, tuple[Group, ...]]
    load: tuple[Load, ...]
    notice: tuple[Notice, ...]
    health: Health
    unmeasured: Unmeasured


def measures(known: Iterable[Life], period: Period, at: datetime) -> Measures:
    """The measures at a moment, of changes as they stood then (`lives`)."""
    everything, today = list(known), at.date()
    open_ = [life for life in everything if life.is_open]
    ended = [life for life in everything if period.holds(life.closed)]
    lapsed = [life for life in ended if life.lapsed]
    over = [life for life in open_ if life.pace == "over"]
    concerned = _concerned(everything, period, today)
    due = [life for life in everything if life.asked and period.holds_day(life.act_by) and _passed(life.act_by, today)]
    health = Health(
        Share(sum(life.missed(today) for life in due), len(due)),
        Share(len(over), len(open_)),
        Share(sum(life.unseen for life in ended), len(ended)),
    )
    return Measures(
        period=period,
        at=at,
        open=len(open_),
        opened=sum(period.holds(life.opened) for life in everything),
        closed=len(ended) - len(lapsed),
        lapsed=len(lapsed),
        overdue=sum(life.overdue_since(today) is not None for life in open_),
        over=len(over),
        about=sum(life.pace == "about" for life in open_),
        triage=_taken(concerned, "triage"),
        decide=_taken(concerned, "decide"),
        close=_taken(concerned, "close"),
        within={step: _within(everything, period, step) for step in STEPS},
        ages=ages(open_, at),
        groups={dimension: _groups(concerned, dimension) for dimension in DIMENSIONS},
        load=_load(everything, period, today),
        notice=notice(everything, period),
        health=health,
        unmeasured=Unmeasured(
            sum(not life.measured for life in ended),
            sum(period.holds(life.published) and life.begins is None and not life.private for life in everything),
            sum(life.asked and life.target.close is None for life in open_),
        ),
    )


def days_of(life: Life, step: Step) -> float | None:
    """Days with fractions that a step took; None where it was not done. To close: less the time that it stood closed.

    What lapsed was closed by nobody, and took no time to close.
    """
    if step == "triage":
        return days_between(life.first_seen, life.triaged) if life.triaged else None
    if step == "decide":
        return days_between(life.first_seen, life.decided) if life.decided else None
    if life.closed is None or life.lapsed:
        return None
    return max(0.0, days_between(life.opened, life.closed) - life.stood / timedelta(days=1))


def done_at(life: Life, step: Step) -> datetime | None:
    """When a step was done; what lapsed was never closed by anybody."""
    if step == "close":
        return None if life.lapsed else life.closed
    return life.triaged if step == "triage" else life.decided


def kept_target(life: Life, step: Step) -> bool | None:
    """Whether a step that was done kept its target; None where either is not known."""
    used, allowed = getattr(life.worked, step), getattr(life.target, step)
    return None if used is None or allowed is None else bool(used <= allowed)


def durations(known: Iterable[Life], period: Period, step: Step) -> Durations:
    """Of the changes whose step was done in the period."""
    return _durations([_took(life, step) for life in known if period.holds(done_at(life, step))])


class _Took(NamedTuple):
    """How long a step of one change took, as far as that is known."""

    days: float | None
    working: int | None


def _took(life: Life, step: Step) -> _Took:
    return _Took(days_of(life, step), getattr(life.worked, step))


def _durations(done: Sequence[_Took]) -> Durations:
    return Durations(
        spread(each.days for each in done if each.days is not None),
        spread(float(each.working) for each in done if each.working is not None),
    )


def notice(known: Iterable[Life], period: Period) -> tuple[Notice, ...]:
    """Product by product, those with most changes first. A change of two products counts in both."""
    by_product = _by(
        (life for life in known if period.holds_day(life.begins) and not life.private),
        lambda life: life.services or (UNKNOWN,),
    )
    return tuple(
        sorted((_notice(name, own) for name, own in by_product.items()), key=lambda row: (-row.changes, row.product))
    )


def _notice(product: str, own: Sequence[Life]) -> Notice:
    days = [
        float((life.begins - life.published.date()).days) for life in own if life.begins and life.published
    ]  # below zero where Microsoft told it afterwards
    moved = [life for life in own if life.slips]
    return Notice(
        product,
        len(own),
        spread(days),
        Share(sum(each < SHORT_NOTICE for each in days), len(days)),
        len(moved),
        sum(life.slips for life in moved),
        median(life.slip_days for life in moved) if moved else None,
    )


def _within(known: Iterable[Life], period: Period, step: Step) -> Share:
    """Those that kept the target, of those whose step was done in the period, or that ended in it and needed a look.

    What was closed without a decision had no board; what ended without a look was never answered.
    """
    kept = [answer for life in known if (answer := kept_in(life, period, step)) is not None]
    return Share(sum(kept), len(kept))


def kept_in(life: Life, period: Period, step: Step) -> bool | None:
    """Whether a step kept its target in a period; None where it counts in neither."""
    if period.holds(done_at(life, step)):
        return kept_target(life, step)
    never = step == "triage" and life.asked and life.measured and life.triaged is None
    return False if never and period.holds(life.closed) else None


class _Concerned(NamedTuple):
    """A change that is open, or of which a step was done in the period; `took`: those steps."""

    life: Life
    overdue: bool
    took: Mapping[Step, "_Took"]


def _concerned(known: Iterable[Life], period: Period, today: date) -> list[_Concerned]:
    took = ((life, {step: _took(life, step) for step in STEPS if period.holds(done_at(life, step))}) for life in known)
    return [
        _Concerned(life, life.overdue_since(today) is not None, steps) for life, steps in took if life.is_open or steps
    ]


def _taken(concerned: Iterable[_Concerned], step: Step) -> Durations:
    """Of the changes whose step was done in the period."""
    return _durations([each.took[step] for each in concerned if step in each.took])


def _groups(concerned: Sequence[_Concerned], dimension: Dimension) -> tuple[Group, ...]:
    """Those with most open changes first."""
    names: Callable[[Life], tuple[str, ...]] = {
        "workload": lambda life: life.workloads or (NO_WORKLOAD,),
        "team": lambda life: (life.team or UNKNOWN,),
        "kind": lambda life: (life.kind or UNKNOWN,),
        "impact": lambda life: (life.impact or UNKNOWN,),
    }[dimension]
    rows = [_group(name, own) for name, own in _by(concerned, lambda each: names(each.life)).items()]
    return tuple(sorted(rows, key=lambda row: (-row.open, -row.closed, row.name)))


def _group(name: str, own: Sequence["_Concerned"]) -> Group:
    return Group(
        name,
        sum(each.life.is_open for each in own),
        sum(each.overdue for each in own),
        sum(each.life.pace == "over" for each in own),
        sum("close" in each.took for each in own),
        *(_taken(own, step) for step in STEPS),
    )


def _load(known: Iterable[Life], period: Period, today: date) -> tuple[Load, ...]:
    """The teams with most open changes first; a team that has nothing, and had nothing, is left out."""
    rows = [
        Load(
            team,
            sum(life.is_open for life in own),
            sum(life.overdue_since(today) is not None for life in own),
            sum(life.pace == "over" for life in own),
            sum(period.holds(life.opened) for life in own),
            sum(period.holds(done_at(life, "close")) for life in own),
        )
        for team, own in _by(known, lambda life: (life.team or UNKNOWN,)).items()
    ]
    return tuple(
        sorted(
            (row for row in rows if row.open or row.opened or row.closed),
            key=lambda row: (-row.open, -row.opened, row.team),
        )
    )


def _by(known: Iterable[_Any], names: Callable[[_Any], tuple[str, ...]]) -> dict[str, list[_Any]]:
    groups: dict[str, list[_Any]] = defaultdict(list)
    for each in known:
        for name in dict.fromkeys(names(each)):
            groups[name].append(each)
    return groups


def _passed(day: date | None, today: date) -> bool:
    return day is not None and day < today
