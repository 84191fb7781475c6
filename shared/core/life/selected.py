"""The changes of a selection, and what is due of each (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from shared.core.life.figures import LAPSED
from shared.core.life.line import Line
from shared.core.life.lives import Life, life_at
from shared.core.life.load import teams_of
from shared.core.life.measures import SHORT_NOTICE, kept_in
from shared.core.life.metrics import AGES, days_between, overdue_of
from shared.core.life.periods import Period
from shared.core.life.selection import BUCKETS, NONE, Selection
from shared.core.life.shown import Shown, latest
from shared.core.life.spans import Span, span_named
from shared.core.life.targets import Step, calendars, clocks, is_asked, pace_of
from shared.core.policy.model import Policy

PAGE = 50
"""Changes of one page."""
_Test = Callable[[Line], bool]
_OPEN = frozenset({"open", "overdue", "over", "about", "quiet", "untargeted"})
"""States of open changes."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DueDay:
    """The day by which an open change is to be dealt with: the day to act by, else the planned end.

    One that has passed comes before one that has not.
    """

    day: date
    because: Literal["act by", "planned end"]
    days: int

    @property
    def late(self) -> bool:
        """On the day itself there is still time."""
        return self.days < 0


def due_day(line: Line, today: date) -> DueDay | None:
    """None of a change that is not open, and where no day is known. `days`: from today, below 0 where it has passed."""
    if not line.is_open(today):
        return None
    due = overdue_of(line.act_by, line.plan_end, today)
    if due is None and line.act_by:
        due = "act by", line.act_by
    elif due is None and line.plan_end:
        due = "planned end", line.plan_end
    return DueDay(due[1], due[0], (due[1] - today).days) if due else None


def spoken_of(line: Line) -> bool:
    """Whether any person has said or done anything about it."""
    moments = line.moments
    return bool(moments and moments.triaged)


def waits_for_board(line: Line) -> bool:
    """Whether the board is to decide and has not, as far as ticket systems say."""
    moments = line.moments
    if moments and moments.decided:
        return False
    live = [ticket for ticket in line.tickets if not ticket.silent]
    return any(not ticket.ended for ticket in live) or (line.crb and not live)


def selected(shown: Shown, selection: Selection, policy: Policy, now: datetime) -> list[Line]:
    """The lines of a selection, in its order, of those that somebody may see."""
    left = list(shown.still if _is_of_open_ones(selection) else shown.lines)
    for test in _tests(selection, policy, now):
        left = [line for line in left if test(line)]
    return _sorted(left, selection.sort, now)


def _is_of_open_ones(selection: Selection) -> bool:
    """Whether only open changes can be in it."""
    return bool(selection.state in _OPEN or selection.due or selection.age)


def _tests(selection: Selection, policy: Policy, now: datetime) -> list[_Test]:
    """What a line has to pass, the cheapest first."""
    tests = [_VALUES[name](value) for name, value in selection.chosen.items() if name in _VALUES]
    tests = [_has_word(word) for word in selection.q.casefold().split()] + tests
    for name, read in _DAYS.items():
        if (text := getattr(selection, name)) and (span := span_named(text, now.date())):
            tests.append(_within(read, span))
    if selection.state:
        tests.append(_state(selection.state, policy, now))
    if selection.due:
        tests.append(_due(selection.due, now.date()))
    if selection.age:
        tests.append(_age(selection.age, now))
    if selection.notice:
        tests.append(_short_notice)
    if selection.target:
        tests.append(_target(selection, policy, now))
    return tests


def _has_word(word: str) -> _Test:
    return lambda line: word in line.searched


def _named(read: Callable[[Line], str]) -> Callable[[str], _Test]:
    return lambda value: lambda line: (read(line) or NONE) == value


def _among(read: Callable[[Line], Sequence[str]]) -> Callable[[str], _Test]:
    return lambda value: lambda line: value in (read(line) or (NONE,))


def _if(test: _Test) -> Callable[[str], _Test]:
    return lambda _: test


def _ticket(value: str) -> _Test:
    if value == "cancelled":
        return lambda line: any(ticket.state == "cancelled" for ticket in line.tickets)
    return lambda line: any(ticket.number for ticket in line.tickets) is (value == "yes")


_VALUES: Mapping[str, Callable[[str], _Test]] = {
    "team": _among(teams_of),
    "lead": _named(lambda line: line.team),
    "workload": _among(lambda line: line.workloads),
    "also": _among(lambda line: line.workloads),
    "product": _among(lambda line: line.services),
    "kind": _named(lambda line: line.kind),
    "impact": _named(lambda line: line.impact),
    "tenant": _among(lambda line: line.tenants),
    "unsure": _if(lambda line: bool(line.unsure)),
    "unowned": _if(lambda line: bool(line.unowned)),
    "ticket": _ticket,
    "board": _if(waits_for_board),
    "revised": _if(lambda line: line.revision > 1),
    "moved": _if(lambda line: line.slips > 0),
    "measured": _if(lambda line: line.counts and line.moments is not None),
}


_DAYS: Mapping[str, Callable[[Line], date | datetime | None]] = {
    "seen": lambda line: line.first_seen,
    "published": lambda line: line.published,
    "changed": lambda line: line.modified,
    "opened": lambda line: line.opened,
    "looked": lambda line: moments.triaged if (moments := line.moments) else None,
    "decided": lambda line: moments.decided if (moments := line.moments) else None,
    "closed": lambda line: line.closed,
    "act_by": lambda line: line.act_by,
    "begins": lambda line: line.plan_start or line.act_by,
}


def _within(read: Callable[[Line], date | datetime | None], span: Span) -> _Test:
    """A line of a post on data privacy tells no day of it, which does not say that there is none."""
    if span.never:
        return lambda line: read(line) is None and not line.private
    return lambda line: span.holds(read(line))


def _state(state: str, policy: Policy, now: datetime) -> _Test:
    today, of_team = now.date(), calendars(policy)

    def life(line: Line) -> Life | None:
        return life_at(line, policy, of_team, now)

    def pace(line: Line) -> str:
        return pace_of(clocks(line, policy, of_team(line.team), now)) if line.is_open(today) else ""

    states: Mapping[str, _Test] = {
        "open": lambda line: line.is_open(today),
        "overdue": lambda line: (due := due_day(line, today)) is not None and due.late,
        "over": lambda line: pace(line) == "over",
        "about": lambda line: pace(line) == "about",
        "quiet": lambda line: line.is_open(today) and not spoken_of(line),
        "waits": lambda line: line.decided is None and line.stage != "parked",
        "parked": lambda line: line.stage == "parked",
        "closed": lambda line: line.closed is not None and line.through != LAPSED,
        "lapsed": lambda line: line.closed is not None and line.through == LAPSED,
        "ended": lambda line: line.closed is not None,
        "came": lambda line: bool(line.act_by and line.act_by < today and is_asked(line) and life(line)),
        "missed": lambda line: bool(
            line.act_by and line.act_by < today and is_asked(line) and (own := life(line)) and own.missed(today)
        ),
        "unseen": lambda line: bool(line.closed and (own := life(line)) and own.unseen),
        "untargeted": lambda line: bool(
            line.is_open(today) and (own := life(line)) and own.asked and own.target.close is None
        ),
    }
    return states[state]


def _due(due: str, today: date) -> _Test:
    if due == NONE:
        return lambda line: line.is_open(today) and due_day(line, today) is None
    if due == "late":
        return lambda line: (day := due_day(line, today)) is not None and day.late
    most = int(due)
    return lambda line: (day := due_day(line, today)) is not None and 0 <= day.days <= most


def _age(bucket: str, now: datetime) -> _Test:
    place = list(BUCKETS).index(bucket)
    last = AGES[place][1]
    before = AGES[place - 1][1] if place else None

    def test(line: Line) -> bool:
        if not line.opened or not line.is_open(now.date()):
            return False
        whole = int(days_between(line.opened, now))
        return (before is None or whole > before) and (last is None or whole <= last)

    return test


def _short_notice(line: Line) -> bool:
    begins, published = line.plan_start or line.act_by, line.published
    return begins is not None and published is not None and (begins - published.date()).days < SHORT_NOTICE


def _target(selection: Selection, policy: Policy, now: datetime) -> _Test:
    name, _, only = selection.target.partition("-")
    steps: Mapping[str, Step] = {"triage": "triage", "decide": "decide", "close": "close"}
    span = span_named(selection.during, now.date()) or Span()
    period, of_team = _period(span), calendars(policy)

    def test(line: Line) -> bool:
        if not (spoken_of(line) or line.closed):
            return False
        life = life_at(line, policy, of_team, now)
        kept = kept_in(life, period, steps[name]) if life else None
        return kept is not None and (kept or not only)

    return test


def _period(span: Span) -> Period:
    first = datetime.combine(span.first, datetime.min.time(), UTC) if span.first else _LONG_AGO
    end = (
        datetime.combine(span.last + timedelta(days=1), datetime.min.time(), UTC)
        if span.last
        else datetime.max.replace(tzinfo=UTC)
    )
    return Period("", first, end)


def _sorted(lines: list[Line], sort: str, now: datetime) -> list[Line]:
    """In an order that is the same each time: equal ones by id. `lines`: the newest first."""
    if sort == "newest":
        return lines
    if sort == "title":
        return sorted(lines, key=lambda line: (line.title.casefold(), line.id))
    if sort == "changed":
        return latest(lines, lambda line: line.modified)
    today = now.date()
    still: list[Line] = []
    over: list[Line] = []
    for line in lines:
        (still if line.is_open(today) else over).append(line)
    if sort == "age":
        return sorted(still, key=lambda line: (line.opened or now, line.id)) + over
    dated: list[tuple[DueDay, Line]] = []
    undated: list[Line] = []
    for line in still:
        if due := due_day(line, today):
            dated.append((due, line))
        else:
            undated.append(line)
    due_first = sorted(dated, key=lambda each: (each[0].day, each[1].id))
    return [line for _, line in due_first] + undated + over
