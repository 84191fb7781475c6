"""`import_all`: takes over what another deployment exported, and sleeps until `foresignal wake`.

The order is: check the whole file; put its policy in force, asleep; wait until every process knows; say that an import
has begun; clear what timers wrote; insert rows and blobs; mend, which also builds the lists; say that all is here. Rows
are inserted and never overwritten, so a run that died is repeated with the same file.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.core.errors import PermanentError, TransientError
from shared.core.names import VERSION
from shared.core.times import when
from shared.record.every import CONTAINERS, blob_of, clear, in_the_way, insert_rows, row_fault
from shared.record.imports import begin_import, end_import, import_here, mark_cleared
from shared.usecases.deps import Deps
from shared.usecases.upkeep.export import FORMAT, Tell, wait_until_known
from shared.usecases.upkeep.mend import mend
from shared.usecases.upkeep.mend_walk import Mended

POLICY, LAST_GOOD = "policy.yaml", "policy.last-good.yaml"
"""In container `config`; a policy is put in force by whoever knows how to put it to sleep."""
_RECORD_ROWS = ("posts", "tasks", "fetches", "changes")
"""Queues whose messages become rows of the record, also while a deployment sleeps."""
_FRESH = (
    "An import needs a deployment in which nothing has happened: run `foresignal sleep` there right after "
    "`azd provision`, before `azd deploy` and its rights"
)
_AT_ONCE = 100  # rows
_MOST_TEXT = 8_000_000  # characters of lines that are held at once
_TOLD_EVERY = 5000
PutToSleep = Callable[[str | None, str | None], Awaitable[object]]
"""Puts a policy in force that sleeps, made of the one that was in force (None: the package's) and the last good one."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file says of itself. `policy`: the text that was in force; None where none was pushed."""

    id: str
    version: str
    deployment: str
    at: datetime
    rows: Mapping[str, int]
    blobs: Mapping[str, int]
    policy: str | None = None
    last_good: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done. `rows`: how many were inserted by this run."""

    rows: Mapping[str, int]
    mended: Mended


def check(lines: Iterable[str]) -> Contents:
    """Read a whole file and keep only what it says of itself. PermanentError names the first line that is wrong."""
    digest, rows, blobs = hashlib.sha256(), Counter[str](), Counter[str]()
    policies: dict[str, str] = {}
    head: Contents | None = None
    number, ended = 0, False
    for number, line in enumerate(lines, 1):  # to its very end, where a compressed file has its own checksum
        data = _json(line, number)
        if ended:
            raise PermanentError(f"line {number} stands behind the last one. Nothing was taken")
        if head is None:
            head = _head(data)
        elif "end" in data:
            _compare(data["end"], number, rows, blobs, digest.hexdigest())
            ended = True
        elif "blob" in data:
            container, name, content = _blob(data, number)
            blobs[container] += 1
            if (container, name) in {("config", POLICY), ("config", LAST_GOOD)}:
                policies[name] = content.decode(errors="replace")
        elif fault := row_fault(data):
            raise PermanentError(f"line {number} {fault}. Nothing was taken")
        else:
            rows[data["table"]] += 1
        digest.update(line.encode())
    if head is None or not ended:
        raise PermanentError(
            f"the file ends with line {number}, and its last line is missing: it was cut. Nothing was taken"
        )
    return Contents(
        head.id, head.version, head.deployment, head.at, rows, blobs, policies.get(POLICY), policies.get(LAST_GOOD)
    )


async def import_all(
    deps: Deps, contents: Contents, lines: Callable[[], Iterable[str]], put_to_sleep: PutToSleep, tell: Tell
) -> Imported:
    """Take over a file that was checked. PermanentError where something stands here that is not of this file."""
    here = deps.here
    await _refuse_full(deps, contents)
    await put_to_sleep(contents.policy, contents.last_good)
    tell("The policy is in force, asleep.")
    await wait_until_known(deps, here.clock(), tell)
    if not (await here.policy.current()).asleep:
        raise TransientError("the policy that was just put in force is not read as asleep; try again in a minute")
    await _refuse_full(deps, contents)  # what a process did that did not know yet
    await _begin(deps, contents)
    rows = await _insert(deps, lines(), contents, tell)
    tell("All rows and blobs are here. Mending, and building the lists.")
    mended = await mend(deps, full=True)
    begun = await import_here(deps.storage.tables)
    if begun is None or begun.file != contents.id:
        raise PermanentError("another import was begun meanwhile; look at what stands here before you wake it")
    await end_import(deps.storage.tables, begun, here.clock())
    return Imported(rows, mended)


async def _begin(deps: Deps, contents: Contents) -> None:
    """Say whose rows come, then clear what timers wrote, once. PermanentError where another file was faster."""
    tables = deps.storage.tables
    await begin_import(tables, contents.id)
    begun = await import_here(tables)
    if begun is None or begun.file != contents.id:
        raise PermanentError("another file is being imported here; nothing of this one was taken")
    if not begun.cleared:
        await clear(tables)
        if not await mark_cleared(tables, begun):
            raise TransientError("the same file is being imported here by somebody else; wait until that has ended")


async def _refuse_full(deps: Deps, contents: Contents) -> None:
    begun = await import_here(deps.storage.tables)
    if begun is None:
        if full := await in_the_way(deps.storage.tables):
            tables = f"table {full[0]} holds" if len(full) == 1 else f"tables {', '.join(full)} hold"
            raise PermanentError(f"this deployment is not empty: {tables} rows. {_FRESH}")
        counts = {queue: (await deps.storage.queues.look(queue)).messages for queue in _RECORD_ROWS}
        if waiting := [f"queue {queue} holds about {count:,}" for queue, count in counts.items() if count]:
            raise PermanentError(f"this deployment is not empty: {'; '.join(waiting)} messages. {_FRESH}")
    elif begun.file != contents.id:
        raise PermanentError(
            "another file was imported here before; this one needs a deployment in which nothing happened"
        )
    elif begun.done:
        raise PermanentError("this file was imported here before, whole. `foresignal wake` is what is left to do")


async def _insert(deps: Deps, lines: Iterable[str], contents: Contents, tell: Tell) -> Counter[str]:
    inserted, read, total = Counter[str](), 0, sum(contents.rows.values())
    for number, group in _groups(lines):
        if "blob" in group[0]:
            container, name, content = _blob(group[0], number)
            if CONTAINERS[container].kept and name not in {POLICY, LAST_GOOD}:
                await deps.storage.blobs.put(container, name, content)
            continue
        table = str(group[0]["table"])
        inserted[table] += await insert_rows(deps.storage.tables, table, group)
        if (read + len(group)) // _TOLD_EVERY > read // _TOLD_EVERY:
            tell(f"{read + len(group):,} of {total:,} rows")
        read += len(group)
    return inserted


def _groups(lines: Iterable[str]) -> Iterator[tuple[int, list[Mapping[str, Any]]]]:
    """Rows of one partition that can be written together, and each blob alone, with the number of the last line."""
    group: list[Mapping[str, Any]] = []
    size = 0
    number = 0
    for number, line in enumerate(lines, 1):
        data = _json(line, number)
        if "foresignal_export" in data or "end" in data:
            continue
        is_next = group and "blob" not in data and all(data[name] == group[0][name] for name in ("table", "p"))
        if group and not (is_next and len(group) < _AT_ONCE and size + len(line) < _MOST_TEXT):
            yield number - 1, group
            group, size = [], 0
        if "blob" in data:
            yield number, [data]
        else:
            group.append(data)
            size += len(line)
    if group:
        yield number, group


def _json(line: str, number: int) -> Mapping[str, Any]:
    try:
        data = json.loads(line) if line.endswith("\n") else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise PermanentError(f"line {number} is cut or damaged. Nothing behind it is taken")
    return data


def _head(data: Mapping[str, Any]) -> Contents:
    """What the first line says. PermanentError where it is none, or of a version that we cannot read."""
    at = when(data.get("at"))
    if not isinstance(data.get("foresignal_export"), int) or at is None:
        raise PermanentError("line 1 is not how an export begins: the file is none, or is damaged. Nothing was taken")
    version = str(data["version"])
    if data["foresignal_export"] > FORMAT or _numbers(version) > _numbers(VERSION):
        raise PermanentError(
            f"the file was written by version {version}, which is newer than this one ({VERSION}): deploy that version "
            "first. Nothing was taken"
        )
    return Contents(str(data["id"]), version, str(data["deployment"]), at, {}, {})


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


def _blob(data: Mapping[str, Any], number: int) -> tuple[str, str, bytes]:
    try:
        return blob_of(data)
    except (ValueError, KeyError, TypeError) as error:
        raise PermanentError(f"line {number} is no blob ({error}). Nothing behind it is taken") from error


def _compare(end: Any, number: int, rows: Mapping[str, int], blobs: Mapping[str, int], checksum: str) -> None:
    if not isinstance(end, dict) or end.get("lines") != number - 1:
        raise PermanentError(
            f"line {number} says that {_said(end)} lines stand before it, and they do not. Nothing was taken"
        )
    if end.get("rows") != rows or end.get("blobs") != blobs or end.get("checksum") != checksum:
        raise PermanentError(
            "a line was changed since the file was written: its checksum is another. Nothing was taken"
        )


def _said(end: Any) -> object:
    return end.get("lines") if isinstance(end, dict) else "no"
