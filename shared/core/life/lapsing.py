"""Which lines time alone may have changed, so that a short pass reads their changes (pure)."""

from datetime import datetime

from shared.core.life.closing import UNPLANNED_FOR
from shared.core.life.line import Line
from shared.core.terms import OVER


def may_lapse(line: Line, now: datetime) -> bool:
    """Whether the change may have lapsed by now; never False where `lapse` says so of a change that this line tells.

    A post on data privacy tells nothing of its plan, so that is asked each time.
    """
    if line.closed or line.stage != "decided" or line.is_tracked:
        return False
    if line.private:
        return True
    if line.status != "scheduled" or line.last_day is None:
        return line.status in OVER or line.first_seen is None or line.first_seen + UNPLANNED_FOR <= now
    return line.last_day < now.date()


def may_turn(line: Line) -> bool:
    """Whether what the line says changes by itself: that the plan of a post on data privacy is over."""
    return line.private and line.is_planned
