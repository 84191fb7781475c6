"""What contradicts itself is doubted: a deadline behind the retirement, days that the post calls those of before."""

from collections.abc import Mapping
from dataclasses import replace

from shared.core.posts.classification import Classification, Why
from shared.core.text.wording import any_of

_DOUBT = 0.5
_OTHER_DAYS = any_of(
    r"original(?:ly)?", r"previously (?:announced|communicated|scheduled|planned)", r"opt[- ]?out (?:window|period)",
    r"(?:can|may|able to) opt[- ]?out", r"earlier than", r"was (?:scheduled|planned)", r"had been",
)  # fmt: skip
"""Words of a sentence whose days may be others than those of the plan."""


def doubted(read: Classification, why: Mapping[str, Why]) -> dict[str, Why]:
    """The reasons, with less confidence in what does not fit together."""
    names = [name for name, holds in (("act_by", _is_late(read)), ("rollouts", _tells_of_other_days(read))) if holds]
    lower = {name: replace(why[name], confidence=min(why[name].confidence, _DOUBT)) for name in names if name in why}
    return {**why, **lower}


def _is_late(read: Classification) -> bool:
    """Whether one should act only when everything is retired already."""
    starts = [window.start for window in read.windows if window.start]
    retires = bool(starts) and all(window.phase == "retirement" for window in read.windows)
    return read.act_by is not None and retires and read.act_by > max(start.last for start in starts)


def _tells_of_other_days(read: Classification) -> bool:
    return any(_OTHER_DAYS.search(window.words) for window in read.windows)
