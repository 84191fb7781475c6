"""The built-in register (table `register`)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, cast, get_args

from shared.core import ids
from shared.core.errors import ConflictError, PermanentError
from shared.core.ports.storage import Row, Tables, Write
from shared.core.terms import State
from shared.core.tickets.register import Entry, Said, change_of, moved_by_board
from shared.core.tickets.ticket import PlanStep
from shared.core.times import when
from shared.record.packing import END, pack, unpack
from shared.record.redo import redo

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
        "decision": entry.decision,
        "decided_by": entry.decided_by,
        "decided_at": entry.decided_at.isoformat() if entry.decided_at else "",
        "proposed_start": _text(entry.proposed_start),
        "proposed_end": _text(entry.proposed_end),
        **pack("text", [entry.description, [(at.isoformat(), text) for at, text in history]]),
        **pack("more", _more(entry)),
    }
    return Row(ids.partition(change_of(entry.number) or entry.change_id), entry.number, values, etag)


def read_entry(row: Row) -> Entry:
    v: Mapping[str, Any] = row.values
    description, history = unpack("text", v)
    more = unpack("more", v) if "more0" in v else {}
    said = _read_said(row.key, v, more)
    return Entry(
        number=row.key,
        key=v["key"],
        change_id=v["change"],
        title=v["title"],
        description=description,
        state=said.state,
        risk=said.risk,
        group=v["group"],
        planned_start=said.planned_start,
        planned_end=said.planned_end,
        act_by=_day(v["act_by"]),
        created=datetime.fromisoformat(v["created"]),
        updated=datetime.fromisoformat(v["updated"]),
        closed=said.closed,
        history=tuple((datetime.fromisoformat(at), text) for at, text in history),
        steps=tuple(PlanStep(key, text, _day(day), owner) for key, text, day, owner in more.get("steps", ())),
        requested_by=more.get("requested_by", ""),
        assigned_to=more.get("assigned_to", ""),
        configuration_items=tuple(more.get("items", ())),
        decision=said.decision,
        decided_by=said.decided_by,
        decided_at=said.decided_at,
        proposed_start=said.proposed_start,
        proposed_end=said.proposed_end,
    )


def _read_said(number: str, v: Mapping[str, Any], more: Mapping[str, Any]) -> Said:
    """`more`: what is packed. Versions before this one have the decision and the proposed days there alone."""
    return Said(
        number=number,
        state=v["state"],
        closed=when(v["closed"]),
        risk=v["risk"],
        planned_start=_day(v["planned_start"]),
        planned_end=_day(v["planned_end"]),
        proposed_start=_day(more.get("proposed_start", v["planned_start"])),
        proposed_end=_day(more.get("proposed_end", v["planned_end"])),
        decision=more.get("decision", ""),
        decided_by=more.get("decided_by", ""),
        decided_at=when(more.get("decided_at")),
    )


def _more(entry: Entry) -> dict[str, Any]:
    """What the register of earlier versions did not have."""
    return {
        "steps": [(step.key, step.text, _text(step.day), step.owner) for step in entry.steps],
        "requested_by": entry.requested_by,
        "assigned_to": entry.assigned_to,
        "items": entry.configuration_items,
        "decision": entry.decision,
        "decided_by": entry.decided_by,
        "decided_at": entry.decided_at.isoformat() if entry.decided_at else "",
        "proposed_start": _text(entry.proposed_start),
        "proposed_end": _text(entry.proposed_end),
    }


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


TABLE = "register"


async def entries(tables: Tables) -> list[Entry]:
    """Every ticket, the newest change first."""
    all_entries = [read_entry(row) async for row in tables.scan(TABLE)]
    return sorted(all_entries, key=lambda entry: entry.number, reverse=True)


async def count_entries(tables: Tables) -> int:
    return sum([1 async for _ in tables.scan(TABLE, only=())])


_SAID = (
    "state", "closed", "risk", "planned_start", "planned_end", "proposed_start", "proposed_end", "decision",
    "decided_by", "decided_at",
)  # fmt: skip
_MORE = ("proposed_start", "proposed_end", "decision", "decided_by", "decided_at")
_FEW = 3
"""So many partitions are read one by one; of more the whole table is looked through, a thousand rows a call."""


async def said_of(tables: Tables, numbers: Iterable[str]) -> dict[str, Said]:
    """What the tickets of these numbers say, by number, from the columns that say it; of any number of tickets.

    A call for each thousand of open ones; those that have ended, or are gone, cost a call for each partition of
    theirs, up to three, else one for each thousand tickets of the register.
    """
    wanted = {number for number in numbers if change_of(number)}
    said: dict[str, Said] = {}
    if len(_partitions(wanted)) > _FEW:
        await _look_through(tables, wanted, {"closed": ""}, said)
    left = wanted - said.keys()
    if len(_partitions(left)) > _FEW:
        await _look_through(tables, left, None, said)
        return said
    return said | {number: entry.said for number, entry in (await entries_of(tables, left)).items()}


async def _look_through(
    tables: Tables, wanted: Collection[str], equal: Mapping[str, str] | None, said: dict[str, Said]
) -> None:
    """The wanted ones among all. Rows of the versions before lack what is packed there, and are read again with it."""
    old = False
    async for row in tables.scan(TABLE, equal, only=_SAID):
        if row.key not in wanted:
            continue
        if all(name in row.values for name in _MORE):
            said[row.key] = _read_said(row.key, row.values, row.values)
        else:
            old = True
    if old:
        async for row in tables.scan(TABLE, equal, only=(*_SAID, "more0", "more1")):
            if row.key in wanted and row.key not in said:
                more = unpack("more", row.values) if "more0" in row.values else {}
                said[row.key] = _read_said(row.key, row.values, more)


def _partitions(numbers: Iterable[str]) -> set[str]:
    return {ids.partition(change_id) for number in numbers if (change_id := change_of(number))}


async def entries_of(tables: Tables, numbers: Iterable[str]) -> dict[str, Entry]:
    """The tickets of these numbers, by number: one range query for each partition."""
    by_partition: dict[str, list[str]] = defaultdict(list)
    for number in numbers:
        change_id = change_of(number)
        if change_id:
            by_partition[ids.partition(change_id)].append(number)
    by_number = {}
    for partition, some in by_partition.items():
        for row in await tables.range(TABLE, partition, min(some), max(some) + END):
            if row.key in some:
                by_number[row.key] = read_entry(row)
    return by_number


async def entry_of(tables: Tables, number: str) -> Entry | None:
    """The ticket of a number; None where there is none."""
    row = await _find(tables, number)
    return read_entry(row) if row else None


class EntryRecord(NamedTuple):
    """A ticket as it stands in storage, with the version of its row."""

    entry: Entry
    row: Row


async def read_record(tables: Tables, number: str) -> EntryRecord | None:
    """The ticket of a number with its version; None where there is none."""
    row = await _find(tables, number)
    return EntryRecord(read_entry(row), row) if row else None


async def replace_entry(tables: Tables, record: EntryRecord, entry: Entry) -> None:
    """The ticket in place of the one that was read. ConflictError where somebody wrote it meanwhile."""
    await tables.commit(TABLE, [Write("replace", entry_row(entry, record.row.etag))])


async def insert_entry(tables: Tables, entry: Entry) -> bool:
    """Write a new ticket; False where its number is taken."""
    try:
        await tables.commit(TABLE, [Write("insert", entry_row(entry))])
    except ConflictError:
        return False
    return True


async def change_entry(tables: Tables, number: str, after: Callable[[Entry], Entry]) -> Entry | None:
    """Replace a ticket by `after(ticket)`; None where there is none. A ticket that stays as it is is not written."""

    async def step() -> Entry | None:
        row = await _find(tables, number)
        if row is None:
            return None
        before = read_entry(row)
        entry = after(before)
        if entry is not before:
            await tables.commit(TABLE, [Write("replace", entry_row(entry, row.etag))])
        return entry

    return await redo(step)


async def move_entry(tables: Tables, number: str, state: str, note: str, now: datetime, by: str = "") -> Entry:
    """The board's own hand: another state, with a line of history. PermanentError for what does not exist.

    `by`: who moves it.
    """
    if state not in get_args(State):
        raise PermanentError(f"no state {state!r}; the states are {', '.join(get_args(State))}")
    entry = await change_entry(
        tables, number, lambda before: moved_by_board(before, cast("State", state), note, now, by)
    )
    if entry is None:
        raise PermanentError(f"no ticket {number} in the register; `foresignal register list` shows them")
    return entry


async def touch(tables: Tables) -> None:
    """One read that finds nothing: storage answers, and we may read there."""
    await tables.get(TABLE, "-", "-")


async def _find(tables: Tables, number: str) -> Row | None:
    change_id = change_of(number)
    return await tables.get(TABLE, ids.partition(change_id), number) if change_id else None
