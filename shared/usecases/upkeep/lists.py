"""The lists: every ten minutes what was touched is taken over, and both blobs are built where there are none."""

import logging
import uuid
from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from shared.core.errors import ConflictError, TransientError
from shared.core.life.figures import is_live
from shared.core.life.line import Line, Part, merged, overlaid
from shared.record.changes import ChangeRecord, all_changes
from shared.record.copies import count_tenants
from shared.record.lists import (
    LAG,
    LIVE,
    REST,
    Listing,
    days,
    line_of,
    put_listings,
    read_listing,
    replace_live,
    touched_on,
)
from shared.record.tasks import all_tasks
from shared.usecases.apart import apart
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.lists")
_OURS = frozenset({"card", "change", "closing", "people", "task", "tenants", "ticket"})
"""Kinds of parts that this version makes of the record; what a later one has made of it stays."""
_MARK_STANDS = timedelta(hours=1)
"""How long a mark may stand while nothing is touched."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a run did: how many lines of those that were touched are news, and whether it wrote the blob."""

    news: int = 0
    written: bool = False
    built: bool = False


async def index(deps: Deps) -> Indexed:
    """Take over into `live.z` what was touched; where there is none, build both blobs from the record.

    A run that dies, or meets another one, leaves it to the next: what was touched is still there.
    """
    now = deps.here.clock()
    live = await read_listing(deps.storage.blobs, LIVE)
    if live is None:
        await build(deps)
        return Indexed(written=True, built=True)
    touched, mark = await _touched(deps, live.mark, now)
    known, rest = live.lines, None
    strange = {line.id for line in touched if live.may_be_older(line)}
    if strange:  # nothing has happened to them for long
        rest = await read_listing(deps.storage.blobs, REST)
        known = {**known, **{name: line for name in strange if rest and (line := rest.lines.get(name))}}
    lines = overlaid(known, touched)
    news = sum(line is not live.lines.get(name) for name, line in lines.items())
    if not news and mark - live.mark < _MARK_STANDS and mark.date() == live.mark.date():
        return Indexed()
    try:
        await replace_live(deps.storage.blobs, live, lines, max(mark, live.mark), rest)
    except ConflictError:
        return Indexed(news)
    return Indexed(news, written=True)


async def _touched(deps: Deps, since: datetime, now: datetime) -> tuple[list[Line], datetime]:
    """What was touched since, and up to when: never up to now, as clocks differ and writes may be late.

    While nothing is found, one day at a time.
    """
    lines: list[Line] = []
    *earlier, last = days(since, now - LAG)
    for day in earlier:
        lines += await touched_on(deps.storage.tables, day, since)
        if not lines:
            return [], min(datetime.combine(day + timedelta(days=1), time(), UTC), now - LAG)
    return lines + await touched_on(deps.storage.tables, last, since), now - LAG


async def build(deps: Deps) -> None:
    """Both blobs from a walk through the record, where no lists are."""
    listed = NewLists(deps)
    policy = await deps.here.policy.current()
    tasks = await all_tasks(deps.storage.tables)
    tenants = await count_tenants(deps.storage.tables, deps.here.clock())
    async for record in _records(deps, listed):
        with apart(f"{record.change.id} cannot be listed", passing=TransientError):
            listed.add(line_of(record, policy, deps.here.clock(), tasks.get(record.change.id, ()), tenants))
    await listed.write()


def _records(deps: Deps, listed: "NewLists") -> AsyncIterator[ChangeRecord]:
    return all_changes(deps.storage.tables, listed.leave)


class NewLists:
    """Lists that are being built from the record: one walk, whose beginning becomes their mark.

    `name`: what both blobs are known by once they are written.
    """

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self.name = uuid.uuid4().hex[:12]
        self._mark = deps.here.clock() - LAG
        self._lines: list[Line] = []
        self._left: set[str] = set()

    def add(self, line: Line) -> None:
        self._lines.append(line)

    def leave(self, change_id: str) -> None:
        """The change cannot be read: its line stays as it was."""
        self._left.add(change_id)

    async def write(self) -> None:
        """Both blobs over whatever stands there. What is touched meanwhile lies over them: their mark is older."""
        blobs, now = self._deps.storage.blobs, self._deps.here.clock()
        before = [await read_listing(blobs, name) for name in (REST, LIVE)]
        lines = _carried(self._lines, self._left, [listing for listing in before if listing])
        live = [line for line in lines if is_live(line, now)]
        await put_listings(blobs, live, lines, self._mark, self.name)
        _LOG.info("lists: %d lines, of which %d are live", len(lines), len(live))


class RecentLines:
    """The lines of a few changes, put into the `live.z` that was read when the walk began."""

    def __init__(self, deps: Deps, live: Listing) -> None:
        self._deps = deps
        self._live = live
        self._mark = deps.here.clock() - LAG
        self._lines: dict[str, Line] = {}

    def add(self, line: Line) -> None:
        self._lines[line.id] = line

    def leave(self, change_id: str) -> None:
        """The change cannot be read: its line stays as it was."""
        self._lines.pop(change_id, None)

    async def write(self) -> None:
        """Over what stands there by now. ConflictError where others were faster again and again.

        What was touched since the beginning lies over these lines, as the mark goes back to it. `rest.z` stays as the
        last full pass wrote it, and nothing leaves `live.z`: both are left to the next full one.
        """
        live: Listing | None = self._live
        for _ in range(_TRIES):
            if live is None:  # `index` has built both from the record meanwhile, or is about to
                return
            lines, rest = await self._merged(live)
            if all(line is live.lines.get(name) for name, line in lines.items()):
                return
            try:
                await replace_live(self._deps.storage.blobs, live, lines, min(live.mark, self._mark), rest)
            except ConflictError:
                live = await read_listing(self._deps.storage.blobs, LIVE)
                continue
            _LOG.info("lists: %d lines were looked at, of %d that are live", len(self._lines), len(lines))
            return
        raise ConflictError(LIVE)

    async def _merged(self, live: Listing) -> tuple[dict[str, Line], Listing | None]:
        """The lines with ours in place of the former ones, and `rest.z` where one of those stands there alone."""
        rest, known = None, live.lines
        strange = {line.id for line in self._lines.values() if live.may_be_older(line)}
        if strange:
            rest = await read_listing(self._deps.storage.blobs, REST)
            known = {**known, **{name: line for name in strange if rest and (line := rest.lines.get(name))}}
        lines = dict(known)
        for name, line in self._lines.items():
            before = known.get(name)
            made = _with_later_parts(line, before) if before else line
            lines[name] = before if before and _says_the_same(made, before) else made
        return lines, rest


def _says_the_same(line: Line, other: Line) -> bool:
    """Whether only the time of counting the tenants is another."""
    return [_uncounted(part) for part in line.parts] == [_uncounted(part) for part in other.parts]


def _uncounted(part: Part) -> Part:
    return Part(part.name, "", part.places, part.values) if part.kind == "tenants" else part


def _with_later_parts(line: Line, old: Line) -> Line:
    """The line with the parts of the old one that only others make."""
    return merged(line, Line(line.id, tuple(part for part in old.parts if part.kind not in _OURS)))


def _carried(lines: Iterable[Line], left: Collection[str], before: Iterable[Listing]) -> list[Line]:
    """The lines with the parts that only a later version makes, and the former ones of changes that were left."""
    made = {line.id: line for line in lines}
    for listing in before:
        for name, old in listing.lines.items():
            if name in made:
                made[name] = _with_later_parts(made[name], old)
            elif name in left:
                made[name] = old
    return list(made.values())
