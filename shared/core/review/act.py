"""What one person did in a review, as it is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one person, as it is kept: what decided, by whom, when, through what.

    `fields`: name, old and new value in the form of `foresignal classify`, and whether the field was released. `what`:
    the act, `team`: for which team, `old` and `new`: who or what stood there and stands there now, `words`: the
    person's own. An act that decides has the `seq` that it made; another one has 0, and `place`: the card's channel and
    occasion, or the form's own id. `broke`: what broke with a rollout; `new` is then its help-desk load, and the words
    are the lesson.
    """

    seq: int
    at: datetime
    who: str
    through: str
    fields: tuple[tuple[str, Any, Any, bool], ...] = ()
    what: str = "settle"
    team: str = ""
    old: str = ""
    new: str = ""
    words: str = ""
    place: str = ""
    broke: str = ""
