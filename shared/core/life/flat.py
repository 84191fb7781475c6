"""Measures as two flat tables for programs, such as Power BI: one row a change, one row a figure (pure).

Every column is described in docs/metrics.md. A version adds columns at the end, and never gives one another meaning.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from shared.core.life.lives import Life
from shared.core.life.measures import Durations, Measures
from shared.core.life.metrics import Spread
from shared.core.life.targets import STEPS

Cell = str | int | float | bool | None
SCHEMA = 1
_DECIMALS = 3

_CHANGE: Mapping[str, Callable[[Life, date], Any]] = {
    "change": lambda life, _: life.id,
    "title": lambda life, _: life.title,
    "team": lambda life, _: life.team,
    "workloads": lambda life, _: ", ".join(life.workloads),
    "services": lambda life, _: ", ".join(life.services),
    "kind": lambda life, _: life.kind,
    "impact": lambda life, _: life.impact,
    "state": lambda life, _: state_of(life),
    "through": lambda life, _: life.through,
    "reference": lambda life, _: life.reference,
    "published": lambda life, _: life.published,
    "first_seen": lambda life, _: life.first_seen,
    "opened": lambda life, _: life.opened,
    "triaged": lambda life, _: life.triaged,
    "ticketed": lambda life, _: life.ticketed,
    "assigned": lambda life, _: life.assigned,
    "decided": lambda life, _: life.decided,
    "communicated": lambda life, _: life.communicated,
    "closed": lambda life, _: life.closed,
    "act_by": lambda life, _: life.act_by,
    "rollout_start": lambda life, _: life.rollout_start,
    "rollout_end": lambda life, _: life.rollout_end,
    "days_to_triage": lambda life, _: life.days_of("triage"),
    "days_to_decide": lambda life, _: life.days_of("decide"),
    "days_to_close": lambda life, _: life.days_of("close"),
    "working_days_to_triage": lambda life, _: life.worked.triage,
    "working_days_to_decide": lambda life, _: life.worked.decide,
    "working_days_to_close": lambda life, _: life.worked.close,
    "target_triage": lambda life, _: life.target.triage,
    "target_decide": lambda life, _: life.target.decide,
    "target_close": lambda life, _: life.target.close,
    "days_stood_closed": lambda life, _: life.stood / timedelta(days=1),
    "pace": lambda life, _: life.pace,
    "asked": lambda life, _: life.asked,
    "missed": lambda life, today: life.missed(today),
    "days_overdue": lambda life, today: (today - due).days if (due := life.overdue_since(today)) else None,
    "notice_days": lambda life, _: notice_days(life),
    "slips": lambda life, _: life.slips,
    "slip_days": lambda life, _: life.slip_days,
    "measured": lambda life, _: life.measured,
}
CHANGE_COLUMNS: tuple[str, ...] = tuple(_CHANGE)
FIGURE_COLUMNS = ("period", "from", "until", "as_of", "measure", "by", "name", "value", "unit", "count", "whole")


def change_rows(known: Iterable[Life], today: date) -> list[dict[str, Cell]]:
    """One row a change, in order of their ids."""
    return [
        {name: _cell(value(life, today)) for name, value in _CHANGE.items()}
        for life in sorted(known, key=lambda life: life.id)
    ]


def state_of(life: Life) -> str:
    """`open`, `closed`, `lapsed`, or `over`: nobody filed it, and its plan is over."""
    if life.is_open:
        return "open"
    return "lapsed" if life.lapsed else "closed" if life.closed else "over"


def notice_days(life: Life) -> int | None:
    """Days from publication to the first day of the rollout, else to the day to act by."""
    return (life.begins - life.published.date()).days if life.begins and life.published else None


def figure_rows(measures: Measures) -> list[dict[str, Cell]]:
    """One row a figure: of all, and by workload, team, kind, impact, product and age."""
    rows = _Rows(measures)
    for name in ("open", "opened", "closed", "lapsed", "overdue", "over", "about"):
        rows.add(name, getattr(measures, name), "changes")
    rows.add("health", measures.health.score, "points")
    for name in ("missed", "over", "unseen"):
        rows.share(f"health_{name}", getattr(measures.health, name))
    for step in STEPS:
        rows.durations(step, getattr(measures, step))
        rows.share(f"within_target_{step}", measures.within[step])
    for age in measures.ages:
        rows.add("open", age.count, "changes", "age", age.label)
    _grouped(rows, measures)
    for notice in measures.notice:
        rows.add("rolled_out", notice.changes, "changes", "product", notice.product)
        rows.spread("notice", notice.days, "days", "product", notice.product)
        rows.share("short_notice", notice.short, "product", notice.product)
        rows.add("slipped", notice.slipped, "changes", "product", notice.product)
        rows.add("slips", notice.slips, "slips", "product", notice.product)
        rows.add("slip_median", notice.slip_days, "days", "product", notice.product, notice.slipped)
    for name in ("earlier", "no_day", "no_impact"):
        rows.add(f"unmeasured_{name}", getattr(measures.unmeasured, name), "changes")
    return rows.rows


def _grouped(rows: "_Rows", measures: Measures) -> None:
    for dimension, groups in measures.groups.items():
        for group in groups:
            for name in ("open", "overdue", "over", "closed"):
                rows.add(name, getattr(group, name), "changes", dimension, group.name)
            for step in STEPS:
                rows.durations(step, getattr(group, step), dimension, group.name)
    for load in measures.load:
        rows.add("opened", load.opened, "changes", "team", load.team)


class _Rows:
    def __init__(self, measures: Measures) -> None:
        self._about = {
            "period": measures.period.name,
            "from": measures.period.start.date().isoformat(),
            "until": measures.period.last_day.isoformat(),
            "as_of": _cell(measures.at),
        }
        self.rows: list[dict[str, Cell]] = []

    def add(
        self, measure: str, value: float | None, unit: str, by: str = "", name: str = "", count: int | None = None,
        whole: int | None = None,
    ) -> None:  # fmt: skip
        of = {"measure": measure, "by": by, "name": name, "value": _cell(value), "unit": unit}
        self.rows.append({**self._about, **of, "count": count, "whole": whole})

    def share(self, measure: str, share: Any, by: str = "", name: str = "") -> None:
        self.add(measure, share.value if share.whole else None, "share", by, name, share.part, share.whole)

    def spread(self, measure: str, spread: Spread, unit: str, by: str = "", name: str = "") -> None:
        self.add(f"{measure}_median", spread.median, unit, by, name, spread.count)
        self.add(f"{measure}_p90", spread.p90, unit, by, name, spread.count)

    def durations(self, measure: str, taken: Durations, by: str = "", name: str = "") -> None:
        self.spread(measure, taken.days, "days", by, name)
        self.spread(measure, taken.working, "working days", by, name)


def _cell(value: Any) -> Cell:
    """Times and days as ISO text; figures with three decimals at most."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, _DECIMALS)
    return value  # type: ignore[no-any-return]  # texts, whole numbers, yes and no
