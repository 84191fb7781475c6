"""What lines say: which are open, closed, live, and for whom they are."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from shared.core.life.entries import ClosedChange, OpenChange
from shared.core.life.line import Line
from shared.core.terms import Through

LAPSED: Through = "lapsed"
LIVE_FOR = timedelta(days=400)
"""Thirteen months: what nothing has happened to for so long, and is not open, is read only where somebody asks."""


def visible(lines: Iterable[Line], *, privacy: bool) -> list[Line]:
    """The lines that somebody may see. `privacy`: whether that includes posts on data privacy.

    It comes before anything is counted or shown.
    """
    return [line for line in lines if privacy or not line.private]


def open_changes(lines: Iterable[Line], today: date) -> list[OpenChange]:
    """What is open."""
    return [
        OpenChange(
            line.id, line.title, line.team, line.workloads, line.opened, line.act_by, line.plan_end, line.through,
            line.reference,
        )
        for line in lines
        if line.opened and line.is_open(today)
    ]  # fmt: skip


def closed_changes(lines: Iterable[Line], since: datetime) -> list[ClosedChange]:
    """What was closed at that time or later and is closed now: a change counts once, by its last closing.

    Without what lapsed, which nobody closed.
    """
    return [
        closed
        for line in lines
        if (closed := closed_change(line)) and closed.closed >= since and closed.through != LAPSED
    ]


def closed_change(line: Line) -> ClosedChange | None:
    """The line's closing; None while it is open."""
    moments = line.moments
    if not line.closed or moments is None:
        return None
    return ClosedChange(
        line.id, line.closings, line.title, line.team, line.workloads, moments.first_seen, moments.opened,
        line.assigned, line.closed, line.through, line.reference, moments, line.kind, line.impact, line.private,
        line.closed_by, line.stood, line.worked, line.target, not line.counts,
    )  # fmt: skip


def is_live(line: Line, now: datetime) -> bool:
    """Whether the line is among those that every page reads."""
    last = line.last_moment()
    return line.is_open(now.date()) or (last is not None and last >= now - LIVE_FOR)
