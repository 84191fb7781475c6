"""A change is read and decided, and what must follow is sent."""

import pytest

from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.messages import Envelope
from shared.core.policy.model import Match, Route
from shared.core.ports.storage import Row, Write
from shared.record import change_keys, changes
from shared.record.effects import effect_key
from shared.record.parked import parked_items
from shared.usecases.changes.classify import classify
from shared.usecases.posts.deduplicate import deduplicate
from tests.fakes import NOW
from tests.usecases.world import CANCELLED, NOVEMBER, World, batch, done, policy, post


def pointer(*change_ids):
    return Envelope({"ids": list(change_ids)}, NOW)


def edit(when, minute, **over):
    return post(when=when, modified=f"2026-09-01T10:{minute:02d}:00Z", **over)


async def test_the_same_message_again_sends_what_is_due_and_writes_nothing(world):
    await deduplicate(world.deps, batch(post()))
    await classify(world.deps, pointer("MC1200001"))
    before = [(row.key, row.etag) for row in await world.all("changes")]
    first = world.queues.bodies("tickets") + world.queues.bodies("cards")
    world.queues.sent.clear()

    await classify(world.deps, pointer("MC1200001"))

    assert [(row.key, row.etag) for row in await world.all("changes")] == before
    assert world.queues.bodies("tickets") + world.queues.bodies("cards") == first
    assert len(first) == 3


async def test_a_message_after_all_is_done_does_nothing(world):
    await world.arrive(post())

    await classify(world.deps, pointer("MC1200001", "MC1999999"))

    assert not world.queues.sent


async def test_every_change_of_a_batch_is_decided_in_few_calls():
    world = World()
    many = [f"MC12{n:05d}" for n in range(90)]
    await deduplicate(world.deps, batch(*(post(i, startDateTime="2026-05-01T00:00:00Z") for i in many)))
    before = world.tables.calls

    await classify(world.deps, pointer(*many))

    assert world.tables.calls - before == 3, "one range, one transaction, one row for the lists"
    assert {row.values["stage"] for row in await world.all("changes") if row.key.startswith("c|")} == {"decided"}


async def test_an_effect_that_storage_refuses_parks_its_change_and_the_others_go_on():
    world = World()
    world.tables.refuse = {effect_key("MC1200002", "ticket|crb")}

    await world.arrive(*(post(f"MC120000{n}") for n in (1, 2, 3)))

    assert [(await world.change(f"MC120000{n}")).stage for n in (1, 2, 3)] == ["decided", "parked", "decided"]
    assert [item.item for item in await parked_items(world.deps.storage.tables)] == ["MC1200002"]


async def test_a_change_whose_edition_is_gone_is_parked_alone():
    world = World()
    await deduplicate(world.deps, batch(post(), post("MC1200002")))
    await deduplicate(world.deps, batch(edit(NOVEMBER, 5), observed=NOW.replace(hour=10)))
    first = (await world.change()).editions[0]
    place = (changes.TABLE, ids.partition("MC1200001"), change_keys.edition_key("MC1200001", first.id))
    del world.tables.rows[place]
    world.queues.sent.clear()
    await world.deps.storage.queues.send("changes", pointer("MC1200001", "MC1200002"))

    await world.drain()

    assert [(await world.change(f"MC120000{n}")).stage for n in (1, 2)] == ["parked", "decided"]
    (item,) = await parked_items(world.deps.storage.tables)
    assert "its row is gone" in item.reason
    assert (await world.change()).parked == item.reason


async def test_a_change_that_breaks_us_is_parked_alone():
    world = World()
    await deduplicate(world.deps, batch(post(), post("MC1200002")))
    world.queues.sent.clear()
    place = (changes.TABLE, ids.partition("MC1200001"), change_keys.change_key("MC1200001"))
    values, etag = world.tables.rows[place]
    world.tables.rows[place] = ({**values, "state0": b"damaged"}, etag)
    await world.deps.storage.queues.send("changes", pointer("MC1200001", "MC1200002"))

    await world.drain()

    assert (await world.change("MC1200002")).stage == "decided"
    assert [item.reason for item in await parked_items(world.deps.storage.tables)] == ["failed again and again"]


async def test_a_claim_that_is_alive_is_left_alone_by_a_new_event(world):
    await world.arrive(post())
    row = (await world.held()).effects["ticket|crb"][1]
    claim = {"claim_owner": "me", "claim_until": world.clock().isoformat()}
    await world.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, claim, row.etag))])

    await world.arrive_only(edit(NOVEMBER, 5), observed=NOW.replace(hour=10))

    state = await world.ticket_state()
    assert (state.claim.owner, state.due) == ("me", (await world.change()).current.id)
    assert state.ticket.number == "CHG1200001"


async def test_cards_are_one_a_channel_and_edition_and_the_ticket_is_one_for_all(world):
    await world.arrive(post())
    await world.arrive(edit(NOVEMBER, 5), observed=NOW.replace(hour=10))
    await world.arrive(edit(CANCELLED, 6, title="(Cancelled) It"), observed=NOW.replace(hour=11))

    held = await world.held()
    kinds = [state.effect.kind for state in held.states]
    assert (kinds.count("ticket"), kinds.count("card")) == (1, 6)
    assert len(world.inbox.cards) == 6
    assert [event.type for event in held.change.events][:2] == ["announced", "dates_moved"]
    assert "cancelled" in [event.type for event in held.change.events]


async def test_a_late_edition_leaves_the_decision_and_tells_nobody(world):
    await world.arrive(edit(NOVEMBER, 5), observed=NOW.replace(hour=10))
    before = await world.held()

    await world.arrive(post(), tenant="fabrikam", observed=NOW.replace(hour=11))

    after = await world.held()
    assert after.change.revision == 2
    assert after.change.decision == before.change.decision
    assert after.states == before.states


async def test_a_new_ticket_opens_a_change_that_its_tasks_had_closed():
    world = World(policy(routes=Route(team="workplace")))
    await world.arrive(post())
    await world.bring(done())
    assert (await world.change()).closed
    world.policy.policy = policy(routes=Route(team="workplace", routes=(Route(match=Match(crb=True), ticket="crb"),)))

    await world.arrive(edit(NOVEMBER, 5), observed=NOW.replace(hour=10))

    assert (await world.change()).closed is None
    assert [row.values["through"] for row in await world.all("open")] == ["ticket"]


async def test_a_policy_that_names_a_channel_that_is_gone_parks_the_card_alone():
    world = World()
    channels = {"messaging": policy().channels["messaging"], "workplace": policy().channels["workplace"]}
    await world.arrive_only(post())
    world.policy.policy = policy(channels={"messaging": channels["messaging"]})

    await world.drain()

    assert len(world.inbox.cards) == 1
    assert len(await world.all("register")) == 1
    assert [item.queue for item in await parked_items(world.deps.storage.tables)] == ["cards"]


async def test_an_id_that_is_none_is_a_failure_of_that_message_alone():
    world = World()
    with pytest.raises((PermanentError, ValueError)):
        await classify(world.deps, pointer("nothing"))
