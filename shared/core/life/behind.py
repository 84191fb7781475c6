"""The list behind each figure of the pages: the selection that has exactly the changes which it counts (pure)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import MappingProxyType

from shared.core.life.measures import UNKNOWN, Dimension
from shared.core.life.metrics import AGES, NO_WORKLOAD
from shared.core.life.periods import Period
from shared.core.life.scope import Scope
from shared.core.life.selected import due_day, spoken_of, waits_for_board
from shared.core.life.selection import BUCKETS, EVERYTHING, NONE, Selection
from shared.core.life.shown import Counts, Shown
from shared.core.life.spans import span_text
from shared.core.life.targets import Step, calendars, clocks, pace_of
from shared.core.policy.model import Policy

OPEN = Selection(state="open")
EVERY = Scope()
A_WEEK = 7
_NAMELESS = frozenset({NO_WORKLOAD, UNKNOWN})

HOME: Mapping[str, Selection] = MappingProxyType(
    {
        "open": OPEN,
        "overdue": Selection(state="overdue"),
        "due": Selection(due="7"),
        "over": Selection(state="over"),
        "about": Selection(state="about"),
        "quiet": Selection(state="quiet"),
        "board": Selection(state="open", board="yes"),
        "unsure": Selection(state="open", unsure="yes"),
        "unowned": Selection(state="open", unowned="yes"),
        "ticketed": Selection(ticket="yes"),
        "cancelled": Selection(ticket="cancelled"),
        "revised": Selection(revised="yes"),
        "closed": Selection(state="closed"),
        "changes": EVERYTHING,
    }
)
"""The figures of the home page, each with its list."""
VIEWS: Mapping[str, Selection] = MappingProxyType(
    {
        "Due soon": Selection(due="30"),
        "Nobody spoke yet": Selection(state="quiet"),
        "Unsure": Selection(state="open", unsure="yes"),
        "Unowned": Selection(state="open", unowned="yes"),
        "For the board": Selection(state="open", board="yes"),
        "Changed this week": Selection(changed="7d", sort="changed"),
    }
)
"""Views that everybody has, each as a link."""


@dataclass(frozen=True, slots=True)
class HomeFigures(Counts):
    """How many changes: what is open and stands how, what has a ticket, and everything. Each has its list (`HOME`).

    `due`: the day comes within a week; `quiet`: nobody spoke yet; `board`: the board is to decide.
    """

    open: int = 0
    overdue: int = 0
    due: int = 0
    over: int = 0
    about: int = 0
    quiet: int = 0
    board: int = 0
    unsure: int = 0
    unowned: int = 0


def home_figures(shown: Shown, policy: Policy, now: datetime) -> HomeFigures:
    """All of them: what stays as it is while the lines are the same, and how the open ones stand now."""
    still, today, of_team = shown.still, now.date(), calendars(policy)
    days = [due for line in still if (due := due_day(line, today))]
    paces = [pace_of(clocks(line, policy, of_team(line.team), now)) for line in still]
    return HomeFigures(
        **asdict(shown.counts),
        open=len(still),
        overdue=sum(due.late for due in days),
        due=sum(0 <= due.days <= A_WEEK for due in days),
        over=paces.count("over"),
        about=paces.count("about"),
        quiet=sum(not spoken_of(line) for line in still),
        board=sum(waits_for_board(line) for line in still),
        unsure=sum(bool(line.unsure) for line in still),
        unowned=sum(bool(line.unowned) for line in still),
    )


@dataclass(frozen=True, slots=True)
class Behind:
    """The lists behind the figures of a page of measures: of a period, and of the team and workload of its scope."""

    period: Period
    scope: Scope = EVERY

    def of(self, selection: Selection) -> Selection:
        """The same of the scope."""
        workload = NONE if self.scope.workload == NO_WORKLOAD else self.scope.workload
        return replace(selection, lead=self.scope.team, workload=workload)

    def open(self) -> Selection:
        return self.of(OPEN)

    def overdue(self) -> Selection:
        return self.of(HOME["overdue"])

    def over(self) -> Selection:
        return self.of(HOME["over"])

    def about(self) -> Selection:
        return self.of(HOME["about"])

    def untargeted(self) -> Selection:
        return self.of(Selection(state="untargeted"))

    def aged(self, label: str) -> Selection:
        """The open changes of one bucket of ages (`AGES`)."""
        return self.of(Selection(age=list(BUCKETS)[[name for name, _ in AGES].index(label)]))

    def group(self, dimension: Dimension, name: str, selection: Selection) -> Selection:
        """The same of one workload, team, kind or impact, as groups of measures are called."""
        value = NONE if name in _NAMELESS else name
        if dimension == "workload":
            own = selection.workload in {"", value}
            return replace(selection, workload=value) if own else replace(selection, also=value)
        if dimension == "team":
            return replace(selection, lead=value)
        return replace(selection, kind=value) if dimension == "kind" else replace(selection, impact=value)

    def opened(self, span: str = "") -> Selection:
        """What was opened in a span of the period, such as one of its months; in all of it where none is given."""
        return self.of(Selection(measured="yes", opened=span or self.span))

    def closed(self, span: str = "") -> Selection:
        """What people closed."""
        return self.of(Selection(state="closed", closed=span or self.span))

    def lapsed(self, span: str = "") -> Selection:
        return self.of(Selection(state="lapsed", measured="yes", closed=span or self.span))

    def ended(self, span: str = "") -> Selection:
        """What was closed, or lapsed."""
        return self.of(Selection(state="ended", measured="yes", closed=span or self.span))

    def done(self, step: Step, span: str = "") -> Selection:
        """What was looked at, decided or closed."""
        if step == "close":
            return self.closed(span)
        measured, days = Selection(measured="yes"), span or self.span
        return self.of(replace(measured, looked=days) if step == "triage" else replace(measured, decided=days))

    def targeted(self, step: Step, *, kept: bool) -> Selection:
        """Of a step's target: those that kept it, or all that had one."""
        return self.of(Selection(target=f"{step}-kept" if kept else step, during=self.span))

    def due(self) -> Selection:
        """Changes that anybody was asked to deal with, whose day to act by came in the period and has passed."""
        return self.of(Selection(state="came", act_by=self.span))

    def missed(self) -> Selection:
        """Those of them whose day passed while they were open."""
        return self.of(Selection(state="missed", act_by=self.span))

    def unseen(self) -> Selection:
        """What ended and nobody had looked at."""
        return self.of(Selection(state="unseen", closed=self.span))

    def undated(self) -> Selection:
        """What was published in the period with neither a first day nor a day to act by."""
        return self.of(Selection(measured="yes", published=self.span, begins=NONE))

    def noticed(self, product: str = "", span: str = "", *, notice: str = "", moved: str = "") -> Selection:
        """Changes, of a product where one is given, whose rollout began, or day to act by came.

        `notice`, `moved`: those of them with short notice, those whose days Microsoft moved.
        """
        named = NONE if product in _NAMELESS else product
        days = span or self.span
        return self.of(Selection(product=named, measured="yes", begins=days, notice=notice, moved=moved))

    @property
    def span(self) -> str:
        return span_text(self.period)
