"""The nightly part of relations: re-issues and series are found, and two tickets for one announcement become one."""

from dataclasses import dataclass, field

from shared.core import ids
from shared.core.changes.change import EffectState
from shared.core.changes.reissues import Sketch, sketch, unstated
from shared.core.changes.relations import IDENTITY, Relation
from shared.core.life.closing import is_ended
from shared.core.tickets.succession import Family, Kin, left_open
from shared.record import changes
from shared.record.changes import ChangeRecord
from shared.record.relations import insert, read_relation
from shared.usecases.changes.relate import add_tickets, missing, raise_ticket, send_tickets
from shared.usecases.deps import Deps


@dataclass(slots=True)
class Kindred:
    """What is gathered while `mend` walks over every change: a sketch of each, and those that stand for another."""

    known: dict[tuple[str, str, str], Relation]
    concerned: set[str]
    sketches: list[Sketch] = field(default_factory=list)
    held: dict[str, ChangeRecord] = field(default_factory=dict)

    @classmethod
    async def read(cls, deps: Deps) -> "Kindred":
        every = [read_relation(row) async for row in deps.tables.scan(changes.TABLE, low="r|", high="r}")]
        one = [relation for relation in every if relation.kind in IDENTITY]
        return cls(
            {(relation.change, relation.kind, relation.other): relation for relation in every},
            {name for relation in one for name in (relation.change, relation.other)},
        )

    def take(self, held: ChangeRecord) -> None:
        self.sketches.append(sketch(held.change))
        if held.change.id in self.concerned and held.change.stage == "decided":
            self.held[held.change.id] = held

    async def mend(self, deps: Deps) -> int:
        """How many relations were new, and how many tickets had to be looked at again."""
        found = [one for one in unstated(self.sketches) if (one.change, one.kind, one.other) not in self.known]
        done = sum([await insert(deps.tables, relation) for relation in found])
        for relation in self.known.values():
            if relation.kind in IDENTITY:
                yields = relation.kind == "supersedes"
                heir, elder = (relation.other, relation.change) if yields else (relation.change, relation.other)
                done += await self._one_ticket(deps, heir, elder, relation.words)
        return done

    async def _one_ticket(self, deps: Deps, heir: str, elder: str, words: str) -> int:
        """Where an heir was decided without a ticket after its elder got one, or both have kept an open one."""
        new, old = self.held.get(heir), self.held.get(elder)
        if new is None or old is None or _mutual(self.known, heir, elder):
            return 0
        waiting = [s for s in old.states if s.effect.kind == "ticket" and s.number and not s.due and not is_ended(s)]
        added = await add_tickets(deps, heir, missing(new.change, new.states, waiting, elder))
        await send_tickets(deps, heir, added)
        told = 0
        for state in waiting:
            own = new.effects.get(state.effect.key)
            told += await _tell(deps, own[0], new, Kin(elder, words, old.change.current.id, state)) if own else 0
        return len(added) + told


async def _tell(deps: Deps, own: EffectState, heir: ChangeRecord, elder: Kin) -> int:
    """Both have one, and neither is about to be looked at."""
    if own.due or own.parked or own.followed_by or not own.number or own.state == "cancelled":
        return 0
    told = left_open(own.number, Family(elders=(elder,)))
    for kin in told:
        await raise_ticket(deps, kin, heir.change.id)
    return len(told)


def _mutual(known: dict[tuple[str, str, str], Relation], heir: str, elder: str) -> bool:
    """Two that point at each other: the newer one is the heir, and the other reading is not acted on."""
    backwards = ((heir, "supersedes", elder), (elder, "superseded_by", heir), (elder, "duplicate_of", heir))
    return any(key in known for key in backwards) and ids.number(heir) < ids.number(elder)
