"""State that an earlier version wrote is read, written again as it was, and worked on."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.adapters.policy.file import load
from shared.core import ids
from shared.record import (
    change_keys,
    changes,
    closings,
    dry_runs,
    effects,
    open_list,
    parked,
    register,
    relations,
    tasks,
)
from shared.record.copies import copy_row, read_copy, read_variant
from shared.record.editions import read_edition
from shared.record.first_load import open_loads
from shared.record.packing import unpack
from shared.usecases.life.lines import every_line
from shared.usecases.pages.home import count, home
from shared.usecases.upkeep.first_load import hand_out
from shared.usecases.upkeep.lists import index
from shared.usecases.upkeep.mend import mend
from tests.record.saved_state import FILES, saved_at, saved_rows, saved_tables
from tests.usecases.world import World

ENDED = datetime(2026, 10, 16, 16, 30, tzinfo=UTC)
"""When the sample story ends."""
POLICY = Path(__file__).parents[2] / "sandbox" / "policy.yaml"
LETTERS = {"assessment": "a", "effect": "x"}
PACKED = re.compile(r"(state|post|text|body|more)\d+")


def copied(row):
    return copy_row(change_keys.id_of(row.key), read_copy(row), raw=read_variant(row))


AGAIN = {
    "changes c": lambda row: changes.change_row(changes.read_change(row)),
    "changes x": lambda row: effects.effect_row(change_keys.id_of(row.key), effects.read_effect(row)),
    "changes t": copied,
    "changes k": lambda row: tasks.task_row(change_keys.id_of(row.key), tasks.read_task_state(row)),
    "changes r": lambda row: relations.relation_row(relations.read_relation(row)),
    "closings": lambda row: closings.closing_row(closings.read_closing(row)),
    "open": lambda row: open_list.open_row(open_list.read_open(row)),
    "register": lambda row: register.entry_row(register.read_entry(row)),
    "dryruns": lambda row: dry_runs.dry_ticket_row(dry_runs.read_dry_ticket(row), ""),
}
"""How a row of each kind is read and written again."""
READ = {"changes e": read_edition, "parked": parked.read_parked}
"""Kinds that nobody writes again."""


def kind_of(table, row):
    """The table; in table `changes` with the letter of the kind, `a` for an assessment and `x` for an effect."""
    if table != "changes":
        return table
    kind = change_keys.kind_of(row.key)
    return f"{table} {LETTERS.get(kind, row.key[0])}"


def opened(values):
    """A row's values with packed columns and JSON texts as data."""
    # `turn` counts the writes of a row and is no part of what it says
    data = {name: value for name, value in values.items() if not PACKED.fullmatch(name) and name != "turn"}
    data |= {name: unpack(name, values) for name in ("state", "post", "text", "body", "more") if f"{name}0" in values}
    return data | {name: json.loads(data[name]) for name in ("effect", "applied", "services") if name in data}


def assert_keeps(old, new, path):
    """Whatever the earlier version wrote stands there still; more may stand beside it."""
    if isinstance(old, Mapping):
        assert isinstance(new, Mapping), path
        for name, value in old.items():
            assert name in new, f"{path}.{name} is lost"
            assert_keeps(value, new[name], f"{path}.{name}")
    elif isinstance(old, list):
        assert isinstance(new, list), path
        assert len(old) == len(new), path
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            assert_keeps(before, after, f"{path}[{index}]")
    else:
        assert old == new, path


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".json.gz"))
def test_every_row_that_was_saved_is_read_and_written_again_as_it_was(file):
    compared = 0
    for table, row in saved_rows(file):
        kind = kind_of(table, row)
        if kind in READ:
            assert READ[kind](row)
        if kind in AGAIN:
            again = AGAIN[kind](row)
            assert (again.partition, again.key) == (row.partition, row.key)
            assert_keeps(opened(row.values), opened(again.values), f"{table} {row.key}")
            compared += 1
    assert compared > 100


@pytest.mark.parametrize("file", [file for file in FILES if saved_at(file)], ids=lambda file: file.name)
async def test_what_was_left_in_the_middle_is_finished(file):
    tables = await saved_tables(file)
    world = World(load(POLICY.read_text(), str(POLICY)), tables=tables)
    world.clock.now = saved_at(file) + timedelta(hours=1)
    before = {row.key for row in await world.all("parked")}

    await world.mend()
    await world.drain()

    states = [effects.read_effect(row) for row in await world.all("changes") if "|x|" in row.key]
    left = [state.effect.key for state in states if state.due and not state.parked and known(world, state)]
    assert states
    assert left == []
    assert {row.key for row in await world.all("parked")} == before
    stages = {ids.from_key(row.key[2:]): row.values["stage"] for row in await world.all("changes") if is_change(row)}
    assert "classify" not in stages.values()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
async def test_an_upgrade_keeps_nothing_back_and_lets_nothing_loose(file):
    tables = await saved_tables(file)
    world = World(load(POLICY.read_text(), str(POLICY)), tables=tables)
    posts = [changes.read_change(row).post for row in await world.all("changes") if is_change(row)]
    world.posts.held = dict.fromkeys(world.policy.policy.tenants, posts)
    before = {row.key: effects.read_effect(row).first_load for row in await world.all("changes") if "|x|" in row.key}
    await world.fetch("messages")
    await hand_out(world.deps)

    rows = [row for row in await world.all("changes") if "|x|" in row.key]
    assert not await open_loads(tables)
    assert {row.key: effects.read_effect(row).first_load for row in rows} == before


@pytest.mark.parametrize("make", [mend, index], ids=lambda make: make.__name__)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
async def test_an_upgrade_gets_its_lists_and_wakes_nobody(file, make):
    """By the first run of the timer, or at night: the same lines, with the numbers of a full count."""
    tables = await saved_tables(file)
    world = World(load(POLICY.read_text(), str(POLICY)), tables=tables)
    world.clock.now = (saved_at(file) or ENDED) + timedelta(hours=1)
    changed = {row.key: row.etag for row in await world.all("changes")}
    assert not (await home(world.deps)).complete

    await make(world.deps)

    counted, view = await count(world.deps), await home(world.deps)
    assert view.complete
    assert view.figures.changes > 20
    assert (view.figures.revisions, view.figures.closings) == (counted.revisions, counted.closed)
    tickets = [ticket for line in (await every_line(world.deps)).by_id.values() for ticket in line.tickets]
    assert (sum(bool(ticket.number) for ticket in tickets), sum(ticket.notes for ticket in tickets)) == (
        counted.tickets,
        counted.notes,
    )
    if make is index:
        assert world.queues.sent == []
        assert {row.key: row.etag for row in await world.all("changes")} == changed
    elif not saved_at(file):
        assert world.queues.sent == [], "the story was over, and nothing was due"
    assert world.inbox.cards == []


def known(world, state):
    """Whether the world's policy has the effect's target: the story had another."""
    policy = world.policy.policy
    return state.effect.target in (policy.tickets if state.effect.kind == "ticket" else policy.channels)


def is_change(row):
    return change_keys.kind_of(row.key) == "change"
