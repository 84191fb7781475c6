"""What the pages of dry runs show."""

from collections.abc import AsyncIterator

from shared.core import ids
from shared.core.tickets.dry_run import DryTicket
from shared.record.dry_runs import TABLE, read_dry_ticket
from shared.record.packing import END
from shared.usecases.deps import Deps


async def dry_runs(deps: Deps) -> AsyncIterator[DryTicket]:
    """What the ticket systems in a dry run would have filed."""
    async for row in deps.tables.scan(TABLE):
        yield read_dry_ticket(row)


async def dry_runs_of(deps: Deps, text: str) -> list[DryTicket]:
    """Those of one change; PermanentError for what is no id."""
    change_id = ids.normalise(text)
    low = f"{ids.key(change_id)}|"
    found = await deps.tables.range(TABLE, ids.partition(change_id), low, low + END)
    return [read_dry_ticket(row) for row in found]
