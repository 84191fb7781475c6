"""An upgrade of the reader wakes nobody: editions that another version read are read anew before they are compared."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from shared.adapters.policy.file import load
from shared.core.changes.change import READER
from shared.core.posts.classification import Halt, Interval, Window
from shared.record import changes
from shared.usecases.changes.reading import rereadings
from tests.fakes import NOW
from tests.record.saved_state import FILES, READ_OTHERWISE, saved_at, saved_tables
from tests.usecases.world import CANCELLED, World, post

POLICY = Path(__file__).parents[3] / "sandbox" / "policy.yaml"
MAY = Interval(date(2027, 5, 1), date(2027, 5, 31))
OTHERS = {
    "another day to act by": {"act_by": date(2027, 5, 1)},
    "another plan": {"windows": (Window("ga", ("gcc",), MAY, None),)},
    "no plan": {"windows": (), "status": "no_schedule"},
    "a cancelled plan": {"windows": (), "status": "cancelled"},
    "a plan on hold": {"windows": (), "status": "on_hold"},
    "other fields": {"kind": "info", "crb": False, "default": "off", "admin_impact": "low", "action": "none"},
}
STATED = {"content": "<p>This message replaces MC1100001.</p>" + post()["body"]["content"]}


async def known(read=None, halts=(), **over):
    """A world that decided one change, whose facts another version of the reader wrote."""
    world = World()
    await world.arrive(post(**over))
    await read_by_another(world, read or {}, None, halts)
    return world


async def read_by_another(world, read, relations=None, halts=()):
    record = await world.held()
    (edition,) = record.change.editions
    facts = replace(edition.facts, classification=replace(edition.facts.classification, **read), halts=halts, reader=1)
    if relations is not None:
        facts = replace(facts, relations=relations)
    write = record.replace_change(replace(record.change, editions=(replace(edition, facts=facts),)))
    await changes.commit(world.tables, [write])


def edited(raw, by="One word more.", hours=48):
    stamp = NOW + timedelta(hours=hours)
    content = raw["body"]["content"] + f"<p>{by}</p>"
    return {**raw, "body": {**raw["body"], "content": content}, "lastModifiedDateTime": f"{stamp:%Y-%m-%dT%H:%M:%SZ}"}


async def said(world):
    """Everything that people were told: cards, and the register with its tickets' histories."""
    rows = [dict(row.values) for table in ("register", "dryruns") for row in await world.all(table)]
    return len(world.inbox.cards), rows


@pytest.mark.parametrize("read", OTHERS.values(), ids=OTHERS)
async def test_what_another_reader_read_otherwise_is_no_event_of_an_edit(read):
    world = await known(read)
    before = await said(world)
    world.clock.forward(hours=48)

    await world.arrive(edited(post()))

    change = await world.change()
    assert [event.type for event in change.events if not event.late] == ["announced", "text_changed"]
    assert await said(world) == before


async def test_a_halt_that_only_the_new_reader_sees_is_late():
    content = post()["body"]["content"] + "<p>The rollout for GCC is paused.</p>"
    world = await known(body={"content": content})
    before = await said(world)
    world.clock.forward(hours=48)

    await world.arrive(edited(post(body={"content": content})))

    assert await said(world) == before


async def test_an_edit_that_cancels_is_an_event_after_an_upgrade_too():
    world = await known(OTHERS["another plan"])
    world.clock.forward(hours=48)

    await world.arrive(edited(post(body={"content": f"<p>{CANCELLED}</p>"})))

    assert "cancelled" in {event.type for event in (await world.change()).events if not event.late}
    assert (await world.ticket_state()).ticket.state == "cancelled"


async def test_a_cancellation_that_only_the_new_reader_sees_cancels_no_ticket():
    """The ticket was filed while the reader read a plan; a real move of the other change brings it up again."""
    world = await known()
    record = await world.held()
    facts = record.change.current.facts
    gone = replace(facts, classification=replace(facts.classification, status="cancelled", windows=()))
    (edition,) = record.change.editions
    state = replace((await world.ticket_state()), due=edition.id)
    writes = [
        record.replace_change(replace(record.change, editions=(replace(edition, facts=gone),))),
        record.raise_effect(state),
    ]
    await changes.commit(world.tables, writes)

    await world.mend()

    assert not (await world.ticket_state()).due
    assert (await world.ticket_state()).ticket.state == "new"


async def test_what_an_earlier_reader_recorded_is_kept_though_the_new_one_does_not_see_it():
    world = await known()
    world.clock.forward(hours=24)
    await world.arrive(edited(post(), hours=24))
    record = await world.held()
    event = replace(record.change.events[-1], type="act_by_moved", new="2027-05-01")
    facts = [replace(edition, facts=replace(edition.facts, reader=1)) for edition in record.change.editions]
    other = replace(record.change, events=(*record.change.events, event), editions=tuple(facts))
    await changes.commit(world.tables, [record.replace_change(other)])

    for hours in (48, 72):
        world.clock.forward(hours=24)
        await world.arrive(edited(post(), f"{hours}", hours=hours))

    (kept,) = [event for event in (await world.change()).events if event.type == "act_by_moved"]
    assert kept == replace(event, kept=True)


async def test_a_relation_that_only_the_new_reader_sees_moves_no_ticket():
    world = World()
    await world.arrive(post("MC1100001"), post(body=STATED))
    await read_by_another(world, {}, ())
    before = await world.ticket_state("MC1100001")
    world.clock.forward(hours=48)

    await world.arrive(edited(post(body=STATED)))
    await world.mend()

    assert await world.ticket_state("MC1100001") == before


async def test_a_relation_that_an_edit_states_moves_the_ticket_after_an_upgrade_too():
    world = World()
    await world.arrive(post("MC1100001"), post())
    await read_by_another(world, {}, ())
    world.clock.forward(hours=48)

    await world.arrive(edited(post(body=STATED)))

    assert (await world.ticket_state("MC1100001")).ticket.state == "cancelled"


async def test_a_night_reads_open_changes_anew_and_nothing_follows():
    world = await known(OTHERS["another plan"], halts=(Halt("paused", "only gcc", ("gcc",), "paused"),))
    before = await said(world)

    assert (await world.mend()).reread == 1

    change = await world.change()
    assert change.current.facts.reader == READER
    assert change.classification.windows[0].start.first == date(2026, 10, 1)
    assert await said(world) == before
    assert (await world.mend()).reread == 0


async def test_what_would_be_read_otherwise_is_listed_and_nothing_is_written():
    world = await known(OTHERS["another plan"])
    rows = [dict(row.values) for row in await world.all("changes")]

    (entry,) = [each async for each in rereadings(world.deps)]

    assert (entry.change, [difference.field for difference in entry.differences]) == ("MC1200001", ["rollouts"])
    assert "2027-05-01" in entry.differences[0].was
    assert [dict(row.values) for row in await world.all("changes")] == rows


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".json.gz"))
async def test_one_word_edited_in_every_change_of_an_earlier_version_wakes_nobody(file, monkeypatch):
    tables = await saved_tables(file)
    world = World(load(POLICY.read_text(), str(POLICY)), tables=tables)
    newest = max(change.current.observed for change in await changes_in(world))
    world.clock.now = (saved_at(file) or newest) + timedelta(hours=1)
    monkeypatch.setattr("shared.usecases.upkeep.mend_walk.REREAD_A_NIGHT", 0)
    await world.mend()  # what was left in the middle is sent, and read by nobody
    before = await said(world)
    known = await changes_in(world)
    world.clock.forward(hours=1)

    for change in known:
        stamp = {"lastModifiedDateTime": f"{world.clock():%Y-%m-%dT%H:%M:%SZ}"}
        await world.arrive({**edited(change.post), **stamp})

    assert len(known) > 20
    if file in READ_OTHERWISE:
        assert sum(bool(change.current.facts) and change.current.facts.reader == 1 for change in known) > 20
    assert await said(world) == before


async def changes_in(world):
    rows = await world.all("changes")
    return [changes.read_change(row) for row in rows if row.key.startswith("c|") and row.key.count("|") == 1]
