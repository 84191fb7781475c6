"""What the pages of the built-in register show."""

from shared.core.tickets.register import Entry
from shared.record.register import entries, entry_of
from shared.usecases.deps import Deps


async def register(deps: Deps) -> list[Entry]:
    """Every ticket of the built-in register, the newest change first."""
    return await entries(deps.storage.tables)


async def ticket(deps: Deps, number: str) -> Entry | None:
    return await entry_of(deps.storage.tables, number)
