"""The page of maturity."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from shared.adapters.pages.render import render
from shared.core.life.maturity import FEW, FEW_WEEKS, LEVELS, STATE_WORDS, Maturity, Result, State

_TONES: dict[State, str] = {"met": "good", "partly": "warn", "not": "bad", "unknown": ""}
_FIRST: tuple[State, ...] = ("partly", "not", "unknown", "met")
"""What is nearest to being met comes first."""
_NAMES = {
    100: "what Microsoft announces arrives",
    200: "somebody is responsible, and looks now and then",
    300: "reviews are regular, and work has a state",
    400: "changes become tasks, and times are measured",
    500: "owners are reached by themselves, and what comes of it is measured",
}
PLACES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "arrive": ("Health: when each tenant was read", "/api/status"),
        "responsible": ("Owners", "/api/owners"),
        "looked": ("Review", "/api/review"),
        "regular": ("Review", "/api/review"),
        "sorted": ("Open changes that nobody owns", "/api/changes?state=open&unowned=yes"),
        "tracked": ("Open changes without a ticket", "/api/changes?state=open&ticket=no"),
        "filed": ("Open changes without a ticket", "/api/changes?state=open&ticket=no"),
        "weekly": ("Agendas that were sent", "/api/reports"),
        "timed": ("Changes that lapsed", "/api/changes?state=lapsed"),
        "cards_measured": ("Monthly reports: what became of cards", "/api/reports"),
        "board": ("Open changes for the board", "/api/changes?state=open&board=yes"),
        "other_sources": ("Health: when the roadmap was read", "/api/status"),
        "owner_aware": ("Owners and deputies", "/api/owners"),
        "control": ("Health: what failed, and waits for a person", "/api/status"),
        "communication": ("Owners", "/api/owners"),
        "once": ("Health: the tenants", "/api/status"),
        "targeted": ("Monthly reports: what became of cards", "/api/reports"),
        "previews": ("Health: the tenants", "/api/status"),
        "impact": ("Changes that ended", "/api/changes?state=ended"),
        "feedback": ("What people called unclear", "/api/feedback"),
    }
)
"""Where the changes behind a criterion stand, or what is to be mended is seen; by its id."""


class _Shown(NamedTuple):
    result: Result
    words: str
    tone: str
    place: tuple[str, str]


class _Level(NamedTuple):
    level: int
    name: str
    met: int
    is_reached: bool
    rows: list[_Shown]


def maturity_page(view: Maturity) -> str:
    """The level that is reached, what the next one asks for, and every criterion with its figure."""
    levels = [_level(view, level) for level in LEVELS]
    following = next((each for each in levels if each.level == view.next_level), None)
    return render(
        "maturity.html.j2",
        title="Maturity",
        view=view,
        few=FEW,
        few_weeks=FEW_WEEKS,
        levels=levels,
        following=following,
        missing=sorted(_unmet(following), key=lambda row: _FIRST.index(row.result.state)) if following else [],
    )


def _unmet(level: _Level) -> list[_Shown]:
    return [row for row in level.rows if row.result.state != "met"]


def _level(view: Maturity, level: int) -> _Level:
    results = view.of_level(level)
    rows = [_Shown(result, STATE_WORDS[result.state], _TONES[result.state], PLACES[result.id]) for result in results]
    met = sum(result.state == "met" for result in results)
    return _Level(level, _NAMES[level], met, level <= view.reached, rows)
