"""Measures of a period: how long changes took, what was missed, how much notice there was, and their health (pure).

docs/metrics.md says each of them in a sentence, with its formula and its source.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from types import MappingProxyType
from typing import Literal, NamedTuple

from shared.core.life.lives import Done, Life
from shared.core.life.metrics import NO_WORKLOAD, Count, Spread, ages, spread
from shared.core.life.periods import Period
from shared.core.life.targets import STEPS, Step

Dimension = Literal["workload", "team", "kind", "impact"]
DIMENSIONS: tuple[Dimension, ...] = ("workload", "team", "kind", "impact")
UNKNOWN = "not known"
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
    today = at.date()
    everything = [_seen(life, period, today) for life in known]
    whole = _Tally()
    for each in everything:
        whole.add(each)
    tallies = {dimension: _tallies(everything, dimension) for dimension in DIMENSIONS}
    open_ = [each for each in everything if each.life.is_open]
    ended = [each.life for each in everything if each.ended]
    lapsed = sum(life.lapsed for life in ended)
    due = [
        each.life
        for each in everything
        if each.life.asked and _passed(each.life.act_by, today) and period.holds_day(each.life.act_by)
    ]
    health = Health(
        Share(sum(life.missed(today) for life in due), len(due)),
        Share(whole.over, len(open_)),
        Share(sum(life.unseen for life in ended), len(ended)),
    )
    return Measures(
        period=period,
        at=at,
        open=len(open_),
        opened=whole.opened,
        closed=len(ended) - lapsed,
        lapsed=lapsed,
        overdue=whole.overdue,
        over=whole.over,
        about=sum(each.life.pace == "about" for each in open_),
        triage=whole.durations("triage"),
        decide=whole.durations("decide"),
        close=whole.durations("close"),
        within=_within(everything),
        ages=ages([each.life for each in open_], at),
        groups={dimension: _groups(own) for dimension, own in tallies.items()},
        load=_load(tallies["team"]),
        notice=notice((each.life for each in everything), period),
        health=health,
        unmeasured=Unmeasured(
            sum(not life.measured for life in ended),
            sum(
                each.life.begins is None and not each.life.private and period.holds(each.life.published)
                for each in everything
            ),
            sum(each.life.asked and each.life.target.close is None for each in open_),
        ),
    )


def durations(known: Iterable[Life], period: Period, step: Step) -> Durations:
    """Of the changes whose step was done in the period."""
    tally = _Tally()
    for life in known:
        tally.took(done for done in life.done if done.step == step and period.holds(done.at))
    return tally.durations(step)


class _Seen(NamedTuple):
    """A change as it stands, with what happened to it in the period: each is looked at once, whatever counts it.

    `steps`: those that were done in the period.
    """

    life: Life
    overdue: bool
    over: bool
    opened: bool
    ended: bool
    steps: tuple[Done, ...]


def _seen(life: Life, period: Period, today: date) -> _Seen:
    return _Seen(
        life,
        life.overdue_since(today) is not None,
        life.is_open and life.pace == "over",
        period.holds(life.opened),
        period.holds(life.closed),
        tuple([done for done in life.done if period.start <= done.at < period.end]),
    )


class _Tally:
    """Counts of some changes, and how long the steps took that were done in the period.

    `concerned`: how many of them are open, or had a step done in the period.
    """

    def __init__(self) -> None:
        self.concerned = self.open = self.overdue = self.over = self.opened = 0
        self._days: dict[Step, list[float]] = {step: [] for step in STEPS}
        self._working: dict[Step, list[float]] = {step: [] for step in STEPS}

    def add(self, each: _Seen) -> None:
        if each.opened:
            self.opened += 1
        if each.life.is_open:
            self.open += 1
            self.overdue += each.overdue
            self.over += each.over
        elif not each.steps:
            return
        self.concerned += 1
        self.took(each.steps)

    def took(self, steps: Iterable[Done]) -> None:
        for step, _, days, working in steps:
            self._days[step].append(days)
            if working is not None:
                self._working[step].append(float(working))

    @property
    def closed(self) -> int:
        """What lapsed was closed by nobody."""
        return len(self._days["close"])

    def durations(self, step: Step) -> Durations:
        return Durations(spread(self._days[step]), spread(self._working[step]))


def notice(known: Iterable[Life], period: Period) -> tuple[Notice, ...]:
    """Product by product, those with most changes first. A change of two products counts in both."""
    by_product: dict[str, list[Life]] = defaultdict(list)
    for life in known:
        if not life.private and period.holds_day(life.begins):
            for name in dict.fromkeys(life.services or (UNKNOWN,)):
                by_product[name].append(life)
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


def _within(everything: Iterable[_Seen]) -> dict[Step, Share]:
    """Those that kept the target, of those whose step was done in the period, or that ended in it and needed a look."""
    kept: dict[Step, list[bool]] = {step: [] for step in STEPS}
    for each in everything:
        for step, answer in _kept(each):
            kept[step].append(answer)
    return {step: Share(sum(answers), len(answers)) for step, answers in kept.items()}


def kept_in(life: Life, period: Period, step: Step) -> bool | None:
    """Whether a step kept its target in a period; None where it counts in neither."""
    return dict(_kept(_seen(life, period, period.last_day))).get(step)


def _kept(each: _Seen) -> list[tuple[Step, bool]]:
    """Steps with a target, and whether they kept it.

    What was closed without a decision had no board; what ended without a look was never answered.
    """
    life = each.life
    answers: list[tuple[Step, bool]] = []
    for step, _, _, working in each.steps:
        allowed = getattr(life.target, step)
        if working is not None and allowed is not None:
            answers.append((step, working <= allowed))
    if each.ended and life.triaged is None and life.asked and life.measured:
        answers.append(("triage", False))
    return answers


_NAMES: Mapping[Dimension, Callable[[Life], tuple[str, ...]]] = MappingProxyType(
    {
        "workload": lambda life: life.workloads or (NO_WORKLOAD,),
        "team": lambda life: (life.team or UNKNOWN,),
        "kind": lambda life: (life.kind or UNKNOWN,),
        "impact": lambda life: (life.impact or UNKNOWN,),
    }
)


def _groups(tallies: Mapping[str, _Tally]) -> tuple[Group, ...]:
    """Those with most open changes first."""
    rows = [
        Group(name, own.open, own.overdue, own.over, own.closed, *(own.durations(step) for step in STEPS))
        for name, own in tallies.items()
        if own.concerned
    ]
    return tuple(sorted(rows, key=lambda row: (-row.open, -row.closed, row.name)))


def _load(tallies: Mapping[str, _Tally]) -> tuple[Load, ...]:
    """The teams with most open changes first; a team that has nothing, and had nothing, is left out."""
    rows = [
        Load(team, own.open, own.overdue, own.over, own.opened, own.closed)
        for team, own in tallies.items()
        if own.open or own.opened or own.closed
    ]
    return tuple(sorted(rows, key=lambda row: (-row.open, -row.opened, row.team)))


def _tallies(everything: Iterable[_Seen], dimension: Dimension) -> dict[str, _Tally]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    names = _NAMES[dimension]
    for each in everything:
        for name in dict.fromkeys(names(each.life)):
            tallies[name].add(each)
    return tallies


def _passed(day: date | None, today: date) -> bool:
    return day is not None and day < today
