"""An archive of 1,000, 5,000 or 20,000 changes in Azurite, for the bench: `python -m tests.archive 20000` builds one.

Its posts are the sandbox's samples, each many times under numbers, dates and titles of its own. Reading, deciding,
tickets and rows are the product's; what a board and a planner would have done meanwhile is played. An archive is kept
in `.make/`, and is built again where this file, the record or the reader is another one.
"""

import asyncio
import hashlib
import json
import random
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sandbox import azurite
from sandbox.microsoft365.planner import plan_id
from shared import app
from shared.adapters.policy.file import load
from shared.adapters.storage.tables import AzureTables
from shared.core.changes.change import READER, Change, EffectState, Facts
from shared.core.changes.events import derive
from shared.core.changes.facts import facts_of
from shared.core.changes.merge import Arrival, merge
from shared.core.decisions.decide import decide
from shared.core.life.closing import settle
from shared.core.names import TABLES
from shared.core.policy.model import Policy
from shared.core.ports.storage import Write
from shared.core.tasks.task import Task, TaskState
from shared.core.tickets.content import wanted_ticket
from shared.core.tickets.register import moved_by_board, new_entry, ref_of
from shared.core.tickets.seen import with_remote_state
from shared.record import change_keys, register
from shared.record.changes import ChangeRecord, change_row, insert_change
from shared.record.copies import put_copy
from shared.record.editions import insert_edition
from shared.record.redo import transactions
from shared.record.tasks import remember, remember_task
from tests.pump import Pump, StillClock

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sandbox" / "samples" / "history.jsonl"
KEPT = ROOT / ".make"
SIZES = (1_000, 5_000, 20_000)
NEWEST = datetime.fromisoformat("2026-09-01T09:00:00+00:00")
MORNING = NEWEST + timedelta(hours=2)
TENANTS = ("contoso", "fabrikam")
URL = "http://127.0.0.1:7071"
TASKS = 231
"""Of the newest changes that many have a task."""
_EVERY = timedelta(days=365) / 1400  # Microsoft's pace
_APART = 160  # numbers between two posts, so that a partition has about a hundred
_CLOSED_BY_NOW = timedelta(days=2 * 365)
_PLAN = plan_id(TENANTS[0])
_AT_ONCE = 8
_WORDS = [
    f"{start}{middle}{end}"
    for start in ("ad", "con", "pre", "re", "sub", "trans")
    for middle in ("min", "fig", "view", "port")
    for end in ("s", "ed", "ing", "al")
]


def policy_text() -> str:
    """The policy that is shipped, for two tenants, with a channel for every team."""
    held = yaml.safe_load((ROOT / "config" / "policy.yaml").read_text("utf-8"))
    held["tenants"] = {name: {"plan": _PLAN} if name == TENANTS[0] else {} for name in TENANTS}
    held["channels"] = {"everybody": {"kind": "teams_workflow", "settings": {"url": "TEAMS_URL"}}}
    for team in held["teams"].values():
        team["channel"] = "everybody"
    held["routes"]["cards"] = "owner"
    return yaml.safe_dump(held)


@dataclass(frozen=True, slots=True)
class _Sample:
    """A sample post and what is read of it, which a title or number of its own would not change."""

    raw: Mapping[str, Any]
    facts: Facts


@cache
def _samples() -> list[_Sample]:
    posts = [item["post"] for item in map(json.loads, SAMPLES.read_text("utf-8").splitlines()) if "post" in item]
    return [_Sample(raw, facts_of(raw)) for raw in posts]


def raw_post(number: int, of: int) -> dict[str, Any]:
    """The post of a number, the greatest the newest: a sample with its own id, title and days, as heavy as a real one.

    `of`: how many there are.
    """
    sample, chance = _samples()[number % len(_samples())].raw, random.Random(number)
    published = _published(number, of).isoformat()
    words = "".join(f"<p>{' '.join(chance.choices(_WORDS, k=20))}.</p>" for _ in range(14))
    body = {**sample["body"], "content": f"{sample['body']['content']}{words}"}
    return {
        **sample,
        "id": f"MC{100_000 + number * _APART}",
        "title": f"{sample['title']} ({number})",
        "startDateTime": published,
        "lastModifiedDateTime": published,
        "body": body,
    }


def _published(number: int, of: int) -> datetime:
    return NEWEST - (of - number) * _EVERY


@dataclass(slots=True)
class Rows:
    """Rows by table; those of one change stand together."""

    groups: dict[str, list[list[Write]]] = field(default_factory=lambda: defaultdict(list))
    tasks: list[tuple[Task, str, TaskState]] = field(default_factory=list)

    def add(self, table: str, *writes: Write) -> None:
        self.groups[table].append(list(writes))


def record(rows: Rows, policy: Policy, number: int, of: int) -> None:
    """One change as it stands by now: decided and told. The board has closed old tickets, and half of the others."""
    raw, seen = raw_post(number, of), _published(number, of) + timedelta(minutes=15)
    first, second = (merge(None, None, Arrival.of(tenant, seen, raw)) for tenant in TENANTS)
    assert first.edition
    facts = replace(_samples()[number % len(_samples())].facts, title=raw["title"])
    facts = replace(facts, classification=replace(facts.classification, id=raw["id"]))
    change = replace(first.change, editions=(replace(first.edition, facts=facts),))
    change = replace(change, events=derive(change))
    decision = decide(change, (), policy, seen, TENANTS)
    change = replace(change, decision=decision, stage="decided")
    states = [EffectState(effect, done=effect.edition, done_at=seen) for effect in decision.effects]
    filed = [_filed(rows, change, state, policy, number) for state in states]
    task = _task(rows, change, number, seen) if number > of - TASKS else None
    change = settle(change, filed, (task,) if task else (), policy, NEWEST)
    held = ChangeRecord(change, change_row(change))
    writes = [insert_change(change), *(held.insert_effect(state) for state in filed)]
    writes += [insert_edition(change.id, first.edition, raw)]
    writes += [put_copy(change.id, each.copy, None) for each in (first, second)]
    rows.add(change_keys.TABLE, *writes, *([held.put_task(task)] if task else []))


def _filed(rows: Rows, change: Change, state: EffectState, policy: Policy, number: int) -> EffectState:
    """The effect with its ticket, where it is to have one."""
    if state.effect.kind != "ticket":
        return state
    ticket = wanted_ticket(change, state, policy, "bench", URL, TENANTS, as_of=change.first_seen.date())
    at = change.first_seen + timedelta(minutes=1)
    entry = new_entry(ticket, ticket.what, "new", at, ((at, "Opened by Foresignal"),))
    if number // len(_samples()) % 2 or at < NEWEST - _CLOSED_BY_NOW:
        entry = moved_by_board(entry, "closed", "done", at + timedelta(days=20), "the board")
    rows.add(register.TABLE, Write("insert", register.entry_row(entry)))
    seen = with_remote_state(replace(state.ticket, opened_at=at, key=ticket.key), ref_of(entry.said, URL))
    return replace(state, ticket=seen, done_at=entry.closed or at)


def _task(rows: Rows, change: Change, number: int, seen: datetime) -> TaskState:
    name = f"task{number:016d}"
    task = Task(name, f"{change.post['title']} [{change.id}]", "etag1", seen, None, None)
    state = TaskState(TENANTS[0], name, task.etag, seen, None, None)
    rows.tasks.append((task, change.id, state))
    return state


def every_change(of: int) -> Rows:
    rows, policy = Rows(), load(policy_text(), "the bench's policy")
    for number in range(1, of + 1):
        record(rows, policy, number, of)
    return rows


def _together(rows: Rows) -> Iterator[tuple[str, list[Write]]]:
    """As few transactions as hold everything, each with its table."""
    for table, groups in rows.groups.items():
        by_partition: dict[str, list[list[Write]]] = defaultdict(list)
        for group in groups:
            by_partition[group[0].row.partition].append(group)
        for some in by_partition.values():
            yield from ((table, writes) for writes in transactions(some))


async def build(connection: str, of: int) -> None:
    """Write an archive of so many changes, and let the nightly pass list them, as a deployment's own would have."""
    rows, tables = every_change(of), AzureTables.connect(Counter(), connection=connection)
    await tables.create(TABLES)
    work = _together(rows)

    async def write() -> None:
        for table, writes in work:
            await tables.commit(table, writes)

    await asyncio.gather(*(write() for _ in range(_AT_ONCE)))
    read = ((task, name, state, state.opened, None) for task, name, state in rows.tasks)
    await remember(tables, [remember_task(_PLAN, *each, waiting=False) for each in read])
    await tables.close()
    pump = await opened(connection)
    await pump.timer("mend")
    await pump.close()


async def opened(connection: str, clock: StillClock | None = None, **around: Any) -> Pump:
    """The functions over an archive, on the morning after its newest post."""
    pump = Pump(connection, clock or StillClock(MORNING), **around)
    await pump.prepare()
    await app.current().blobs.put("config", "policy.yaml", policy_text().encode())
    await app.current().policy.current()
    return pump


@contextmanager
def running(of: int) -> Iterator[str]:
    """Azurite over a copy of the archive, which is built where it is not kept; its connection string."""
    kept = KEPT / f"archive-{of}-{_version()}"
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        if not kept.exists():
            for older in KEPT.glob(f"archive-{of}-*"):
                shutil.rmtree(older)
            storage = azurite.start(state)
            try:
                asyncio.run(build(storage.connection_string, of))
            finally:
                storage.stop()
            KEPT.mkdir(exist_ok=True)
            shutil.copytree(state / "azurite", kept.with_suffix(".new"))
            kept.with_suffix(".new").rename(kept)
        else:
            shutil.copytree(kept, state / "azurite")
        storage = azurite.start(state)
        try:
            yield storage.connection_string
        finally:
            storage.stop()


def _version() -> str:
    """Of what an archive is made by."""
    files = [Path(__file__), *sorted((ROOT / "shared" / "record").glob("*.py"))]
    return f"{READER}-{hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()[:12]}"


def main(sizes: Sequence[str]) -> None:
    for size in sizes or SIZES:
        with running(int(size)):
            print(f"an archive of {int(size):,} changes is kept in {KEPT}")  # noqa: T201 - a tool says what it did


if __name__ == "__main__":
    main(sys.argv[1:])
