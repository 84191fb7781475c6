"""Two posts that are one announcement: relations are kept, and there are never two open tickets for it."""

import asyncio
import gzip
import json
import random
from datetime import timedelta
from itertools import permutations, product

import pytest

from shared.core.changes.relations import Relation
from shared.core.errors import TransientError
from shared.core.messages import Envelope, encode
from shared.core.policy.model import Match, Route
from shared.core.ports.storage import Row, Write
from shared.core.terms import ENDED
from shared.record import changes
from shared.record.register import read_entry
from shared.record.relations import relation_row
from shared.usecases.delivery.deliver import deliver
from shared.usecases.pages import change
from shared.usecases.tickets.file_ticket import file_ticket
from shared.usecases.upkeep.mend_walk import Mended
from tests.core.changes.test_relations import HISTORY, PUBLIC
from tests.fakes import deps_with
from tests.usecases.test_crashes import DyingWorld, picture
from tests.usecases.world import HANDLERS, World, batch, policy, post

OLD, NEW = "MC1200001", "MC1300001"  # in two partitions
REFERS = "Please refer to MC1300001 regarding this change, moving forward."
DUPLICATE = "After further review, this item is a duplicate of MC1300001."


def first(change_id=OLD, **over):
    return post(change_id, **over)


def yields(words=REFERS):
    """The old post, once it says that another one takes its place."""
    raw = post(OLD, modified="2026-09-01T08:00:00Z")
    raw["body"]["content"] = f"<p>Updated September 1, 2026: {words}</p>" + raw["body"]["content"]
    return raw


def replaces(**over):
    """The new post, which says that it takes the old one's place."""
    raw = post(NEW, title="Retirement of the viewer (new info)", **over)
    raw["body"]["content"] = f"<p>This message replaces {OLD}.</p>" + raw["body"]["content"]
    return raw


def new(**over):
    return post(NEW, title="Retirement of the viewer (new info)", **over)


ALWAYS = Route(team="workplace", ticket="crb")
"""Files a ticket for a post that has yielded, too."""


async def tickets(world):
    return {row.key: read_entry(row) for row in await world.all("register")}


async def open_tickets(world):
    return [number for number, entry in (await tickets(world)).items() if entry.state not in ENDED]


async def settled(world):
    """Nothing is due, nothing is parked, one ticket is open, and a night changes nothing."""
    for change_id in (OLD, NEW):
        for state in (await world.held(change_id)).states:
            assert not state.due, (change_id, state)
            assert not state.parked
    assert len(await open_tickets(world)) == 1
    await world.mend()
    assert await world.mend() == Mended(full=True)
    assert len(await open_tickets(world)) == 1
    await world.follow()
    old = await world.held(OLD)
    assert old.change.closed or "ticket|crb" not in old.effects
    assert not (await world.change(NEW)).closed
    assert [row.key for row in await world.all("open")] == ["0001300001"]


@pytest.mark.parametrize("words", [REFERS, DUPLICATE])
async def test_the_ticket_follows_to_the_post_that_comes_later(words):
    world = World()
    await world.arrive(first())
    await world.arrive(yields(words))
    assert await open_tickets(world) == ["CHG1200001"], "until the other one is there the ticket stays open"

    await world.arrive(new())

    await settled(world)
    (entry,) = (await tickets(world)).values()
    assert (entry.number, entry.change_id, entry.title) == (
        "CHG1200001", NEW, f"{NEW} Retirement of the viewer (new info)",
    )  # fmt: skip
    assert sum("Takes the place of MC1200001" in text for _, text in entry.history) == 1
    old, adopted = await world.ticket_state(OLD), await world.ticket_state(NEW)
    assert (old.ticket.followed_by, old.ticket.number) == (NEW, "CHG1200001")
    assert (adopted.ticket.adopted_from, adopted.ticket.number, adopted.ticket.key) == (OLD, "CHG1200001", entry.key)
    assert adopted.ticket.opened_at == old.ticket.opened_at


async def test_the_ticket_follows_to_a_post_that_says_it_replaces():
    world = World()
    await world.arrive(first())

    await world.arrive(replaces())

    await settled(world)
    assert (await world.ticket_state(NEW)).ticket.number == "CHG1200001"
    assert (await world.change(OLD)).closed.through == "ticket"


async def test_where_both_have_a_ticket_the_one_that_yields_is_noted_and_cancelled():
    world = World()
    await world.arrive(first(), new())
    assert len(await open_tickets(world)) == 2

    await world.arrive(yields())

    await settled(world)
    held = await tickets(world)
    assert {number: entry.state for number, entry in held.items()} == {"CHG1200001": "cancelled", "CHG1300001": "new"}
    assert any("goes on as MC1300001 in ticket CHG1300001" in text for _, text in held["CHG1200001"].history)
    assert sum("Takes the place of MC1200001" in text for _, text in held["CHG1300001"].history) == 1


async def test_a_post_that_yields_from_its_first_day_opens_no_ticket_beside_the_other():
    world = World(policy(routes=ALWAYS))
    await world.arrive(new())

    await world.arrive(yields())

    await settled(world)
    assert list(await tickets(world)) == ["CHG1300001"]
    assert (await world.ticket_state(OLD)).ticket.followed_by == NEW


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_every_order_and_repetition_ends_with_one_ticket(order):
    messages = [first(), yields(), new(), replaces(modified="2026-09-01T08:30:00Z")]
    for drained, routes in product((True, False), (policy().routes, ALWAYS)):
        world = World(policy(routes=routes))
        for index in (*order, *reversed(order)):
            at = world.clock() + timedelta(minutes=index)
            await world.deps.storage.queues.send("posts", batch(messages[index], observed=at))
            if drained:
                await world.drain()
        await world.drain()

        await settled(world)


async def test_a_ticket_that_is_being_worked_on_is_waited_for():
    world = World()
    await world.arrive(first())
    await world.arrive(yields())
    row = (await world.held(OLD)).effects["ticket|crb"][1]
    until = (world.clock() + timedelta(seconds=77)).isoformat()
    claim = {"claim_owner": "other", "claim_until": until}
    await world.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, claim, row.etag))])
    await world.arrive_only(new())

    with pytest.raises(TransientError, match=OLD):
        await file_ticket(world.worker(), Envelope({"id": NEW, "effect": "ticket|crb"}, world.clock()))
    assert (await world.ticket_state(NEW)).claim is None, "who only waited leaves no claim to be looked up"
    await world.drain()

    await settled(world)
    assert list(await tickets(world)) == ["CHG1200001"]


async def test_a_ticket_that_is_still_due_is_waited_for():
    world = World(policy(routes=ALWAYS))
    await world.arrive_only(yields())
    world.queues.take("tickets")
    await world.arrive_only(new())
    pointer = Envelope({"id": NEW, "effect": "ticket|crb"}, world.clock())

    with pytest.raises(TransientError):
        await file_ticket(world.worker(), pointer)
    await file_ticket(world.worker(), Envelope({"id": OLD, "effect": "ticket|crb"}, world.clock()))
    await world.drain()

    assert await open_tickets(world) == ["CHG1300001"]
    await settled(world)


async def test_a_relation_that_is_stated_while_the_ticket_is_filed_is_told_afterwards():
    world = World()
    await world.arrive(first())
    await world.arrive_only(new())
    register, pointer = world.register(), world.queues.take("tickets")[0]
    world.systems["crb"] = register
    plain_open = register.open

    async def open_slowly(ticket):
        register.open = plain_open
        await world.arrive_only(yields())
        return await plain_open(ticket)

    register.open = open_slowly
    await file_ticket(world.worker(), pointer)
    state = await world.ticket_state(NEW)
    edition = state.effect.edition
    assert (state.done, state.due, state.due_because) == (edition, edition, OLD)
    await world.drain()

    await settled(world)
    assert (await tickets(world))["CHG1200001"].state == "cancelled"


async def test_a_chain_ends_at_its_last_post():
    world = World()
    await world.arrive(first())
    await world.arrive(yields())
    await world.arrive(new())
    last = post("MC1400001")
    last["body"]["content"] = f"<p>This message replaces {NEW}.</p>" + last["body"]["content"]

    await world.arrive(last)

    (entry,) = (await tickets(world)).values()
    assert (entry.number, entry.change_id, entry.state) == ("CHG1200001", "MC1400001", "new")
    assert (await world.ticket_state(NEW)).ticket.followed_by == "MC1400001"
    assert (await world.ticket_state("MC1400001")).ticket.number == "CHG1200001"


async def test_the_other_post_takes_the_ticket_over_though_its_own_policy_asks_for_none():
    routes = Route(team="workplace", routes=(Route(match=Match(service="Exchange Online"), ticket="crb"),))
    for order in permutations((0, 1, 2)):
        world = World(policy(routes=routes))
        messages = [first(), yields(), new(services=["Microsoft Teams"])]
        for index in order:
            await world.arrive(messages[index])
        await world.mend()

        held = await tickets(world)
        assert {entry.change_id for entry in held.values() if entry.state not in ENDED} == {NEW}, order
        await settled(world)


async def test_a_followed_ticket_is_left_alone_and_its_successor_is_amended():
    world = World()
    await world.arrive(first())
    await world.arrive(yields())
    await world.arrive(new())
    before = await tickets(world)

    moved = yields(REFERS + " Thank you.")
    await world.arrive(moved | {"lastModifiedDateTime": "2026-09-01T09:30:00Z"})
    assert await tickets(world) == before
    await world.arrive(new(modified="2026-09-01T09:40:00Z", when="We will begin in early December 2026."))

    (entry,) = (await tickets(world)).values()
    assert (entry.number, entry.change_id) == ("CHG1200001", NEW)
    assert any("Microsoft moved" in text for _, text in entry.history)
    await settled(world)


async def test_a_ticket_that_the_board_closed_is_not_taken_over():
    world = World()
    await world.arrive(first())
    from shared.record.register import move_entry

    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())
    await world.follow()
    await world.arrive(replaces())

    assert {n: e.state for n, e in (await tickets(world)).items()} == {"CHG1200001": "closed", "CHG1300001": "new"}


async def test_the_board_closes_the_new_change_with_the_adopted_ticket():
    from shared.record.register import move_entry

    world = World()
    await world.arrive(first())
    await world.arrive(replaces())
    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())

    await world.follow()

    assert (await world.change(NEW)).closed.reference == "CHG1200001"
    assert not await world.all("open")
    assert len(await world.all("closings")) == 2


async def test_a_back_reference_only_relates():
    world = World()
    later = new()
    later["body"]["content"] += f"<p>As communicated in {OLD}, the viewer leaves.</p>"

    await world.arrive(first(), later)

    assert len(await open_tickets(world)) == 2
    view = await change.change(world.deps, OLD)
    assert [(one.kind, one.other) for one in view.related] == [("referred_by", NEW)]
    view = await change.change(world.deps, NEW)
    assert [(one.kind, one.other) for one in view.related] == [("refers_to", OLD)]


async def test_both_pages_tell_who_takes_whose_place():
    world = World()
    await world.arrive(yields(), new())

    old, later = await change.change(world.deps, OLD), await change.change(world.deps, NEW)
    assert [(one.kind, one.other, one.said_here) for one in old.related] == [("superseded_by", NEW, True)]
    assert [(one.kind, one.other, one.said_here) for one in later.related] == [("supersedes", OLD, False)]
    assert "moving forward" in later.related[0].words


async def test_the_night_finds_two_open_tickets_for_one_announcement():
    world = World()
    await world.arrive(first(), new())
    said = Relation(OLD, "supersedes", NEW, "replaces it", 0.9)
    await world.tables.commit(changes.TABLE, [Write("insert", relation_row(said))])

    assert (await world.mend()).relations == 1

    assert await open_tickets(world) == ["CHG1300001"]
    await settled(world)


async def test_the_night_finds_re_issues_and_is_quiet_after_that():
    world = World()
    again = post("MC1300001", startDateTime="2026-12-20T10:00:00Z", title="(Updated) Retirement of the old viewer")
    await world.arrive(first(), again)

    assert (await world.mend()).relations == 2

    assert (await world.mend()).relations == 0
    view = await change.change(world.deps, NEW)
    assert [(one.kind, one.other) for one in view.related] == [("reissue_of", OLD)]
    view = await change.change(world.deps, OLD)
    assert [(one.kind, one.other) for one in view.related] == [("reissued_as", NEW)]
    assert len(await open_tickets(world)) == 2, "what nobody states only links"


async def test_a_post_that_says_nothing_of_others_costs_one_read_more():
    world = World()
    await world.arrive_only(post())
    before = world.tables.calls
    await file_ticket(world.worker(), world.queues.take("tickets")[0])

    # what is down (a process asks once a minute), read, claim, relations, tenants, ticket, record, lists
    assert world.tables.calls - before == 8


class Uneven:
    """Tables whose calls take turns in an order that chance decides, so that workers really meet."""

    def __init__(self, inner, chance):
        self._inner, self._chance = inner, chance

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        return found if name == "scan" else lambda *args, **named: self._call(found(*args, **named))

    async def _call(self, running):
        for _ in range(self._chance.randrange(6)):
            await asyncio.sleep(0)
        return await running


async def all_at_once(world):
    """Every message that is there is handled at the same time, until none is left."""
    while world.queues.sent:
        world.clock.forward(seconds=min(delay for _, _, delay in world.queues.sent))
        sent, world.queues.sent = list(world.queues.sent), []
        await asyncio.gather(*(deliver(world.worker(), q, encode(e), HANDLERS[q]) for q, e, _ in sent))


@pytest.mark.parametrize("routes", [policy().routes, ALWAYS], ids=["board", "always"])
async def test_workers_that_meet_leave_one_ticket(routes):
    for seed in range(40):
        world = World(policy(routes=routes))
        chance = random.Random(seed)
        world.deps = deps_with(world.deps, tables=Uneven(world.tables, chance))
        messages = [first(), yields(), new(), replaces(modified="2026-09-01T08:30:00Z")][: chance.choice([3, 4])]
        for raw in messages[: chance.randrange(2)]:
            await world.deps.storage.queues.send("posts", batch(raw))
            await all_at_once(world)
        for raw in messages:
            await world.deps.storage.queues.send("posts", batch(raw, observed=world.clock() + timedelta(seconds=1)))
        await all_at_once(world)
        if chance.random() < 0.5:
            await world.mend()

        assert len(await open_tickets(world)) == 1, seed
        await settled(world)


# Death at every call.


async def one_by_one(world):
    """The old one filed, then it yields, then the new one comes."""
    world.posts.held = {"contoso": [first()], "fabrikam": []}
    await world.timer(world.fetch)
    for held in ([yields()], [yields(), new()]):
        world.clock.forward(minutes=15)
        world.posts.held["contoso"] = held
        await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    await world.timer(world.follow)


async def filed_before(world):
    world.posts.held = {"contoso": [first(), new()], "fabrikam": []}
    await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    world.posts.held["contoso"] = [yields(), new()]
    await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    await world.timer(world.follow)


async def said_by_the_new_one(world):
    world.posts.held = {"contoso": [first()], "fabrikam": []}
    await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    world.posts.held["contoso"] = [first(), replaces()]
    await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    await world.timer(world.follow)


def board(seen):
    return {number: (key, state) for number, key, _, state, _ in seen["tickets"]}


@pytest.mark.parametrize("story", [one_by_one, filed_before, said_by_the_new_one])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_leaves_one_ticket_and_the_same_record(story, after):
    whole = DyingWorld()
    await story(whole)
    await whole.mend()
    await whole.follow()
    expected = await picture(whole)
    assert sum(state not in ENDED for _, state in board(expected).values()) == 1
    for calls in range(whole.life.calls):
        world = DyingWorld(calls, after=after)
        await story(world)
        await world.timer(world.mend)
        await world.timer(world.follow)
        seen = await picture(world)
        assert board(seen) == board(expected), f"died at call {calls + 1}"
        assert seen == expected, f"died at call {calls + 1}"


@pytest.mark.skipif(not HISTORY.is_file(), reason="the public posts are not beside this clone")
async def test_the_public_cases_never_keep_two_open_tickets():
    world = World(policy(routes=ALWAYS))
    with gzip.open(HISTORY, "rt") as lines:
        for line in lines:
            held = json.loads(line) if any(f'"{change_id}"' in line for change_id in PUBLIC) else None
            if held and held["post"]["id"] in PUBLIC and held["observed"] < "2026":
                await world.arrive(held["post"])
    await world.mend()
    await world.follow()

    held = (await tickets(world)).values()
    assert sorted(entry.change_id for entry in held if entry.state not in ENDED) == [
        "MC1053121", "MC1136042", "MC1143699",
    ]  # fmt: skip
