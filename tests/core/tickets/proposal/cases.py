"""Cases to make sentences from: a change as it was read, on one day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.core.policy.our_dates import OurDates
from shared.core.posts.classification import UNSURE_BELOW, Classification, Interval, Why, Window
from shared.core.posts.particulars import NOTHING_SAID, Particulars
from shared.core.posts.post import Post
from shared.core.tickets.part import Part
from shared.core.tickets.proposal.case import Case

DAY = date(2026, 9, 1)
"""The day on which the tickets of the cases are written."""
LATER, SOON, BEFORE, LONG_AGO = (DAY + timedelta(days=days) for days in (60, 5, -5, -60))
STAGES: dict[str, tuple[date | None, date | None]] = {
    "undated": (None, None), "beginning": (BEFORE, LATER),
    "ahead": (LATER, LATER), "soon": (SOON, LATER), "begun": (BEFORE, LATER),
    "past": (LONG_AGO, BEFORE),
}  # fmt: skip
"""First day of the rollout's beginning and last day of its end."""
BODY = "<p>The old viewer goes to another address. The old viewer will stop working.</p>"


def our(stage: str, phase: Any = "ga") -> OurDates:
    start, end = STAGES[stage]
    if start is None or end is None:
        return OurDates(None, None, ())
    first = Interval(start, SOON if stage == "beginning" else start)
    last = Interval(end, end)
    return OurDates(first, last, (Window(phase, ("worldwide",), first, last, "In these days it rolls out."),))


def case(
    stage: str = "ahead",
    *,
    body: str = BODY,
    unsure: tuple[str, ...] = (),
    particulars: Particulars = NOTHING_SAID,
    owner: str = "ana@contoso.example",
    is_filed: bool = False,
    why: dict[str, Why] | None = None,
    **fields: Any,
) -> Case:
    doubts = {name: Why("", UNSURE_BELOW - 0.01) for name in unsure}
    dates = our(stage, "retirement" if fields.get("kind") == "retirement" else "ga")
    fields.setdefault("status", "scheduled")
    read = Classification("MC1000001", windows=dates.windows, why={**(why or {}), **doubts}, **fields)
    post = Post("MC1000001", "A change", datetime(2026, 8, 1, tzinfo=UTC), services=("Microsoft Teams",), body=body)
    return Case(post, read, dates, DAY, owner, particulars, is_filed)


def said(parts: Any) -> str:
    """The parts as one text; each must name its source."""
    every: list[Part] = list(parts)
    assert all(part.source and part.text for part in every)
    return " ".join(part.text for part in every)
