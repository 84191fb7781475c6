"""Lines as pages read them: the blobs, kept in the process while they are the same, and what was touched since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.core.life.line import Line, overlaid
from shared.core.life.shown import Counts
from shared.record.lists import KEPT, LIVE, REST, Listing, days, read_listing, touched_on
from shared.usecases.deps import Deps


@dataclass(frozen=True, slots=True)
class Lines:
    """Every line by the change's id, as of the last commit that was followed up.

    `mark`: up to when the blobs reach; None while they are not built, and only what was touched lately is there.
    `older`: what those come to that are not here, by whether posts on data privacy count; None where all are here
    (`everything`), or nobody counted them.
    """

    by_id: Mapping[str, Line] = field(repr=False)
    mark: datetime | None
    older: Mapping[bool, Counts] | None = None
    everything: bool = False


async def every_line(deps: Deps) -> Lines:
    """All of them: at most 5 calls, and 2 where the process knows the blobs; around midnight one more."""
    return await _lines(deps, whole=True)


async def live_lines(deps: Deps) -> Lines:
    """Those that are open or something happened to within 13 months: a call fewer where the process is new."""
    return await _lines(deps, whole=False)


async def listed_lines(deps: Deps) -> Iterable[Line]:
    """Those of the last 13 months as they were last written, without what was touched since: one call."""
    kept = deps.here.lists
    kept.live = await read_listing(deps.storage.blobs, LIVE, kept.live)
    return kept.live.lines.values() if kept.live else ()


async def _lines(deps: Deps, *, whole: bool) -> Lines:
    kept = deps.here.lists
    kept.live = live = await read_listing(deps.storage.blobs, LIVE, kept.live)
    since, now = live.mark if live else deps.here.clock() - KEPT, deps.here.clock()
    touched = [line for day in days(since, now) for line in await touched_on(deps.storage.tables, day, since)]
    if live is None:
        return Lines(_with_touched(deps, {}, touched, every=True), None)
    if whole or any(live.may_be_older(line) for line in touched):
        return Lines(_with_touched(deps, await _with_rest(deps, live), touched, every=True), live.mark, everything=True)
    return Lines(_with_touched(deps, live.lines, touched, every=False), live.mark, live.older)


def _with_touched(deps: Deps, known: Mapping[str, Line], touched: Iterable[Line], *, every: bool) -> Mapping[str, Line]:
    """The lines that are whole, under what was touched; of those that are known it is looked up once.

    `every`: whether `known` is all of them. Pages ask in turn for these and for the live ones, and both are kept.
    """
    kept = deps.here.lists.whole
    if every not in kept or kept[every][0] is not known:
        kept[every] = (known, {name: line for name, line in known.items() if line.is_whole})
    whole = kept[every][1]
    newer = list(touched)
    fresh = overlaid({each.id: known[each.id] for each in newer if each.id in known}, newer)
    news = {name: line for name, line in fresh.items() if line.is_whole and line is not known.get(name)}
    return {**whole, **news} if news else whole


async def _with_rest(deps: Deps, live: Listing) -> Mapping[str, Line]:
    """The lines of both blobs; nothing is called where the rest is known that was written with this one."""
    kept = deps.here.lists
    if kept.rest is None or kept.rest.rest != live.rest:
        kept.rest = await read_listing(deps.storage.blobs, REST, kept.rest)
    if kept.rest is None:
        return live.lines
    if kept.both is None or kept.both[:2] != (live.etag, kept.rest.etag):
        kept.both = (live.etag, kept.rest.etag, overlaid(kept.rest.lines, live.lines.values()))
    return kept.both[2]
