"""The page of maturity."""

from typing import NamedTuple

from shared.adapters.pages.render import render
from shared.core.life.maturity import FEW, FEW_WEEKS, LEVELS, STATE_WORDS, Maturity, Result, State

_TONES: dict[State, str] = {"met": "good", "partly": "warn", "not": "bad", "unknown": ""}
_NAMES = {
    100: "what Microsoft announces arrives",
    200: "somebody is responsible, and looks now and then",
    300: "reviews are regular, and work has a state",
    400: "changes become tasks, and times are measured",
    500: "owners are reached by themselves, and what comes of it is measured",
}


class _Shown(NamedTuple):
    result: Result
    words: str
    tone: str


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
        missing=[row for row in following.rows if row.result.state != "met"] if following else [],
    )


def _level(view: Maturity, level: int) -> _Level:
    results = view.of_level(level)
    rows = [_Shown(result, STATE_WORDS[result.state], _TONES[result.state]) for result in results]
    met = sum(result.state == "met" for result in results)
    return _Level(level, _NAMES[level], met, level <= view.reached, rows)
