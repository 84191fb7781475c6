"""Changes as measures see them: from the lines, and from the closings of the months that are asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shared.core.life.entries import ClosedChange
from shared.core.life.figures import visible
from shared.core.life.line import Line
from shared.core.life.lives import Life, Remembered, lives
from shared.core.policy.model import Policy
from shared.record.closings import closings_in
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines

_QUARTER = 900  # seconds


@dataclass(frozen=True, slots=True)
class KnownLives:
    """Every change as it stood at a moment, and the lines and closings that say so.

    `complete`: whether the lists are built, so that this is everything.
    """

    lives: tuple[Life, ...] = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)
    closings: tuple[ClosedChange, ...] = field(repr=False)
    complete: bool


async def known_lives(deps: Deps, at: datetime, months: Iterable[str] = (), *, privacy: bool) -> KnownLives:
    """At most 5 calls, and one for each month. `privacy`: whether posts on data privacy count.

    The months are needed for what was closed more than 13 months ago, and while the lists are not built.
    """
    policy, every = await deps.here.policy.current(), await live_lines(deps)
    lines = visible(every.by_id.values(), privacy=privacy)
    hidden = every.by_id.keys() - {line.id for line in lines}
    closings = [
        closing
        for month in months
        for closing in await closings_in(deps.storage.tables, month)
        if privacy or not (closing.private or closing.id in hidden)
    ]
    known = lives(lines, closings, policy, at, _remembered(deps, policy, at))
    return KnownLives(tuple(known), tuple(lines), tuple(closings), every.mark is not None)


def quarter_of(at: datetime) -> int:
    """The number of the quarter of an hour, in which no day begins anywhere."""
    return int(at.timestamp() // _QUARTER)


def _remembered(deps: Deps, policy: Policy, at: datetime) -> Remembered:
    """What this process made of lines under the same policy, in the same quarter of an hour."""
    kept, quarter = deps.here.lists, quarter_of(at)
    if kept.lives is None or kept.lives[0] is not policy or kept.lives[1] != quarter:
        kept.lives = (policy, quarter, {})
    return kept.lives[2]
