"""In table `runs`: which file was imported into this deployment, and whether all of it was."""

from dataclasses import dataclass
from datetime import datetime

from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import when
from shared.record.redo import write_or_skip

RUNS, KEY = "runs", "import"
_DEPLOYMENT = "-"


@dataclass(frozen=True, slots=True)
class Import:
    """An import. `file`: the id of the export; `done`: when all of it was here, None until then."""

    file: str
    done: datetime | None = None
    etag: str = ""


async def import_here(tables: Tables) -> Import | None:
    """The import that was begun here; None where there was none: one read."""
    row = await tables.get(RUNS, _DEPLOYMENT, KEY)
    return Import(str(row.values["file"]), when(row.values["done"]), row.etag) if row else None


async def begin_import(tables: Tables, file: str) -> bool:
    """Say that the rows of this file come; False where an import was begun already."""
    return await write_or_skip(tables, RUNS, Write("insert", _row(Import(file))))


async def end_import(tables: Tables, begun: Import, at: datetime) -> bool:
    """Say that everything is here; False where somebody has just said so."""
    return await write_or_skip(tables, RUNS, Write("replace", _row(Import(begun.file, at, begun.etag))))


def _row(each: Import) -> Row:
    values: dict[str, Value] = {"file": each.file, "done": each.done.isoformat() if each.done else ""}
    return Row(_DEPLOYMENT, KEY, values, each.etag)
