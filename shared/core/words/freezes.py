"""That a rollout or a deadline lies in days on which the organisation wants no change, one sentence each."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from shared.core.posts.classification import Interval
from shared.core.terms import Phase
from shared.core.words.dates import day, interval, listed
from shared.core.words.language import say

Falls = Literal["begins", "goes_on", "may"]
"""How a rollout falls into a freeze: it begins there, is under way then, or may be one of the two."""

_FALLS: dict[Falls, str] = {
    "begins": "{} ({}) begins in {}",
    "goes_on": "{} ({}) goes on in {}",
    "may": "{} ({}) may fall into {}",
}
_WHAT: dict[Phase, str] = {"retirement": "The retirement", "preview": "The preview"}


def freeze_words(name: str, first: date, last: date, tenants: Sequence[str] = ()) -> str:
    """The freeze by name and days: "our freeze “Year end” (10 December 2026 to 6 January 2027)"."""
    of = say(" of {}", listed(tenants)) if tenants else ""
    return say("our freeze “{}”{} ({})", name, of, interval(Interval(first, last)))


def rollout_falls(phase: Phase, dates: str, falls: Falls, freeze: str) -> str:
    """`dates`: when it is, in words; `freeze`: as `freeze_words` has it."""
    return say(_FALLS[falls], say(_WHAT.get(phase, "The rollout")), dates, freeze)


def deadline_falls(act_by: date, freeze: str, *, unsure: bool, act_before: bool) -> str:
    """`act_before`: something is asked, and the freeze has not begun."""
    if unsure:
        return say("The deadline, {} (not sure of the day), may lie in {}", day(act_by), freeze)
    return say(
        "The deadline, {}, lies in {}: act before it" if act_before else "The deadline, {}, lies in {}",
        day(act_by),
        freeze,
    )
