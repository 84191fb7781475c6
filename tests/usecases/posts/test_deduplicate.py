"""A batch of one tenant's posts becomes part of the organisation's changes."""

import asyncio
import itertools
from datetime import timedelta

import pytest

from shared.core import ids
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Match, Route, Tenant
from shared.core.ports.storage import Row, Write
from shared.record import change_keys
from shared.record.parked import parked_items
from shared.record.redo import redo, transactions
from shared.record.register import read_entry
from shared.usecases.changes.classify import classify
from shared.usecases.posts.deduplicate import deduplicate
from shared.usecases.posts.fetch import fan_out
from shared.usecases.tickets.file_ticket import file_ticket
from tests.fakes import NOW, Lifetime, Mortal, deps_with
from tests.usecases.world import NOVEMBER, OCTOBER, World, batch, policy, post

MANY = [f"MC12{n:05d}" for n in range(60)]


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def revision(when, minute, **over):
    return post(when=when, modified=(NOW + timedelta(minutes=minute)).isoformat(), **over)


async def types(world, change_id="MC1200001"):
    return [event.type for event in (await world.change(change_id)).events]


async def together(running):
    """Everything at once; what met too many conflicts comes again, as the queue would have it."""
    waiting = list(running)
    while waiting:
        results = await asyncio.gather(*(run() for run in waiting), return_exceptions=True)
        for result in results:
            assert result is None or not isinstance(result, BaseException) or isinstance(result, TransientError), result
        waiting = [run for run, result in zip(waiting, results, strict=True) if isinstance(result, TransientError)]


async def test_the_same_batch_twice_changes_nothing_and_sends_what_hangs(world):
    one = batch(*(post(i) for i in MANY))
    await deduplicate(world.deps, one)
    before = {row.key: row.etag for row in await world.all("changes")}
    first = world.queues.take("changes")

    await deduplicate(world.deps, one)

    assert {row.key: row.etag for row in await world.all("changes")} == before
    again = world.queues.take("changes")
    assert [e.body for e in again] == [e.body for e in first] == [{"ids": MANY}]
    for envelope in [*first, *again]:
        await classify(world.deps, envelope)
    await deduplicate(world.deps, one)
    assert not world.queues.take("changes"), "nothing hangs any more"


async def test_two_tenants_with_the_same_changes_at_once_make_each_change_once(world):
    batches = [batch(*(post(i) for i in MANY[:40]), tenant=tenant) for tenant in ("contoso", "fabrikam")]

    await together([lambda b=b: deduplicate(world.worker(), b) for b in batches])

    found = await world.all("changes")
    assert [row.key for row in found if row.key.startswith("c|")] == [change_keys.change_key(i) for i in MANY[:40]]
    assert sum(row.key.startswith("e|") for row in found) == 40
    assert sum(row.key.startswith("t|") for row in found) == 80
    sent = [i for body in world.queues.bodies("changes") for i in body["ids"]]
    assert set(sent) == set(MANY[:40])


async def test_eight_workers_with_the_same_messages_make_one_change_one_ticket_and_one_card_a_channel(world):
    one = batch(post(), post("MC1200002"))
    await together([lambda: deduplicate(world.worker(), one) for _ in range(8)])
    pointers = world.queues.take("changes")
    await together([lambda p=p: classify(world.worker(), p) for p in pointers for _ in range(8)])
    tickets = world.queues.take("tickets")
    assert {(e.body["id"], e.body["effect"]) for e in tickets} == {(f"MC120000{n}", "ticket|crb") for n in (1, 2)}
    await asyncio.gather(*(file_ticket(world.worker(), t) for t in tickets for _ in range(4)), return_exceptions=True)
    await world.drain()

    for change_id in ("MC1200001", "MC1200002"):
        held = await world.held(change_id)
        assert (held.change.revision, held.change.stage) == (1, "decided")
        assert len(held.states) == 3
        assert not [state for state in held.states if state.due or state.claim]
    entries = [read_entry(row) for row in await world.all("register")]
    assert [len(entry.history) for entry in entries] == [2, 2]
    assert len(world.inbox.cards) == 4


async def test_editions_from_two_tenants_at_once_are_both_kept(world):
    await deduplicate(world.deps, batch(post()))
    edits = [
        batch(revision(NOVEMBER, 5), observed=later(10)),
        batch(revision(OCTOBER, 4, title="Another title"), tenant="fabrikam", observed=later(10)),
    ]

    await together([lambda e=e: deduplicate(world.worker(), e) for e in edits])

    change = await world.change()
    assert change.revision == 3
    assert change.post["lastModifiedDateTime"] == later(5).isoformat()


async def test_a_new_post_is_decided_and_a_second_tenants_copy_costs_three_calls():
    world = World()
    await world.arrive(post())
    before = world.tables.calls

    await deduplicate(world.deps, batch(post(), tenant="fabrikam", observed=later(1)))

    assert world.tables.calls - before == 3
    assert not world.queues.sent


async def test_one_new_post_costs_no_more_than_its_budget():
    one_card = Route(team="workplace", routes=(Route(match=Match(crb=True), ticket="crb", cards=("owner",)),))
    world = World(policy(tenants={"contoso": Tenant(plan="plan1")}, routes=one_card))
    known = post("MC1200009", startDateTime="2026-05-01T10:00:00Z")
    world.posts.held = {"contoso": [known]}
    await world.fetch("messages")
    life = Lifetime()
    ports = {name: Mortal(getattr(world.deps.storage, name), life) for name in ("tables", "queues", "blobs")}
    world.deps = deps_with(world.deps, **ports)
    world.posts.held = {"contoso": [known, post()]}

    await fan_out(world.deps, "messages", world.clock())
    await world.drain()

    assert (len(world.inbox.cards), len(await world.all("register"))) == (1, 1)
    assert life.calls <= 27


async def test_an_edit_is_a_revision_with_its_events_and_a_touch_is_none(world):
    await world.arrive(post())
    await world.arrive(revision(OCTOBER, 1), observed=later(1))
    assert (await world.change()).revision == 1

    await world.arrive(revision(NOVEMBER, 2), observed=later(2))

    assert (await world.change()).revision == 2
    assert await types(world) == ["announced", "dates_moved"]


async def test_an_older_edition_that_comes_late_is_history_and_tells_nobody(world):
    await world.arrive(revision(NOVEMBER, 10), observed=later(10))
    told = len(world.inbox.cards)

    await world.arrive(post(), tenant="fabrikam", observed=later(20))

    change = await world.change()
    assert (change.revision, change.post["lastModifiedDateTime"]) == (2, later(10).isoformat())
    assert sorted(await types(world)) == ["announced", "dates_moved"]
    assert all(event.late for event in change.events)
    assert len(world.inbox.cards) == told
    assert change.decision.effects, "the decision stands"
    assert not [state for state in (await world.held()).states if state.due]


async def test_two_editions_in_the_wrong_order_before_anything_was_decided_are_announced_all_the_same():
    world = World()
    await deduplicate(world.deps, batch(revision(NOVEMBER, 10), observed=later(10)))
    await deduplicate(world.deps, batch(post(), tenant="fabrikam", observed=later(20)))

    await world.drain()

    assert len(await world.all("register")) == 1
    assert not any(event.late for event in (await world.change()).events)


async def test_gone_in_two_tenants_at_once_is_gone_and_said_once(world):
    for tenant in ("contoso", "fabrikam"):
        await world.arrive(post(), tenant=tenant)
    lost = [batch(tenant=t, observed=later(30), gone=["MC1200001"]) for t in ("contoso", "fabrikam")]

    await together([lambda b=b: deduplicate(world.worker(), b) for b in [*lost, *lost]])

    assert await types(world) == ["announced", "gone"]
    assert (await world.change()).closed is None


async def test_gone_in_one_of_two_tenants_is_not_gone(world):
    for tenant in ("contoso", "fabrikam"):
        await world.arrive(post(), tenant=tenant)

    await world.arrive(gone=["MC1200001", "MC1999999"], observed=later(30))

    assert await types(world) == ["announced"]
    assert (await world.copy()).gone == later(30)
    assert (await world.copy("fabrikam")).gone is None


async def test_what_is_gone_returns_and_a_delayed_gone_changes_nothing(world):
    await world.arrive(post())
    await world.arrive(gone=["MC1200001"], observed=later(30))
    await world.arrive(post(), observed=later(45))

    await world.arrive(gone=["MC1200001"], observed=later(40))

    assert await types(world) == ["announced", "gone", "returned"]
    assert (await world.copy()).gone is None


async def test_one_that_returns_while_it_is_marked_gone_is_not_gone():
    world = World()
    for tenant in ("contoso", "fabrikam"):
        await world.arrive(post(), tenant=tenant)
    await world.arrive(gone=["MC1200001"], tenant="fabrikam", observed=later(30))
    plain_commit, writes = world.tables.commit, itertools.count()

    async def returning(table, some):
        if next(writes) == 1:  # contoso's row says gone, and the change is about to say so
            world.tables.commit = plain_commit
            await deduplicate(world.worker(), batch(post(), tenant="fabrikam", observed=later(31)))
        await plain_commit(table, some)

    world.tables.commit = returning
    await deduplicate(world.worker(), batch(observed=later(31), gone=["MC1200001"]))

    assert await types(world) == ["announced"]


async def test_the_first_load_is_silent_from_whichever_tenant_it_comes_and_later_events_are_decided(world):
    old = {"startDateTime": "2026-05-01T00:00:00Z"}
    await world.arrive(post(**old))
    await world.arrive(post(**old), tenant="fabrikam", observed=later(5))
    assert (await world.change()).decision.silent
    assert not world.inbox.cards
    assert not await world.all("open"), "what a first load finds is listed at night"

    await world.arrive(revision(NOVEMBER, 20, **old), observed=later(30))

    assert len(await world.all("register")) == 1
    assert len(world.inbox.cards) == 2


@pytest.mark.parametrize("bad", [{"title": "no id"}, {"id": 7}, "text", None, [], {"id": "MC12"}])
async def test_one_bad_item_is_parked_alone_and_the_rest_goes_on(bad):
    world = World()

    await world.arrive(post(), bad, post("MC1200002"))

    assert len(await parked_items(world.deps.storage.tables)) == 1
    assert len(await world.all("register")) == 2


async def test_a_row_that_storage_refuses_is_parked_alone_and_the_rest_done_again():
    world = World()
    world.tables.refuse = {change_keys.change_key(MANY[3]), change_keys.copy_key(MANY[7], "contoso")}

    await world.arrive(*(post(i) for i in MANY))

    assert sorted(item.item for item in await parked_items(world.deps.storage.tables)) == [
        f"{MANY[3]} (contoso)",
        f"{MANY[7]} (contoso)",
    ]
    assert len([key for key in world.tables.keys("changes") if key.startswith("e|")]) == 58
    assert len(await world.all("register")) == 58


async def test_a_post_of_several_megabytes_is_held_or_parked_alone():
    import random

    world = World()
    words = random.Random(3).choices([f"word{n}" for n in range(40_000)], k=700_000)
    large = post(body={"contentType": "text", "content": " ".join(words)})
    assert len(large["body"]["content"]) > 4_000_000
    world.posts.held = {"contoso": [large, post("MC1200002")]}

    await world.fetch("messages")

    assert (await world.change("MC1200002")).stage == "decided"
    known = [key for key in world.tables.keys("changes") if key == change_keys.change_key("MC1200001")]
    assert len(known) + len(await parked_items(world.deps.storage.tables)) == 1


async def test_a_conflict_is_read_again_and_the_pure_step_done_again(world):
    await world.arrive(post())
    edit = batch(revision(NOVEMBER, 5), observed=later(10))
    plain_range, reads = world.tables.range, itertools.count()

    async def interfering(*arguments):
        found = await plain_range(*arguments)
        if next(reads) == 0:  # the other tenant's edit is written between our reading and our writing
            await deduplicate(
                world.worker(), batch(revision(NOVEMBER, 6, title="U"), tenant="fabrikam", observed=later(9))
            )
        return found

    world.tables.range = interfering
    await deduplicate(world.deps, edit)
    del world.tables.range

    change = await world.change()
    assert [edition.tenant for edition in change.editions] == ["contoso", "contoso", "fabrikam"]


async def test_five_conflicts_in_a_row_are_left_for_later():
    tries = itertools.count(1)

    async def step():
        next(tries)
        raise ConflictError("c|1")

    with pytest.raises(TransientError, match="5 times"):
        await redo(step)

    assert next(tries) == 6


def test_transactions_hold_groups_together_a_hundred_rows_and_four_megabytes():
    groups = [[Write("insert", Row("p", f"{n}|{m}", {"b": b"x" * size})) for m in range(3)] for n, size in
              enumerate([10] * 60 + [60_000] * 60)]  # fmt: skip

    packed = list(transactions(groups))

    assert [w for some in packed for w in some] == [w for group in groups for w in group]
    assert max(map(len, packed)) <= 100
    assert all(len(some) % 3 == 0 for some in packed)
    wire = [sum(len(w.row.values["b"]) * 4 // 3 + 500 for w in some) for some in packed]
    assert max(wire) < 4 * 1024 * 1024 - 200_000
    assert not list(transactions([]))


@pytest.mark.parametrize(
    "body", [{}, {"tenant": "contoso"}, {"observed": NOW.isoformat()}, {"tenant": "x", "observed": 3}]
)
async def test_a_batch_without_its_tenant_or_time_is_a_permanent_failure(body):
    with pytest.raises(PermanentError):
        await deduplicate(World().deps, Envelope(body, NOW))


async def test_a_message_whose_successor_was_merged_first_sends_what_hangs_all_the_same():
    world = World()
    await deduplicate(world.deps, batch(post()))
    world.queues.sent.clear()  # it died before it could send
    await deduplicate(world.deps, batch(post(services=["Exchange Online", "Planner"]), observed=later(1)))
    assert not world.queues.sent, "nothing new for the change"

    await deduplicate(world.deps, batch(post()))

    assert world.queues.bodies("changes")


async def test_tasks_that_waited_are_taken_up_although_the_first_delivery_died_before_it():
    world = World()
    await world.tables.commit(
        "tasks", [Write("insert", Row("waiting", f"{ids.key('MC1200001')}|contoso|t", {"etag": "E"}))]
    )
    await deduplicate(world.deps, batch(post()))
    world.queues.sent.clear()

    await deduplicate(world.deps, batch(post()))

    assert world.queues.bodies("tasks") == [{"waiting": [f"{ids.key('MC1200001')}|contoso|t"]}]
