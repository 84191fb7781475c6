"""The page of the calendar."""

from collections.abc import Mapping
from urllib.parse import urlencode

from shared.adapters.pages.render import render
from shared.core.life.calendar import CalendarView, Kind
from shared.core.words.board import days_words

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


_SHOWN = 4  # marks of a day in the grid


def calendar_page(view: CalendarView) -> str:
    filters = {name: value for name in ("team", "workload") if (value := getattr(view, name))}
    return render(
        "calendar.html.j2",
        title=f"Calendar, {view.month.first:%B %Y}",
        view=view,
        kinds=KINDS,
        tones=_TONES,
        shown=_SHOWN,
        query=urlencode(filters),
        days_words=days_words,
    )
