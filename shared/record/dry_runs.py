"""What a dry run would have filed (table `dry_runs`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from shared.core import ids
from shared.core.ports.storage import Row
from shared.core.terms import State
from shared.core.tickets.dry_run import DryTicket
from shared.record.packing import pack, unpack

TABLE = "dryruns"


def dry_run_key(system: str, change_id: str) -> str:
    return f"{ids.key(change_id)}|{system}"


def dry_ticket_row(entry: DryTicket, etag: str) -> Row:
    held = [entry.opened_for, entry.change_id, entry.title, entry.where, dict(entry.fields), list(entry.notes)]
    values = {
        "system": entry.system,
        "number": entry.number,
        "state": entry.state,
        "created": entry.created.isoformat(),
        "updated": entry.updated.isoformat(),
        **pack("text", _plain(held)),
    }
    return Row(ids.partition(entry.opened_for), dry_run_key(entry.system, entry.opened_for), values, etag)


def read_dry_ticket(row: Row) -> DryTicket:
    values: Mapping[str, Any] = row.values
    opened_for, change_id, title, where, fields, notes = unpack("text", values)
    return DryTicket(
        values["system"], values["number"], opened_for, change_id, title, where, fields, tuple(notes),
        cast("State", values["state"]),
        datetime.fromisoformat(values["created"]), datetime.fromisoformat(values["updated"]),
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """As JSON: days and times become text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
