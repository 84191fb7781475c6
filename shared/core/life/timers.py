"""Timers: which moments one of their runs acts on, so that nothing wakes at an upgrade, a push or a pause (pure)."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

T = TypeVar("T")


def fires(moment: datetime, until: datetime | None, now: datetime, since: datetime | None = None) -> bool:
    """Whether an occasion fires now whose time is `moment`.

    `until`: up to when its timer has worked; None before the first run, which fires nothing. `since`: from when the
    threshold holds that makes the occasion, where that is younger.
    """
    if until is None:
        return False
    return max(until, since or until) < moment <= now


def most_urgent(occasions: Iterable[tuple[str, int, T]]) -> tuple[list[T], list[T]]:
    """What is sent and what is stopped after a pause: the most urgent occasion of each change, and the others.

    Each is given as (change, urgency, occasion). The smaller urgency is the more urgent; of two alike the first one.
    """
    best: dict[str, tuple[int, T]] = {}
    stopped: list[T] = []
    for change, urgency, occasion in occasions:
        held = best.get(change)
        if held is None:
            best[change] = (urgency, occasion)
        elif urgency < held[0]:
            stopped.append(held[1])
            best[change] = (urgency, occasion)
        else:
            stopped.append(occasion)
    return [occasion for _, occasion in best.values()], stopped
