"""What the pages of the built-in register show."""

from shared.core import ids
from shared.core.tickets.register import Entry, change_of
from shared.record.register import read_entry
from shared.usecases.deps import Deps


async def register(deps: Deps) -> list[Entry]:
    """Every ticket of the built-in register, the newest change first."""
    found = [read_entry(row) async for row in deps.tables.scan("register")]
    return sorted(found, key=lambda entry: entry.number, reverse=True)


async def ticket(deps: Deps, number: str) -> Entry | None:
    change_id = change_of(number)
    row = await deps.tables.get("register", ids.partition(change_id), number) if change_id else None
    return read_entry(row) if row else None
