"""What storage holds, in a few numbers: the sandbox's summary and the home page."""

import json
from dataclasses import dataclass

from shared.core.changes.change import Event
from shared.record import changes as rows
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
    async for row in deps.tables.scan(rows.TABLE, low="c|", high="c}"):
        if "|x|" not in row.key:
            changes += 1
            revisions += int(str(row.values["revision"])) - 1
        elif row.values["kind"] == "ticket":
            tickets += bool(row.values["number"])
            applied = (Event.type_in(event_id) for event_id in json.loads(str(row.values["applied"])))
            notes += sum(event_type != "announced" for event_type in applied)
            cancelled += row.values["state"] == "cancelled"
        else:
            cards += bool(row.values["done"])
    closed = await count_closings(deps.tables)
    parked = await count_parked(deps.tables)
    return Counts(changes, revisions, tickets, notes, cancelled, cards, closed, parked)
