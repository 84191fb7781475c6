"""`export_all`: everything that a deployment keeps, as JSON lines; the last one says how many there are."""

import hashlib
import json
import math
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.core.errors import PermanentError
from shared.core.names import POISON, VERSION
from shared.record.audit import Entry, insert_entry
from shared.record.every import CONTAINERS, TABLES, exported_blobs, exported_rows
from shared.usecases.deps import Deps

FORMAT = 1
"""Of the lines. A version that cannot read another one's says so."""
HOLD_WHAT_STANDS_NOWHERE_ELSE = tuple(f"{queue}{poison}" for queue in ("posts", "tasks") for poison in ("", POISON))
KNOWN_AFTER = 70.0  # seconds: a process keeps the policy for a minute
_TOLD_EVERY = 5000  # lines
_AWAKE = (
    "The deployment is awake: what it does from now on is not in the file. Before a move, run `foresignal sleep` first."
)
Tell = Callable[[str], object]
"""Says how far it is, to whoever waits."""


@dataclass(slots=True)
class Exported:
    """What was written. `rows` and `blobs`: how many of each table and container."""

    id: str
    rows: Counter[str] = field(default_factory=Counter)
    blobs: Counter[str] = field(default_factory=Counter)


class LineWriter:
    """Writes lines of JSON, and what was written as a checksum."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._digest = hashlib.sha256()
        self.lines = 0

    def put(self, data: Mapping[str, Any]) -> None:
        line = json.dumps(data, separators=(",", ":")) + "\n"  # ASCII: no editor and no console changes it
        self._digest.update(line.encode())
        self.lines += 1
        self._write(line)

    @property
    def checksum(self) -> str:
        return self._digest.hexdigest()


async def export_all(deps: Deps, write: Callable[[str], object], tell: Tell) -> Exported:
    """Write every row and blob that an export keeps, one line each, whatever their number.

    PermanentError where messages wait whose content stands nowhere else, before the first line or behind the last one:
    then what was written is worth nothing.
    """
    await _refuse_waiting(deps, "Nothing was written")
    policy, now = await deps.here.policy.current(), deps.here.clock()
    if not policy.asleep:
        tell(_AWAKE)
    exported, out = Exported(uuid.uuid4().hex), LineWriter(write)
    head = {"version": VERSION, "deployment": deps.here.deployment, "at": now.isoformat(), "id": exported.id}
    out.put({"foresignal_export": FORMAT, **head})
    for table in TABLES:
        async for row in exported_rows(deps.storage.tables, table, now):
            out.put(row)
            exported.rows[table] += 1
            if exported.rows[table] % _TOLD_EVERY == 0:
                tell(f"table {table}: {exported.rows[table]:,} rows so far")
        if exported.rows[table]:
            tell(f"table {table}: {exported.rows[table]:,} rows")
    for container in CONTAINERS:
        async for blob in exported_blobs(deps.storage.blobs, container):
            out.put(blob)
            exported.blobs[container] += 1
        if exported.blobs[container]:
            tell(f"container {container}: {exported.blobs[container]:,} blobs")
    await _refuse_waiting(deps, "What was written is not complete and is thrown away")
    out.put({"end": {"rows": exported.rows, "blobs": exported.blobs, "lines": out.lines, "checksum": out.checksum}})
    return exported


async def wait_until_known(deps: Deps, since: datetime, tell: Tell) -> None:
    """Wait until every process has the policy that is in force since then; not longer than `KNOWN_AFTER`."""
    age = (deps.here.clock() - since).total_seconds()
    left = KNOWN_AFTER - max(0.0, age)  # the clock of whoever pushed may be ahead
    if left > 0:
        tell(f"Waiting {math.ceil(left)} seconds, until every process knows that policy.")
        await deps.here.pause(left * deps.here.pace)


async def _refuse_waiting(deps: Deps, so: str) -> None:
    """PermanentError while queues hold posts or tasks that were read and are not recorded yet."""
    counts = {queue: (await deps.storage.queues.look(queue)).messages for queue in HOLD_WHAT_STANDS_NOWHERE_ELSE}
    waiting = [f"queue {queue} holds about {count:,}" for queue, count in counts.items() if count]
    if waiting:
        raise PermanentError(
            f"{'; '.join(waiting)} messages, and what is in them stands nowhere else. {so}. Wait until they are "
            "handled and try again; while the deployment is asleep (`foresignal sleep`), no new ones come"
        )


async def audit_move(deps: Deps, what: str, who: str, subject: str, details: Mapping[str, Any]) -> None:
    """Keep who exported or imported, or put the deployment to sleep or woke it."""
    entry = Entry(deps.here.clock(), subject, what, who, "command", "", details)
    await insert_entry(deps.storage.tables, entry)
