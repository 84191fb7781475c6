"""The list of what is open (table `open`): written after the record, rebuilt from it by `mend`."""

from shared.core import ids
from shared.core.errors import ConflictError
from shared.core.life.entries import OpenChange
from shared.core.ports.storage import Row, Tables, Write

TABLE = "open"


def open_entity(entry: OpenChange, etag: str = "") -> Row:
    return Row(entry.team, ids.key(entry.id), entry.to_values(), etag)


async def list_open(tables: Tables, entry: OpenChange | None) -> None:
    """Put the change on its team's list, or bring its row up to date; None: there is nothing to list."""
    if entry is None:
        return
    try:
        await tables.commit(TABLE, [Write("insert", open_entity(entry))])
    except ConflictError:
        row = await tables.get(TABLE, entry.team, ids.key(entry.id))
        known = OpenChange.from_values(entry.id, entry.team, row.values) if row else None
        if row and known != entry:
            await _quietly(tables, Write("replace", open_entity(entry, row.etag)))


async def unlist(tables: Tables, change_id: str, team: str) -> None:
    """Take a closed change off its team's list."""
    row = await tables.get(TABLE, team, ids.key(change_id))
    if row:
        await _quietly(tables, Write("delete", row))


async def _quietly(tables: Tables, write: Write) -> None:
    """A list that two write at once is put right by `mend`; the record is what counts."""
    try:
        await tables.commit(TABLE, [write])
    except ConflictError:
        return
