"""What somebody may see of all lines, kept in the process while the lines and the day are the same."""

from shared.core.life.shown import Shown, shown_of
from shared.usecases.deps import Deps
from shared.usecases.life.lines import every_line


async def every_shown(deps: Deps, *, privacy: bool) -> tuple[Shown, bool]:
    """All of them, and whether that is everything: whether the lists are built. As many calls as `every_line`.

    `privacy`: whether posts on data privacy are among them.
    """
    every, kept, today = await every_line(deps), deps.here.lists.shown, deps.here.clock().date()
    known = kept.get(privacy)
    if known is None or known[0] is not every.by_id or known[1].today != today:
        known = kept[privacy] = (every.by_id, shown_of(every.by_id.values(), today, privacy=privacy))
    return known[1], every.mark is not None
