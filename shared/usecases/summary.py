"""What storage holds, in a few numbers: the sandbox's summary and the home page."""

from dataclasses import dataclass

from shared.core import rows
from shared.usecases.deps import Deps


@dataclass(frozen=True, slots=True)
class Counts:
    """`revisions`: editions after each change's first. `cards`: those sent; `tickets`: those that have a number."""

    changes: int
    revisions: int
    tickets: int
    cards: int
    closed: int
    parked: int


async def count(deps: Deps) -> Counts:
    """Reads the whole of table `changes`: for tools and timers."""
    changes = revisions = tickets = cards = 0
    async for row in deps.tables.scan(rows.TABLE, low="c|", high="c}"):
        if "|x|" not in row.key:
            changes += 1
            revisions += int(str(row.values["revision"])) - 1
        elif row.values["kind"] == "ticket":
            tickets += bool(row.values["number"])
        else:
            cards += bool(row.values["done"])
    closed = sum([1 async for _ in deps.tables.scan("closings")])
    parked = sum([1 async for _ in deps.tables.scan("parked")])
    return Counts(changes, revisions, tickets, cards, closed, parked)
