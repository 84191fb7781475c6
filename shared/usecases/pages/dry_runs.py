"""What the pages of dry runs show."""

from shared.core import ids
from shared.core.tickets.dry_run import DryTicket
from shared.record.dry_runs import dry_tickets, dry_tickets_of
from shared.usecases.deps import Deps


async def dry_runs(deps: Deps) -> list[DryTicket]:
    """What the ticket systems in a dry run would have filed."""
    return await dry_tickets(deps.storage.tables)


async def dry_runs_of(deps: Deps, text: str) -> list[DryTicket]:
    """Those of one change; PermanentError for what is no id."""
    return await dry_tickets_of(deps.storage.tables, ids.normalise(text))
