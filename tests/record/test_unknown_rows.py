"""Rows and fields of a later version are passed over, and stand there still when this one has written."""

import json
from dataclasses import replace

import pytest

from shared.core import ids
from shared.core.messages import Envelope
from shared.core.ports.storage import Row, Write
from shared.record import changes, effects
from shared.record.change_keys import kind_of
from shared.record.changes import all_changes, read_alone, read_with_effects, read_with_tasks, revisions_and_effects
from shared.record.copies import copies_of, count_copies
from shared.record.editions import past
from shared.record.packing import pack, unpack
from shared.record.relations import all_relations, incoming
from shared.record.tasks import all_tasks, tasks_of
from shared.usecases.cards.notify import notify
from shared.usecases.pages import change as change_view
from shared.usecases.pages.metrics import metrics
from tests.usecases.world import NOVEMBER, World, done, post, task

ID, KEY = "MC1200001", "0001200001"
LATER = [
    f"c|{KEY}|o",
    f"c|{KEY}|owner|messaging",
    f"c|{KEY}|x|card|messaging|gathered@4",
    f"c|{KEY}|x|request|training",
    f"c|{KEY}|y|ticket|crb",
    f"e|{KEY}|20260830100000-abcdefabcdef|note",
    f"f|{KEY}|ana",
    f"k|{KEY}|contoso|task1|comment",
    f"n|{KEY}|act-7@2026-10-01|vote|ana",
    f"r|{KEY}|refers_to|{KEY}|because",
    f"t|{KEY}|contoso|services",
    f"w|{KEY}|contoso|task1|comment",
]
"""Keys as a later version may write them beside a change."""
VALUES = {
    "kind": "request", "stage": "classify", "due": "20260830100000-abcdefabcdef", "pending": "yes", "parked": "",
    "tenant": "contoso", "done": "", "effect": json.dumps({"kind": "request", "target": "training"}),
}  # fmt: skip


async def later(world):
    """The story of one change, with rows of a later version beside it."""
    await world.arrive(post())
    await world.bring(task())
    rows = [Row(ids.partition(ID), key, VALUES) for key in LATER]
    await world.tables.commit("changes", [Write("insert", row) for row in rows])


@pytest.fixture
async def world():
    world = World()
    await later(world)
    return world


@pytest.mark.parametrize("key", LATER)
def test_a_key_of_a_later_version_is_of_no_kind(key):
    assert kind_of(key) == ""


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (f"c|{KEY}", "change"),
        (f"c|{KEY}|x|ticket|crb", "effect"),
        (f"c|{KEY}|x|card|messaging|20260830100000-abcdefabcdef", "effect"),
        (f"c|{KEY}|x|card|messaging|act-7@2026-10-01", "effect"),
        (f"e|{KEY}|20260830100000-abcdefabcdef", "edition"),
        (f"k|{KEY}|contoso|task%7C1", "task"),
        (f"r|{KEY}|refers_to|{KEY}", "relation"),
        (f"t|{KEY}|contoso", "copy"),
        (f"w|{KEY}|contoso|task%7C1", "written"),
    ],
)
def test_a_key_of_ours_is_of_its_kind(key, kind):
    assert kind_of(key) == kind


async def test_every_reader_passes_over_rows_of_a_later_version(world):
    tables, partition = world.tables, ids.partition(ID)
    record = await read_with_tasks(tables, ID)

    edition = record.change.current.id
    assert sorted(record.effects) == [f"card|messaging|{edition}", f"card|workplace|{edition}", "ticket|crb"]
    assert [each.id for each in record.task_states] == ["task1"]
    assert [each.change.id async for each in all_changes(tables)] == [ID]
    assert (await read_alone(tables, ID)).change == record.change
    assert len([1 async for _ in revisions_and_effects(tables)]) == 4
    assert [each async for each in changes.waiting_for_classification(tables)] == []
    assert (
        len((await copies_of(tables, partition, [ID]))[ID]) == (await count_copies(tables, ["contoso"]))["contoso"] == 1
    )
    assert [len(versions) for versions in await past(tables)] == [1]
    assert await all_relations(tables) == await incoming(tables, ID) == []
    assert len(await tasks_of(tables, ID)) == len((await all_tasks(tables))[ID]) == 1


async def test_nothing_that_this_version_does_touches_rows_of_a_later_one(world):
    before = {key: await world.tables.get("changes", ids.partition(ID), key) for key in LATER}

    await world.mend()
    world.clock.forward(days=1)
    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))
    await world.bring(done())
    await world.follow()
    await world.mend()

    assert await change_view.change(world.deps, ID)
    assert await metrics(world.deps)
    assert before == {key: await world.tables.get("changes", ids.partition(ID), key) for key in LATER}
    assert await world.all("parked") == []
    assert {card.change_id for card in world.inbox.cards} == {ID}


async def test_a_pointer_to_an_effect_of_a_later_version_is_dropped_and_the_effect_stays_due(world):
    key = "card|messaging|gathered@4"
    cards = len(world.inbox.cards)

    assert not await notify(world.deps, Envelope({"id": ID, "effect": key}, world.clock()))

    row = await world.tables.get("changes", ids.partition(ID), f"c|{KEY}|x|{key}")
    assert (row.values["due"], row.values["parked"]) == (VALUES["due"], "")
    assert len(world.inbox.cards) == cards


async def put(world, key, **values):
    row = await world.tables.get("changes", ids.partition(ID), key)
    await world.tables.commit("changes", [Write("merge", replace(row, values=values))])


async def test_columns_and_fields_that_this_version_does_not_know_stay_when_it_writes(world):
    tables, partition = world.tables, ids.partition(ID)
    row = await tables.get("changes", partition, f"c|{KEY}")
    state = unpack("state", row.values)
    state |= {"seen_by": ["ana"], "decision": {**state["decision"], "board": "later"}}
    state["editions"][0]["translated"] = "yes"
    state["events"][0] = [*state["events"][0], [], "", "one more part"]
    await put(world, f"c|{KEY}", owner="ana", **pack("state", state))
    await put(world, f"t|{KEY}|contoso", language="en")
    await put(world, f"k|{KEY}|contoso|task1", ours="hash")
    effect = json.loads((await tables.get("changes", partition, f"c|{KEY}|x|ticket|crb")).values["effect"])
    await put(world, f"c|{KEY}|x|ticket|crb", filed_under="monday", effect=json.dumps(effect | {"urgent": True}))
    record = await read_with_effects(tables, ID)
    await tables.commit("changes", [record.replace_change(record.change)])
    assert unpack("state", (await tables.get("changes", partition, f"c|{KEY}")).values)["decision"]["board"] == "later"

    world.clock.forward(days=1)
    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))
    await world.bring(done())

    row = await tables.get("changes", partition, f"c|{KEY}")
    state = unpack("state", row.values)
    assert (row.values["owner"], state["seen_by"]) == ("ana", ["ana"])
    assert [edition.get("translated") for edition in state["editions"]] == ["yes", None]
    assert "board" not in state["decision"], "it belongs to the decision that was replaced"
    ticket = await tables.get("changes", partition, f"c|{KEY}|x|ticket|crb")
    assert (ticket.values["filed_under"], json.loads(ticket.values["effect"])["urgent"]) == ("monday", True)
    assert len(effects.read_effect(ticket).effect.events) == 1
    assert (await tables.get("changes", partition, f"t|{KEY}|contoso")).values["language"] == "en"
    assert (await tables.get("changes", partition, f"k|{KEY}|contoso|task1")).values["ours"] == "hash"


async def test_a_shorter_state_leaves_no_chunk_of_a_longer_one(world):
    record = await read_with_effects(world.tables, ID)
    long = {"state0": b"x", "state1": b"y", "post0": b"z", "post7": b"z"}
    row = changes.change_row(record.change, before={**long, **record.row.values})

    assert {name for name in row.values if name.startswith(("state", "post"))} == {"state0", "post0"}
