"""What storage holds, in a few numbers: the sandbox's summary and the home page."""

from dataclasses import dataclass

from shared.core.changes.change import Event
from shared.record.changes import revisions_and_effects
from shared.record.closings import count_closings
from shared.record.parked import count_parked
from shared.usecases.deps import Deps


@dataclass(frozen=True, slots=True)
class Counts:
    """`revisions`: editions after each change's first. `cards`: those sent; `tickets`: those that have a number.

    `notes`: events that tickets were told after their first; `cancelled`: tickets that ended so.
    """

    changes: int
    revisions: int
    tickets: int
    notes: int
    cancelled: int
    cards: int
    closed: int
    parked: int


async def count(deps: Deps) -> Counts:
    """Reads the whole of table `changes`: for tools and timers."""
    changes = revisions = tickets = notes = cancelled = cards = 0
    async for entry in revisions_and_effects(deps.storage.tables):
        if isinstance(entry, int):
            changes += 1
            revisions += entry - 1
        elif entry.kind == "ticket":
            tickets += bool(entry.number)
            notes += sum(Event.type_in(event_id) != "announced" for event_id in entry.applied)
            cancelled += entry.state == "cancelled"
        else:
            cards += bool(entry.done)
    closed = await count_closings(deps.storage.tables)
    parked = await count_parked(deps.storage.tables)
    return Counts(changes, revisions, tickets, notes, cancelled, cards, closed, parked)
