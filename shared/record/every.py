"""Every table and container with what an export does with it; their rows and blobs as JSON that keeps every type.

Whoever adds a table or a container to `core/names.py` says here what becomes of it.
"""

import base64
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from shared.core.errors import PermanentError
from shared.core.ports.storage import Blobs, Row, Tables, Value, Write
from shared.core.sources.snapshot import Snapshot
from shared.core.times import when
from shared.record import (
    audit,
    change_keys,
    closings,
    deliveries,
    dry_runs,
    feeds,
    imports,
    lists,
    numbers,
    open_list,
    opens,
    parked,
    passes,
    people,
    register,
    reports,
    runs,
    tasks,
    tenants,
)
from shared.record.redo import transactions, write_or_skip

Target = Literal["empty", "merged", "cleared"]
"""What an import wants of a table: nothing in it; whatever is in it, which stays; what timers wrote, which goes."""
Keep = Callable[[Row, datetime], Row | None]
"""The row as it is exported at that moment; None where it is left out."""


class TableRule(NamedTuple):
    """What an export does with a table. `why`: for people. `kept`: False for a table that is left out whole."""

    why: str
    target: Target = "empty"
    keep: Keep = lambda row, _: row
    kept: bool = True


class ContainerRule(NamedTuple):
    """The same of a container."""

    why: str
    kept: bool = True


def _ended_claims(row: Row, at: datetime) -> Row:
    """A claim that is over: who works on the effect next looks our key up first, whatever was done under it.

    A ticket that is due and has no number is handled so, too. Between the export and the import it may have been filed.
    """
    values = row.values
    if change_keys.kind_of(row.key) != "effect":
        return row
    unfiled = values.get("kind") == "ticket" and values.get("due") and not values.get("number")
    if not values.get("claim_owner") and not unfiled:
        return row
    until = when(values.get("claim_until")) or at
    claim = {"claim_owner": values.get("claim_owner") or "export", "claim_until": min(until, at).isoformat()}
    return replace(row, values={**values, **claim})


def _without_turn(row: Row, _: datetime) -> Row | None:
    """A report that somebody was sending is free for the next one.

    Of an import that was made here nothing is said, nor of the nightly pass, which goes by this storage's clock.
    """
    if row.key in {imports.KEY, passes.KEY}:
        return None
    if not row.values.get("claimed_until"):
        return row
    return replace(row, values={**row.values, "owner": "", "claimed_until": ""})


def _without_looks(row: Row, _: datetime) -> Row:
    """A digest that was being sent, and a target that was being tried, are free for the next run."""
    values = row.values
    free = {name: "" for name in ("notifying", "probing") if values.get(name)}
    if values.get("claimed") and values.get("begun"):
        free["claimed"] = str(values["begun"])
    return replace(row, values={**values, **free}) if free else row


_OF_FETCHES = frozenset({"failure", "failures", "failed_at", "not_before", "doubted"})


def _read_anew(row: Row, _: datetime) -> Row | None:
    """Which posts a feed had, and not what they said: the next fetch reads all of them, and sees which are gone."""
    if not row.key.startswith(tenants.SNAPSHOT):
        return row
    try:
        snapshot = Snapshot.from_properties(row.values)
    except PermanentError:  # damaged: without it everything is read anew all the same
        return None
    known = snapshot.to_properties()
    values = {name: value for name, value in row.values.items() if name not in known and name not in _OF_FETCHES}
    return replace(row, values={**values, "failure": "", "failures": 0, **snapshot.forgotten().to_properties()})


def _sums_alone(row: Row, _: datetime) -> Row | None:
    return row if row.key.startswith(opens.SUMS) else None


TABLES: Mapping[str, TableRule] = MappingProxyType(
    {
        change_keys.TABLE: TableRule("the record; claims are over", keep=_ended_claims),
        tasks.TABLE: TableRule("which Planner task is whose"),
        register.TABLE: TableRule("tickets that stand nowhere else"),
        dry_runs.TABLE: TableRule("what would have been filed"),
        "webhooks": TableRule("numbers, and messages that wait to be taken"),
        closings.TABLE: TableRule("moments and targets of past closings stand nowhere else"),
        parked.TABLE: TableRule("posts and messages that stand nowhere else"),
        feeds.TABLE: TableRule("hashes of tokens: calendars that people subscribed to go on"),
        open_list.TABLE: TableRule("mend could build it, one row at a time"),
        numbers.TABLE: TableRule("mend could build it, one row at a time"),
        opens.TABLE: TableRule("the sums of each month; who opened which card is left out", keep=_sums_alone),
        audit.TABLE: TableRule("who did what", "merged"),
        people.TABLE: TableRule("names: rows of the other tables hold ids", "merged"),
        tenants.TABLE: TableRule("which posts were known, not what they said", "cleared", _read_anew),
        deliveries.TABLE: TableRule("what waits, and who wants no mails; claims are over", "cleared", _without_looks),
        runs.TABLE: TableRule("up to when timers have worked; claims are over", "cleared", _without_turn),
        lists.TABLE: TableRule("lists are built from the record", "merged", kept=False),
    }
)  # fmt: skip
"""In the order in which an export writes them: the record before what points at it."""
CONTAINERS: Mapping[str, ContainerRule] = MappingProxyType(
    {
        "config": ContainerRule("the policies that were pushed, and the roadmap"),
        reports.CONTAINER: ContainerRule("reports as they were sent"),
        "oversize": ContainerRule("posts of parked messages that are too large for a row"),
        lists.CONTAINER: ContainerRule("lists are built from the record", kept=False),
    }
)

Json = Mapping[str, Any]


async def exported_rows(tables: Tables, table: str, at: datetime) -> AsyncIterator[Json]:
    """The rows of a table as an export at that moment has them, in order of partition and key."""
    rule = TABLES[table]
    if rule.kept:
        async for row in tables.scan(table):
            if kept := rule.keep(row, at):
                values = {name: value_to_json(value) for name, value in kept.values.items()}
                yield {"table": table, "p": kept.partition, "k": kept.key, "v": values}


async def exported_blobs(blobs: Blobs, container: str) -> AsyncIterator[Json]:
    """The blobs of a container, one after the other."""
    if CONTAINERS[container].kept:
        for name in await blobs.names(container, ""):
            data = await blobs.get(container, name)
            if data is not None:  # it may be gone since the names were listed
                yield {"blob": container, "name": name, "data": base64.b64encode(data).decode()}


def value_to_json(value: Value) -> Any:
    """A property with its type: text, whole numbers and truth values as they are, the others as an object."""
    match value:
        case bool() | int() | str():
            return value
        case float():
            return {"float": repr(value)}
        case bytes():
            return {"bytes": base64.b64encode(value).decode()}
        case datetime():
            return {"time": value.isoformat()}
    raise TypeError(f"a property of type {type(value).__name__} cannot be exported")


def value_from_json(data: Any) -> Value:
    """What `value_to_json` wrote; ValueError for anything else."""
    if isinstance(data, bool | int | str):
        return data
    match data:
        case {"float": str(text)}:
            return float(text)
        case {"bytes": str(text)}:
            return base64.b64decode(text, validate=True)
        case {"time": str(text)}:
            return datetime.fromisoformat(text)
    raise ValueError("a value of no type that this version knows")


def row_fault(data: Json) -> str:
    """Why a line is no row of a table of ours; empty where it is one."""
    try:
        _row(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"is no row ({error})"
    return "" if data["table"] in TABLES else f"is a row of table {data['table']!r}, which this version does not know"


def blob_of(data: Json) -> tuple[str, str, bytes]:
    """Container, name and content of a line; ValueError, KeyError or TypeError where it is no blob of ours."""
    container, name = data["blob"], data["name"]
    if container not in CONTAINERS or not isinstance(name, str) or not name:
        raise ValueError(f"a blob of container {container!r}, which this version does not know")
    return container, name, base64.b64decode(data["data"], validate=True)


async def in_the_way(tables: Tables) -> list[str]:
    """The tables that must be empty before an import and are not: one call a table."""
    return [table for table, rule in TABLES.items() if rule.target == "empty" and not await _is_empty(tables, table)]


async def _is_empty(tables: Tables, table: str) -> bool:
    async for _ in tables.scan(table, only=()):
        return False
    return True


async def clear(tables: Tables) -> int:
    """Take away what the timers of a deployment without changes wrote; how many rows."""
    cleared = 0
    for table, rule in TABLES.items():
        if rule.target == "cleared":
            rows = [row async for row in tables.scan(table, only=()) if (table, row.key) != (runs.TABLE, imports.KEY)]
            for partition in {row.partition for row in rows}:
                for writes in transactions([Write("delete", row)] for row in rows if row.partition == partition):
                    await tables.commit(table, writes)
                    cleared += len(writes)
    return cleared


async def insert_rows(tables: Tables, table: str, lines: Iterable[Json]) -> int:
    """Insert rows of one partition that an export wrote; how many were not there yet."""
    inserted = 0
    for writes in transactions([Write("insert", _row(line))] for line in lines):
        left: Sequence[Write] = writes
        if not await write_or_skip(tables, table, *writes):  # a run before this one got further
            keys = [write.row.key for write in writes]
            there = await tables.range(table, writes[0].row.partition, min(keys), f"{max(keys)} ")
            known = {row.key for row in there}
            left = [write for write in writes if write.row.key not in known]
            if left:
                await tables.commit(table, left)
        inserted += len(left)
    return inserted


def _row(line: Json) -> Row:
    partition, key = line["p"], line["k"]
    if not isinstance(partition, str) or not isinstance(key, str) or not isinstance(line["table"], str):
        raise TypeError("its keys are no text")
    return Row(partition, key, {str(name): value_from_json(value) for name, value in line["v"].items()})
