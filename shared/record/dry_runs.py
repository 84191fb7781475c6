"""What a dry run would have filed (table `dry_runs`)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from shared.core import ids
from shared.core.ports.storage import Row, Tables, Write
from shared.core.terms import State
from shared.core.tickets.dry_run import DryTicket
from shared.record.packing import END, pack, unpack
from shared.record.redo import redo

TABLE = "dryruns"


def _key(system: str, change_id: str) -> str:
    return f"{ids.key(change_id)}|{system}"


def dry_ticket_row(entry: DryTicket, etag: str) -> Row:
    content = [entry.opened_for, entry.change_id, entry.title, entry.where, dict(entry.fields), list(entry.notes)]
    values = {
        "system": entry.system,
        "number": entry.number,
        "state": entry.state,
        "created": entry.created.isoformat(),
        "updated": entry.updated.isoformat(),
        **pack("text", _as_json(content)),
    }
    return Row(ids.partition(entry.opened_for), _key(entry.system, entry.opened_for), values, etag)


def read_dry_ticket(row: Row) -> DryTicket:
    values: Mapping[str, Any] = row.values
    opened_for, change_id, title, where, fields, notes = unpack("text", values)
    return DryTicket(
        values["system"], values["number"], opened_for, change_id, title, where, fields, tuple(notes),
        cast("State", values["state"]),
        datetime.fromisoformat(values["created"]), datetime.fromisoformat(values["updated"]),
    )  # fmt: skip


def _as_json(value: Any) -> Any:
    """As JSON: days and times become text."""
    if isinstance(value, Mapping):
        return {str(name): _as_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


async def dry_tickets(tables: Tables) -> list[DryTicket]:
    """What every ticket system in a dry run would have filed."""
    return [read_dry_ticket(row) async for row in tables.scan(TABLE)]


async def dry_tickets_of(tables: Tables, change_id: str) -> list[DryTicket]:
    """Those that were opened for one change."""
    low = f"{ids.key(change_id)}|"
    return [read_dry_ticket(row) for row in await tables.range(TABLE, ids.partition(change_id), low, low + END)]


async def dry_ticket(tables: Tables, system: str, change_id: str) -> DryTicket | None:
    """What a system would have filed for a change; None where there is nothing."""
    row = await tables.get(TABLE, ids.partition(change_id), _key(system, change_id))
    return read_dry_ticket(row) if row else None


async def keep_dry_ticket(
    tables: Tables, system: str, change_id: str, wanted: Callable[[DryTicket | None], DryTicket]
) -> DryTicket:
    """Write what `wanted` makes of the ticket as it is kept, or of None."""

    async def step() -> DryTicket:
        row = await tables.get(TABLE, ids.partition(change_id), _key(system, change_id))
        entry = wanted(read_dry_ticket(row) if row else None)
        write = Write("replace" if row else "insert", dry_ticket_row(entry, row.etag if row else ""))
        await tables.commit(TABLE, [write])
        return entry

    return await redo(step)
