"""What failed for good is kept whole and logged, and can be replayed."""

import json
import random

import pytest

from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.messages import Envelope, encode
from shared.record import change_keys, changes
from shared.record.parked import parked_item, parked_items
from shared.usecases.delivery.park import mark, park, park_message, replay
from tests.fakes import NOW
from tests.usecases.world import World, batch, post


def noise(size):
    """Text that does not compress much."""
    made = random.Random(7)
    return "".join(made.choice("abcdefghijklmnopqrstuvwxyz0123456789 ") for _ in range(size))


async def parked(world):
    return [(item.queue, item.item, item.reason) for item in await parked_items(world.deps.storage.tables)]


async def test_parking_twice_is_parking_once():
    world = World()

    for _ in range(2):
        await park(world.deps, "posts", batch(post()).body, NOW, "no good")

    assert await parked(world) == [("posts", "MC1200001 (contoso)", "no good")]


async def test_a_bad_item_is_parked_alone_and_replayed_when_it_can_be_taken():
    world = World()
    world.tables.refuse = {change_keys.change_key("MC1200002")}

    await world.arrive(post(), post("MC1200002"), {"title": "no id"})

    assert {item for _, item, _ in await parked(world)} == {"MC1200002 (contoso)", "None (contoso)"}
    assert (await world.change()).stage == "decided"
    world.tables.refuse.clear()
    key = next(item.key for item in await parked_items(world.deps.storage.tables) if "MC1200002" in item.item)
    assert await replay(world.deps, key, "ana")
    await world.drain()
    assert (await world.change("MC1200002")).stage == "decided"
    assert {item for _, item, _ in await parked(world)} == {"None (contoso)"}


async def test_a_replay_is_a_new_message_about_the_old_observation():
    world = World()
    await park(world.deps, "posts", batch(post()).body, NOW, "no good")
    world.clock.forward(days=3)
    (item,) = await parked_items(world.deps.storage.tables)

    await replay(world.deps, item.key, "ana")

    (again,) = world.queues.take("posts")
    assert (again.first_seen, again.attempts) == (world.clock(), 0)
    assert again.body["observed"] == NOW.isoformat()


@pytest.mark.parametrize("size", [60_000, 2_500_000])
async def test_an_item_that_fits_no_message_is_replayed_through_a_blob(size):
    world = World()
    large = post(body={"content": noise(size)})
    await park(world.deps, "posts", batch(large).body, NOW, "too large")
    (item,) = await parked_items(world.deps.storage.tables)

    assert await replay(world.deps, item.key, "ana")
    await world.drain()

    if size < 1_000_000:
        assert (await world.change()).post == large
        assert not await parked_items(world.deps.storage.tables)
    else:
        (again,) = await parked_items(world.deps.storage.tables)
        assert "storage will not take it" in again.reason


async def test_a_replay_whose_blob_is_gone_says_so():
    world = World()
    await park(world.deps, "posts", batch(post(body={"content": noise(2_500_000)})).body, NOW, "too large")
    world.blobs.held.clear()
    (item,) = await parked_items(world.deps.storage.tables)

    with pytest.raises(PermanentError, match="oversize/parked/"):
        await replay(world.deps, item.key, "ana")

    assert len(await parked_items(world.deps.storage.tables)) == 1


async def test_what_is_no_message_of_ours_is_kept_and_cannot_be_replayed():
    world = World()

    await park_message(world.deps, "posts", b"\xff\xfe nothing", "poison")

    (item,) = await parked_items(world.deps.storage.tables)
    with pytest.raises(PermanentError, match="not a message of ours"):
        await replay(world.deps, item.key, "ana")
    assert (await parked_item(world.deps.storage.tables, item.key)).content["base64"]
    assert not await replay(world.deps, "2026-09:nothing", "ana")


async def test_a_poisoned_batch_comes_again_item_by_item_so_that_only_the_bad_one_is_parked():
    world = World()
    bodies = {
        "posts": batch(post(), post("MC1200002"), gone=["MC1200003"]).body,
        "changes": {"ids": ["MC1200001", "MC1200002"]},
        "tasks": {"tenant": "contoso", "plan": "p", "observed": NOW.isoformat(), "tasks": [{"id": "a"}, {"id": "b"}]},
    }

    for queue, body in bodies.items():
        await park_message(world.deps, queue, encode(Envelope(body, NOW)), "poison")

    assert not await parked_items(world.deps.storage.tables)
    posts = world.queues.bodies("posts")
    assert [([p["id"] for p in b.get("posts", [])], b.get("gone", [])) for b in posts] == [
        (["MC1200001"], []),
        (["MC1200002"], []),
        ([], ["MC1200003"]),
    ]
    assert all(body["observed"] == NOW.isoformat() and body["tenant"] == "contoso" for body in posts)
    assert world.queues.bodies("changes") == [{"ids": ["MC1200001"]}, {"ids": ["MC1200002"]}]
    assert [b["tasks"] for b in world.queues.bodies("tasks")] == [[{"id": "a"}], [{"id": "b"}]]


async def test_a_parked_change_says_so_and_mend_leaves_it_until_it_is_replayed():
    world = World()
    await world.deps.storage.queues.send("posts", batch(post()))
    await world.drain_only("posts")
    world.queues.sent.clear()

    await park_message(world.deps, "changes", encode(Envelope({"ids": ["MC1200001"]}, NOW)), "it fails")

    assert ((await world.change()).stage, (await world.change()).parked) == ("parked", "it fails")
    await world.mend()
    assert (await world.change()).stage == "parked"
    (item,) = await parked_items(world.deps.storage.tables)
    await replay(world.deps, item.key, "ana")
    await world.drain()
    assert ((await world.change()).stage, (await world.change()).parked) == ("decided", "")


async def test_a_parked_effect_says_so_and_mend_leaves_it_until_it_is_replayed():
    world = World()
    world.inbox.fails = [PermanentError("the workflow is gone")] * 2
    await world.arrive(post())
    assert len(await parked_items(world.deps.storage.tables)) == 2

    await world.mend()

    assert not world.inbox.cards
    for item in await parked_items(world.deps.storage.tables):
        await replay(world.deps, item.key, "ana")
    await world.drain()
    assert len(world.inbox.cards) == 2
    assert not [state for state in (await world.held()).states if state.due or state.parked]


async def test_a_new_edition_takes_a_parked_change_up_again():
    world = World()
    await world.arrive(post())
    row = await world.tables.get(changes.TABLE, ids.partition("MC1200001"), change_keys.change_key("MC1200001"))
    assert row.values["stage"] == "decided"

    await mark(world.deps, "changes", {"ids": ["MC1200001"]}, "old news")

    assert (await world.change()).stage == "decided", "what is decided is not parked by an old message"


async def test_a_replay_of_what_is_done_meanwhile_does_nothing_again():
    world = World()
    await world.arrive(post())
    body = {"id": "MC1200001", "effect": "ticket|crb"}
    await park(world.deps, "tickets", body, NOW, "no good")
    await park(world.deps, "changes", {"ids": ["MC1200001"]}, NOW, "no good")
    before = await world.held()

    for item in await parked_items(world.deps.storage.tables):
        await replay(world.deps, item.key, "ana")
    await world.drain()

    after = await world.held()
    assert (after.change, after.states) == (before.change, before.states)
    assert len(world.inbox.cards) == 2


@pytest.mark.parametrize("name", ["MC12", "\ud800", "x" * 100_000, "MC1200001/../#?"])
async def test_odd_ids_are_parked_and_listed(name):
    world = World()

    await world.arrive({"id": name, "title": "\udfff"}, post("MC1200009"))
    await park_message(world.deps, "changes", encode(Envelope({"ids": [name]}, NOW)), "why \ud800")

    assert len(await parked_items(world.deps.storage.tables)) == 2
    json.dumps([item.item for item in await parked_items(world.deps.storage.tables)], ensure_ascii=False).encode()
    assert (await world.change("MC1200009")).stage == "decided"
