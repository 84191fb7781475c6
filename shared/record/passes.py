"""In table `runs`: how far the nightly pass has come, by storage's own clock, and what the last full one went by."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from shared.core.errors import ConflictError
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import when
from shared.record.runs import TABLE

KEY = "mend"
_DEPLOYMENT = "-"


@dataclass(frozen=True, slots=True)
class Pass:
    """The pass that came to its end last. `ended`: none has begun since.

    `since`: when it began, by storage's clock; what is written later it may not have seen. `full`: when the last full
    one began, by ours. `basis`: what that one went by. `lists`: the name of the lists that it built. `left`: the
    changes that could not be mended.
    """

    since: datetime | None = None
    full: datetime | None = None
    basis: str = ""
    lists: str = ""
    left: tuple[str, ...] = ()
    ended: bool = False
    etag: str = ""


async def last_pass(tables: Tables) -> Pass:
    """One read. One that says nothing where there was none, or a later version keeps it otherwise."""
    row = await tables.get(TABLE, _DEPLOYMENT, KEY)
    if row is None:
        return Pass()
    try:
        left = tuple(str(name) for name in json.loads(str(row.values["left"])))
        since, full = when(str(row.values["since"])), when(str(row.values["full"]))
        basis, built = str(row.values["basis"]), str(row.values["lists"])
        return Pass(since, full, basis, built, left, row.values["ended"] is True, row.etag)
    except (KeyError, ValueError, TypeError):
        return Pass(etag=row.etag)


async def begin_pass(tables: Tables, last: Pass) -> Pass | None:
    """Say that a pass begins, before anything is read: two calls. None where another has just said so.

    What is given back is what the row becomes where this pass comes to its end.
    """
    etag = await _write(tables, last, ended=False)
    since = await tables.written_at(TABLE, _DEPLOYMENT, KEY) if etag else None
    return replace(last, since=since, etag=etag) if since else None


async def end_pass(tables: Tables, begun: Pass, left: Collection[str]) -> bool:
    """Say that it came to its end; False where another has begun meanwhile, and the one after both is a full one."""
    return bool(await _write(tables, replace(begun, left=tuple(sorted(left))), ended=True))


async def _write(tables: Tables, each: Pass, *, ended: bool) -> str:
    """The row's new version; empty where another was faster."""
    values: dict[str, Value] = {
        "since": _iso(each.since), "full": _iso(each.full), "basis": each.basis, "lists": each.lists,
        "left": json.dumps(each.left), "ended": ended,
    }  # fmt: skip
    row = Row(_DEPLOYMENT, KEY, values, each.etag)
    try:
        (etag,) = await tables.commit(TABLE, [Write("replace" if each.etag else "insert", row)])
    except ConflictError:
        return ""
    return etag


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
