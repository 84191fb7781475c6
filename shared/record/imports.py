"""In table `runs`: which file was imported into this deployment, and whether all of it was."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import when
from shared.record.redo import write_or_skip

RUNS, KEY = "runs", "import"
_DEPLOYMENT = "-"


@dataclass(frozen=True, slots=True)
class Import:
    """An import. `file`: the id of the export; `done`: when all of it was here, None until then.

    `cleared`: what timers had written is gone, and rows of the file come.
    """

    file: str
    done: datetime | None = None
    etag: str = ""
    cleared: bool = False


async def import_here(tables: Tables) -> Import | None:
    """The import that was begun here; None where there was none: one read."""
    row = await tables.get(RUNS, _DEPLOYMENT, KEY)
    if row is None:
        return None
    values = row.values
    return Import(str(values["file"]), when(values["done"]), row.etag, bool(values.get("cleared")))


async def begin_import(tables: Tables, file: str) -> bool:
    """Say that this file is imported here; False where an import was begun already."""
    return await write_or_skip(tables, RUNS, Write("insert", _row(Import(file))))


async def mark_cleared(tables: Tables, begun: Import) -> bool:
    """Say that what timers had written is gone; False where somebody has just written the row."""
    return await write_or_skip(tables, RUNS, Write("replace", _row(replace(begun, cleared=True))))


async def end_import(tables: Tables, begun: Import, at: datetime) -> bool:
    """Say that everything is here; False where somebody has just said so."""
    return await write_or_skip(tables, RUNS, Write("replace", _row(replace(begun, done=at))))


def _row(each: Import) -> Row:
    done = each.done.isoformat() if each.done else ""
    values: dict[str, Value] = {"file": each.file, "done": done, "cleared": each.cleared}
    return Row(_DEPLOYMENT, KEY, values, each.etag)
