"""What somebody may see of all lines, kept in the process while the lines and the day are the same."""

from dataclasses import replace

from shared.core.life.shown import Shown, shown_of
from shared.usecases.deps import Deps
from shared.usecases.life.lines import Lines, every_line, live_lines


async def every_shown(deps: Deps, *, privacy: bool) -> tuple[Shown, bool]:
    """All of them, and whether that is everything: whether the lists are built. As many calls as `every_line`.

    `privacy`: whether posts on data privacy are among them.
    """
    every = await every_line(deps)
    return _kept(deps, every, privacy=privacy), every.mark is not None


async def live_shown(deps: Deps, *, privacy: bool) -> tuple[Shown, bool]:
    """The same, but of lines only those that are open or something happened to within 13 months; it counts all.

    As many calls as `live_lines`; where the lists are of a version that did not count the others, all are read.
    """
    live = await live_lines(deps)
    if live.older is None and not live.everything:
        return await every_shown(deps, privacy=privacy)
    return _kept(deps, live, privacy=privacy), True


def _kept(deps: Deps, lines: Lines, *, privacy: bool) -> Shown:
    kept, today, older = deps.here.lists.shown, deps.here.clock().date(), lines.older
    place = (privacy, older is not None)
    known = kept.get(place)
    if known is None or known[0] is not lines.by_id or known[1].today != today:
        shown = shown_of(lines.by_id.values(), today, privacy=privacy)
        shown = replace(shown, counts=shown.counts + older[privacy]) if older else shown
        known = kept[place] = (lines.by_id, shown)
    return known[1]
