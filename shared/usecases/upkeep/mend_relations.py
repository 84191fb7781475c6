"""The nightly part of relations: re-issues and series are found, and two tickets for one announcement become one."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.changes.reissues import Sketch, sketch, unstated, unstated_of
from shared.core.changes.relations import IDENTITY, Relation, stated_by
from shared.core.errors import TransientError
from shared.core.life.alike import alike
from shared.core.life.closing import is_ended
from shared.core.tickets.succession import RelatedTicket, Succession, left_open
from shared.record.changes import ChangeRecord
from shared.record.lists import REST, Listing, read_listing
from shared.record.recent import read_recent
from shared.record.relations import all_relations, record_relation, relations_about
from shared.usecases.apart import apart
from shared.usecases.cards.waiting import records_of
from shared.usecases.changes.relate import add_tickets, missing, raise_ticket, send_tickets
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.mend")
_MOST_ALIKE = 200
"""Changes that new ones are compared with in a short pass."""


@dataclass
class RelationSweep:
    """What is gathered while `mend` walks over every change: a sketch of each, and those that stand for another."""

    known: dict[tuple[str, str, str], Relation]
    concerned: set[str]
    sketches: list[Sketch] = field(default_factory=list)
    records: dict[str, ChangeRecord] = field(default_factory=dict)

    @classmethod
    async def read(cls, deps: Deps) -> "RelationSweep":
        every = await all_relations(deps.storage.tables)
        identities = [relation for relation in every if relation.kind in IDENTITY]
        return cls(
            {(relation.change, relation.kind, relation.other): relation for relation in every},
            {name for relation in identities for name in (relation.change, relation.other)},
        )

    def take(self, record: ChangeRecord) -> None:
        self.sketches.append(sketch(record.change))
        if record.change.id in self.concerned and record.change.stage == "decided":
            self.records[record.change.id] = record

    async def mend(self, deps: Deps) -> int:
        """How many relations were new, and how many tickets had to be looked at again."""
        new = [each for each in unstated(self.sketches) if (each.change, each.kind, each.other) not in self.known]
        done = sum([await record_relation(deps.storage.tables, relation) for relation in new])
        return done + await self._one_ticket_each(deps, self.known.values())

    async def _one_ticket_each(self, deps: Deps, relations: Iterable[Relation]) -> int:
        done = 0
        for relation in relations:
            if relation.kind in IDENTITY:
                yields = relation.kind == "supersedes"
                after, before = (relation.other, relation.change) if yields else (relation.change, relation.other)
                with apart(f"{after} and {before} cannot be made one", passing=TransientError):
                    done += await self._one_ticket(deps, after, before, relation.words)
        return done

    async def _one_ticket(self, deps: Deps, successor: str, predecessor: str, words: str) -> int:
        """Where a successor was decided without a ticket after its predecessor got one, or both keep an open one."""
        new, old = self.records.get(successor), self.records.get(predecessor)
        if new is None or old is None or _mutual(self.known, successor, predecessor):
            return 0
        tickets = [state for state in old.states if state.effect.kind == "ticket" and state.ticket.number]
        waiting = [state for state in tickets if not state.due and not is_ended(state)]
        added = await add_tickets(deps, successor, missing(new.change, new.states, waiting, predecessor))
        await send_tickets(deps, successor, added)
        raised = 0
        for state in waiting:
            own = new.effects.get(state.effect.key)
            if own:
                ticket = RelatedTicket(predecessor, words, old.change.current.id, state)
                raised += await _raise(deps, own.state, successor, ticket)
        return len(added) + raised


class RecentRelations(RelationSweep):
    """The same of a few changes: what they say of others and others of them, and whether both keep a ticket.

    What no post states is looked for where a post is new, or says something new, since `since`: among the changes
    whose lines in `live.z` and `rest.z` are like it. Of posts on data privacy no line is, so that those are left to
    the next full pass.
    """

    def __init__(self, live: Listing, since: datetime) -> None:
        super().__init__({}, set())
        self._live = live
        self._since = since
        self._stated: set[str] = set()

    def take(self, record: ChangeRecord) -> None:
        if record.change.current.observed >= self._since:
            self.sketches.append(sketch(record.change))
        self._stated |= {relation.other for relation in stated_by(record.change)}
        if record.change.stage == "decided":
            self.records[record.change.id] = record

    async def mend(self, deps: Deps) -> int:
        """As of every change; a range for each partition that is concerned, and `rest.z` where a post is new."""
        return await self._find_unstated(deps) + await self._mend_stated(deps)

    async def _find_unstated(self, deps: Deps) -> int:
        if not self.sketches:
            return 0
        rest = await read_listing(deps.storage.blobs, REST)
        like = alike(self.sketches, ({**rest.lines, **self._live.lines} if rest else self._live.lines).values())
        if len(like) > _MOST_ALIKE:
            _LOG.info(
                "%d changes are like %d new ones; the next full pass compares them", len(like), len(self.sketches)
            )
            return 0
        others = [sketch(each.change) for each in await read_recent(deps.storage.tables, like, _pass_over)]
        found = unstated_of({each.id for each in self.sketches}, [*self.sketches, *others])
        known = await self._read(deps, {each.change for each in found})
        there = {(each.change, each.kind, each.other) for each in known}
        new = [each for each in found if (each.change, each.kind, each.other) not in there]
        return sum([await record_relation(deps.storage.tables, relation) for relation in new])

    async def _mend_stated(self, deps: Deps) -> int:
        recent = set(self.records)
        said = await self._read_identities(deps, recent | self._stated)
        ours = [each for each in said if recent & {each.change, each.other}]
        partners = {name for each in ours for name in (each.change, each.other)}
        more = await self._read_identities(deps, partners - recent - self._stated)
        self.known = {(each.change, each.kind, each.other): each for each in (*said, *more)}
        others = await records_of(deps, partners - recent)
        self.records |= {name: record for name, record in others.items() if record.change.stage == "decided"}
        return await self._one_ticket_each(deps, sorted(ours, key=lambda each: (each.change, each.kind, each.other)))

    async def _read_identities(self, deps: Deps, change_ids: Collection[str]) -> list[Relation]:
        """Who says of these changes that the two are one announcement."""
        return [relation for relation in await self._read(deps, change_ids) if relation.kind in IDENTITY]

    async def _read(self, deps: Deps, change_ids: Collection[str]) -> list[Relation]:
        """What is said of these changes: one range for each partition."""
        by_partition: dict[str, set[str]] = defaultdict(set)
        for change_id in change_ids:
            by_partition[ids.partition(change_id)].add(change_id)
        return [
            relation
            for partition, some in sorted(by_partition.items())
            for relation in await relations_about(deps.storage.tables, partition, some)
        ]


def _pass_over(change_id: str) -> None:
    """A damaged change is told where it is mended."""


async def _raise(deps: Deps, own: EffectState, successor: str, predecessor: RelatedTicket) -> int:
    """Both have a ticket, and neither is about to be looked at."""
    if own.due or own.parked or own.ticket.followed_by or not own.ticket.number or own.ticket.state == "cancelled":
        return 0
    tickets = left_open(own.ticket.number, Succession(predecessors=(predecessor,)))
    for ticket in tickets:
        await raise_ticket(deps, ticket, successor)
    return len(tickets)


def _mutual(known: dict[tuple[str, str, str], Relation], successor: str, predecessor: str) -> bool:
    """Two that point at each other: the newer one is the successor, and the other reading is not acted on."""
    backwards = (
        (successor, "supersedes", predecessor),
        (predecessor, "superseded_by", successor),
        (predecessor, "duplicate_of", successor),
    )
    return any(key in known for key in backwards) and ids.number(successor) < ids.number(predecessor)
