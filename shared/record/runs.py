"""Runs (table `runs`): up to when each timer has worked, and which report or notice somebody is sending."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from shared.core.errors import ConflictError
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_moment, when
from shared.record.packing import END
from shared.record.redo import write_or_skip

TABLE = "runs"
_DEPLOYMENT = "-"


class TimerRun(NamedTuple):
    """Up to when a timer has worked; None before its first run. `etag`: the version of its row.

    `thresholds`: those that it knows, each with the run that first saw it.
    """

    timer: str
    until: datetime | None
    etag: str = ""
    thresholds: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that is sent once: a report for a period and target, or word of a channel that is down.

    `claimed_until`: until then somebody is at it. `done`: when it was sent.
    """

    key: str
    owner: str = ""
    claimed_until: datetime | None = None
    done: datetime | None = None
    etag: str = ""


def report_key(report: str, period: str, target: str) -> str:
    return "r|" + "|".join(quote(part, safe=" @.:-") for part in (report, period, target))


async def sent_periods(tables: Tables, report: str, since: str) -> frozenset[str]:
    """The periods from one on whose report of that name was sent to anybody: one range query."""
    low = f"{report_key(report, since, '')}"
    rows = await tables.range(TABLE, _DEPLOYMENT, low, f"r|{report}|{END}")
    return frozenset(unquote(row.key.split("|")[2]) for row in rows if row.values["done"])


def down_key(channel: str, since: datetime) -> str:
    return f"down|{quote(channel, safe=' @.:-')}|{since.isoformat()}"


async def timer_run(tables: Tables, timer: str) -> TimerRun:
    """One read. The first run of a timer fires nothing, and only writes its `until`."""
    row = await tables.get(TABLE, _DEPLOYMENT, timer)
    if row is None:
        return TimerRun(timer, None)
    known = json.loads(str(row.values.get("thresholds", "{}")))
    thresholds = {name: stored_moment(at) for name, at in known.items()}
    return TimerRun(timer, when(str(row.values["until"])), row.etag, thresholds)


async def write_until(
    tables: Tables, run: TimerRun, until: datetime, thresholds: Mapping[str, datetime] | None = None
) -> bool:
    """Say that a timer has worked up to a moment; False where another run has just said so, and its word stands.

    `thresholds`: those that hold now. A version that knows none forgets them, and then they begin anew.
    """
    values: dict[str, Value] = {"until": until.isoformat()}
    if thresholds:
        values["thresholds"] = json.dumps({name: at.isoformat() for name, at in thresholds.items()})
    write = Write("replace" if run.etag else "insert", Row(_DEPLOYMENT, run.timer, values, run.etag))
    return await write_or_skip(tables, TABLE, write)


async def claim_turn(tables: Tables, key: str, owner: str, now: datetime, seconds: float) -> Turn | None:
    """Take up what `key` names for some seconds; None where it is done, or somebody is at it.

    Two calls where somebody took it up before, else one: the insert decides between two that come at once.
    """
    turn = Turn(key, owner, now + timedelta(seconds=seconds))
    etag = await _written(tables, Write("insert", _turn_row(turn)))
    if etag is None:
        row = await tables.get(TABLE, _DEPLOYMENT, key)
        before = read_turn(row) if row else None
        if before is None or before.done or (before.claimed_until and before.claimed_until > now):
            return None
        etag = await _written(tables, Write("replace", _turn_row(turn, before.etag)))
    return None if etag is None else Turn(key, owner, turn.claimed_until, None, etag)


async def finish_turn(tables: Tables, turn: Turn, at: datetime) -> bool:
    """Record that it was sent; False where somebody has taken it over meanwhile."""
    done = Turn(turn.key, "", None, at)
    return await write_or_skip(tables, TABLE, Write("replace", _turn_row(done, turn.etag)))


async def undo_turn(tables: Tables, turn: Turn) -> bool:
    """Give back what was not sent, so that the next one need not wait for the claim to run out."""
    return await write_or_skip(tables, TABLE, Write("delete", Row(_DEPLOYMENT, turn.key, {}, turn.etag)))


def read_turn(row: Row) -> Turn:
    v: Mapping[str, Any] = row.values
    return Turn(row.key, v["owner"], when(v["claimed_until"]), when(v["done"]), row.etag)


def _turn_row(turn: Turn, etag: str = "") -> Row:
    values: dict[str, Value] = {
        "owner": turn.owner, "claimed_until": _iso(turn.claimed_until), "done": _iso(turn.done),
    }  # fmt: skip
    return Row(_DEPLOYMENT, turn.key, values, etag)


async def _written(tables: Tables, write: Write) -> str | None:
    """The row's new version; None where somebody else was faster."""
    try:
        (etag,) = await tables.commit(TABLE, [write])
    except ConflictError:
        return None
    return etag


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
