"""The page of the calendar."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from shared.adapters.pages.render import render
from shared.core.life.calendar import Kind
from shared.core.words.board import days_words

if TYPE_CHECKING:
    from shared.usecases.pages.calendar import CalendarView

KINDS: Mapping[Kind, str] = {
    "begins": "Begins",
    "ends": "Ends",
    "on": "Rollout",
    "act_by": "Act by",
    "work_begins": "Our work begins",
    "work_ends": "Our work ends",
    "work_on": "Our work",
}
"""What a mark says before the title."""
_TONES: Mapping[Kind, str] = {"act_by": "warn", "work_begins": "info", "work_ends": "info", "work_on": "info"}


def calendar_page(view: "CalendarView") -> str:
    from shared.usecases.pages.calendar import SHOWN

    filters = {name: value for name in ("team", "workload") if (value := getattr(view, name))}
    return render(
        "calendar.html.j2",
        title=f"Calendar, {view.month.first:%B %Y}",
        view=view,
        kinds=KINDS,
        tones=_TONES,
        shown=SHOWN,
        query=urlencode(filters),
        days_words=days_words,
    )
