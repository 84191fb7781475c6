"""`write_back`: every 15 minutes; what the policy wants of Planner tasks is written, over no person's own edit.

It alone writes rows `w|`. What is intended is recorded before it is written: what is found afterwards in a task is
then known to be ours, whenever the process died.
"""

import hashlib
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from shared.core.errors import ConflictError, DeclinedError, PermanentError, StaleError, TransientError
from shared.core.life.line import Line, Task
from shared.core.policy.model import Policy
from shared.core.tasks.merging import Merged, Part, TaskMemory, merge, read_seen
from shared.core.tasks.want import People, Want, synced_days, wanted_task
from shared.record.changes import ChangeRecord, read_with_effects
from shared.record.lists import KEPT, LAG, days, touched_on
from shared.record.people import everybody
from shared.record.planner import (
    WriteRun,
    WrittenRecord,
    delete_write_run,
    put_write_run,
    put_written,
    write_run,
    written_of,
)
from shared.usecases.deps import Deps
from shared.usecases.life.lines import Lines, every_line, live_lines

_LOG = logging.getLogger("foresignal.planner")

MOST_A_RUN = 25
"""Tasks that one run writes: 100 an hour, as whoever is assigned gets a mail."""
_LONGEST = timedelta(minutes=6)
"""After so long a run begins no other change: functions end after ten minutes."""
_EVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class WriteResult:
    """What a run did: tasks written, those that wait for the next run, and what failed, a line each."""

    written: int = 0
    left: int = 0
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be written into one task."""

    change: str
    tenant: str
    task: str
    merged: Merged


@dataclass(frozen=True, slots=True)
class _Target:
    """One task of a change, as the lists know it, with what is remembered of it and what we want."""

    change: ChangeRecord
    task: Task
    written: WrittenRecord
    want: Want

    @property
    def is_done(self) -> bool:
        """Whether nothing has to be asked: the same was wanted before, and nothing can have come back to us."""
        memory = self.written.memory
        if memory.want != self.want.digest or memory.is_pending:
            return False
        return not (memory.may_come_back and self.task.etag != memory.etag)


async def write_back(deps: Deps) -> WriteResult:
    """One run. The first one after it is switched on writes nothing, and says from when on changes count."""
    result = WriteResult()
    policy, tables, now = await deps.here.policy.current(), deps.storage.tables, deps.here.clock()
    mode, run = policy.planner.mode, await write_run(tables)
    if mode == "off":
        if run:
            await delete_write_run(tables, run)
        return result
    if run is None or run.mode != mode:
        etag = run.etag if run else ""
        await put_write_run(tables, WriteRun(mode, now, now, _rules(policy), f"{now:%Y-%m-%d}", etag=etag))
        return result
    if mode == "live":
        await _run(deps, policy, run, result)
    return result


async def start_over(deps: Deps) -> bool:
    """Let the timer write the tasks of all changes, also of those that were there before it was switched on.

    False where it is not switched on.
    """
    run = await write_run(deps.storage.tables)
    if run is None or run.mode != "live":
        return False
    return await put_write_run(deps.storage.tables, replace(run, since=_EVER, day="", cursor=""))


async def preview(deps: Deps, *, everything: bool = False, most: int = 100) -> list[Preview]:
    """What would be written now; reads tasks, writes nothing. `everything`: also of changes that were there before."""
    policy = await deps.here.policy.current()
    run = await write_run(deps.storage.tables)
    since = _EVER if everything else run.since if run else deps.here.clock()
    people = await _people(deps, policy)
    previews: list[Preview] = []
    for line in _candidates(await every_line(deps), policy, since):
        async for target in _targets(deps, policy, people, line):
            if target.is_done:
                continue
            merged = await _read(deps, policy, target, target.written.memory)
            if merged and merged.missing(()):
                previews.append(Preview(line.id, target.task.tenant, target.task.id, merged))
                if len(previews) >= most:
                    return previews
    return previews


async def _run(deps: Deps, policy: Policy, run: WriteRun, result: WriteResult) -> None:
    """What was touched since the last run; once a day, and when the policy says something else, all that is open."""
    now = deps.here.clock()
    touched, lines = await _touched(deps, run.until, now), await _lines(deps, run.since)
    if lines.mark is None:
        return
    today, rules = f"{now:%Y-%m-%d}", _rules(policy)
    everything = touched is None or (run.day, run.rules) != (today, rules) or bool(run.cursor)
    candidates = _candidates(lines, policy, run.since)
    first = [line for line in candidates if touched and line.id in touched]
    known = touched or set()
    walk = [line for line in candidates if everything and line.id > run.cursor and line.id not in known]
    walk = [line for line in walk if not (line.closed and all(task.completed for task in _standing(line, policy)))]
    pass_ = _Pass(policy, await _people(deps, policy), result)
    cursor = run.cursor
    for number, line in enumerate((*first, *walk)):
        if result.written >= MOST_A_RUN or deps.here.clock() - now > _LONGEST:
            result.left += len(first) + len(walk) - number
            break
        await _change(deps, pass_, line)
        if number >= len(first) and not pass_.down:
            cursor = line.id
    through = not result.left and not pass_.down
    if through and everything:
        run = replace(run, day=today, rules=rules)
    until = now - LAG if through else run.until
    await put_write_run(deps.storage.tables, replace(run, until=until, cursor="" if through else cursor))


@dataclass(slots=True)
class _Pass:
    """One run over changes. `down`: tenants whose tasks cannot be written now."""

    policy: Policy
    people: People
    result: WriteResult
    down: set[str] = field(default_factory=set)


async def _lines(deps: Deps, since: datetime) -> Lines:
    return await every_line(deps) if since == _EVER else await live_lines(deps)


async def _touched(deps: Deps, until: datetime, now: datetime) -> set[str] | None:
    """The changes that were touched since; None where that is not known any more."""
    if now - until > KEPT - timedelta(hours=1):
        return None
    return {line.id for day in days(until, now) for line in await touched_on(deps.storage.tables, day, until)}


def _candidates(lines: Lines, policy: Policy, since: datetime) -> list[Line]:
    """The changes that may have something to write, in order of their ids."""
    return sorted(
        (
            line
            for line in lines.by_id.values()
            if line.first_seen and line.first_seen >= since and line.decided and list(_standing(line, policy))
        ),
        key=lambda line: line.id,
    )


def _standing(line: Line, policy: Policy) -> Iterable[Task]:
    """The tasks that can be written: of tenants that the policy has, and not deleted."""
    return (task for task in line.tasks if task.tenant in policy.tenants and not task.gone)


async def _people(deps: Deps, policy: Policy) -> People:
    if "assign" not in policy.planner.write:
        return People({}, frozenset())
    return People.of(policy, [(person.id, person.address) for person in await everybody(deps.storage.tables)])


async def _targets(deps: Deps, policy: Policy, people: People, line: Line) -> AsyncIterator[_Target]:
    """The tasks of a change: two calls, however many there are."""
    tables = deps.storage.tables
    record = await read_with_effects(tables, line.id)
    if record is None or record.change.stage != "decided":
        return
    written = await written_of(tables, line.id)
    for task in _standing(line, policy):
        want = wanted_task(record.change, record.states, policy, task.tenant, deps.here.public_url, people)
        known = written.get((task.tenant, task.id)) or WrittenRecord(line.id, task.tenant, task.id)
        if known.row is None and not want.fields and not want.completes:
            continue
        yield _Target(record, task, known, want)


async def _change(deps: Deps, pass_: _Pass, line: Line) -> None:
    """The tasks of one change. A tenant that cannot be written is left alone until the next run."""
    policy, result = pass_.policy, pass_.result
    if all(task.tenant in pass_.down for task in _standing(line, policy)):
        return
    async for target in _targets(deps, policy, pass_.people, line):
        tenant = target.task.tenant
        if target.is_done or tenant in pass_.down:
            continue
        try:
            result.written += await _write(deps, policy, target)
        except (ConflictError, StaleError) as error:
            result.left += 1
            _LOG.info("%s: somebody else is at its task; the next run goes on (%s)", line.id, error)
        except DeclinedError as error:
            result.failures.append(str(error))
            _LOG.warning("%s: %s", line.id, error)
        except (TransientError, PermanentError) as error:
            pass_.down.add(tenant)
            result.failures.append(str(error))
            _LOG.warning("%s: the next run goes on with the tasks of tenant %s: %s", line.id, tenant, error)


async def _write(deps: Deps, policy: Policy, target: _Target) -> bool:
    """Read, merge, record, write, record; once more where somebody wrote in between. Whether anything was written."""
    record = target.written
    for _ in range(2):
        merged = await _read(deps, policy, target, record.memory)
        if merged is None:
            return False  # deleted: the next read of the plan says so
        if not merged.missing(()):
            await put_written(deps.storage.tables, record, merged.after((), {}))
            return False
        record = await put_written(deps.storage.tables, record, merged.pending)
        record, whole = await _patch(deps, policy, target, merged, record)
        if whole:
            return True
    raise StaleError(f"tenant {target.task.tenant}: somebody writes task {target.task.id} again and again")


async def _read(deps: Deps, policy: Policy, target: _Target, memory: TaskMemory) -> Merged | None:
    """What is to be written over what stands in the task now; None where it is gone. Two calls to Graph."""
    name, task = target.task.tenant, target.task.id
    tenant, planner = policy.tenants[name], deps.outside.tasks
    raw = await planner.task(name, tenant, task)
    details = await planner.details(name, tenant, task) if raw else {}
    if not raw or not details:
        return None
    synced = synced_days(target.change.change)
    return merge(target.want, read_seen(raw, details), memory, synced)


async def _patch(
    deps: Deps, policy: Policy, target: _Target, merged: Merged, record: WrittenRecord
) -> tuple[WrittenRecord, bool]:
    """Write each part that differs, and record it; False where somebody wrote in between.

    What surely was not written is recorded so before it is raised. Where nobody answers, it stays pending.
    """
    name, task, tables = target.task.tenant, target.task.id, deps.storage.tables
    bodies: Mapping[Part, tuple[Mapping[str, object], str]] = {
        "task": (merged.task, merged.seen.etag),
        "details": (merged.details, merged.seen.details_etag),
    }
    written: list[Part] = []
    etags: dict[Part, str] = {}
    for part in merged.missing(()):
        try:
            etags[part] = await deps.outside.tasks.write(name, policy.tenants[name], task, part, *bodies[part])
        except StaleError:
            return await put_written(tables, record, merged.after(written, etags)), False
        except (PermanentError, TransientError) as error:
            if isinstance(error, PermanentError) or error.retry_after is not None:  # an answer
                refused = str(error) if isinstance(error, DeclinedError) else ""
                await put_written(tables, record, merged.after(written, etags, refused))
            raise
        written.append(part)
    return await put_written(tables, record, merged.after(written, etags)), True


def _rules(policy: Policy) -> str:
    """What of the policy decides what is wanted; where it changes, all is looked at again."""
    said: Sequence[object] = [
        policy.planner, sorted((name, team.owner, team.owner_id) for name, team in policy.teams.items()),
        sorted((name, tenant.cloud, tenant.ring, tenant.auth.kind) for name, tenant in policy.tenants.items()),
    ]  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
