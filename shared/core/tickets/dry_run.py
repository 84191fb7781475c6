"""What a ticket would be that a dry run keeps on our side; one row of table `dryruns` (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from shared.core import ids
from shared.core.ports import Row
from shared.core.terms import State
from shared.record import changes

TABLE = "dryruns"


@dataclass(frozen=True, slots=True)
class DryTicket:
    """What one change's ticket would be. `fields` by the system's own names; `notes` as it would have been told.

    `opened_for`: the change in whose key it stands; `change_id` is another one where that took the ticket over.
    """

    system: str
    number: str
    opened_for: str
    change_id: str
    title: str
    where: str
    fields: Mapping[str, Any]
    notes: tuple[str, ...]
    state: State
    created: datetime
    updated: datetime


def key(system: str, change_id: str) -> str:
    return f"{ids.key(change_id)}|{system}"


def to_row(entry: DryTicket, etag: str) -> Row:
    held = [entry.opened_for, entry.change_id, entry.title, entry.where, dict(entry.fields), list(entry.notes)]
    values = {
        "system": entry.system,
        "number": entry.number,
        "state": entry.state,
        "created": entry.created.isoformat(),
        "updated": entry.updated.isoformat(),
        **changes.pack("text", _plain(held)),
    }
    return Row(ids.partition(entry.opened_for), key(entry.system, entry.opened_for), values, etag)


def from_row(row: Row) -> DryTicket:
    values: Mapping[str, Any] = row.values
    opened_for, change_id, title, where, fields, notes = changes.unpack("text", values)
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
