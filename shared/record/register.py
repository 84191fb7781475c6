"""The built-in register (table `register`)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast, get_args

from shared.adapters.tickets.register import _TRIES
from shared.core import ids
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.ports.storage import Row, Tables, Write
from shared.core.terms import State
from shared.core.tickets.register import Entry, change_of, moved
from shared.core.times import when
from shared.record.packing import pack, unpack

_KEPT = 200  # lines of history a ticket keeps; instead of older ones one line says so


def entry_row(entry: Entry, etag: str = "") -> Row:
    history = list(entry.history)
    if len(history) > _KEPT:
        history = [(history[0][0], "earlier lines are not kept"), *history[1 - _KEPT :]]
    values = {
        "key": entry.key,
        "change": entry.change_id,
        "state": entry.state,
        "risk": entry.risk,
        "title": entry.title,
        "group": entry.group,
        "planned_start": _text(entry.planned_start),
        "planned_end": _text(entry.planned_end),
        "act_by": _text(entry.act_by),
        "created": entry.created.isoformat(),
        "updated": entry.updated.isoformat(),
        "closed": entry.closed.isoformat() if entry.closed else "",
        **pack("text", [entry.description, [(at.isoformat(), text) for at, text in history]]),
    }
    return Row(ids.partition(change_of(entry.number) or entry.change_id), entry.number, values, etag)


def read_entry(row: Row) -> Entry:
    v: Mapping[str, Any] = row.values
    description, history = unpack("text", v)
    return Entry(
        number=row.key,
        key=v["key"],
        change_id=v["change"],
        title=v["title"],
        description=description,
        state=v["state"],
        risk=v["risk"],
        group=v["group"],
        planned_start=_day(v["planned_start"]),
        planned_end=_day(v["planned_end"]),
        act_by=_day(v["act_by"]),
        created=datetime.fromisoformat(v["created"]),
        updated=datetime.fromisoformat(v["updated"]),
        closed=when(v["closed"]),
        history=tuple((datetime.fromisoformat(at), text) for at, text in history),
    )


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


TABLE = "register"


async def entries(tables: Tables) -> list[Entry]:
    """Every ticket, the newest change first."""
    return sorted([read_entry(row) async for row in tables.scan(TABLE)], key=lambda entry: entry.number, reverse=True)


async def entry_of(tables: Tables, number: str) -> Entry | None:
    row = await find_row(tables, number)
    return read_entry(row) if row else None


async def move_entry(tables: Tables, number: str, state: str, note: str, now: datetime) -> Entry:
    """The board's own hand: another state, with a line of history. PermanentError for what does not exist."""
    if state not in get_args(State):
        raise PermanentError(f"no state {state!r}; the states are {', '.join(get_args(State))}")
    for _ in range(_TRIES):
        row = await find_row(tables, number)
        if row is None:
            raise PermanentError(f"no ticket {number} in the register; `foresignal register list` shows them")
        entry = moved(read_entry(row), cast("State", state), note, now)
        try:
            await tables.commit(TABLE, [Write("replace", entry_row(entry, row.etag))])
        except ConflictError:
            continue
        return entry
    raise TransientError(f"ticket {number} was written by others {_TRIES} times in a row", 5)


async def find_row(tables: Tables, number: str) -> Row | None:
    change_id = change_of(number)
    return await tables.get(TABLE, ids.partition(change_id), number) if change_id else None
