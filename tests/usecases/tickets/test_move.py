"""The change board moves tickets of the built-in register: once, over nobody's newer move, and everything follows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.core.policy.model import Route, TicketSystemEntry
from shared.core.tickets.board import Order, seen_of
from shared.record.audit import newest_entries
from shared.record.closings import closings_in
from shared.record.open_list import open_changes
from shared.record.register import entry_of, move_entry
from shared.usecases.life.lines import every_line
from shared.usecases.tickets.move import LONGEST_WORDS, move_ticket
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.review.test_answers import ANA, BEN, ID
from tests.usecases.world import NOVEMBER, World, policy, post

NUMBER = "CHG1200001"
DAYS = {"start": date(2026, 12, 1), "end": date(2026, 12, 4)}


async def filed(world=None, *posts):
    world = world or World()
    await world.arrive(*(posts or (post(),)))
    world.clock.forward(hours=1)
    return world


async def move(world, what, who=ANA, **over):
    return await move_ticket(world.deps, NUMBER, Order(what, **over), who)


async def entry(world):
    return await entry_of(world.tables, NUMBER)


async def line(world):
    return (await every_line(world.deps)).by_id[ID]


async def audit(world):
    return (await newest_entries(world.tables, world.clock())).entries


async def test_a_ticket_goes_from_new_by_its_approval_to_closed_and_closes_its_change(world):
    await filed(world)
    cards = len(world.inbox.cards)

    for what in ("assess", "authorize", "approve", "implement", "review"):
        assert (await move(world, what)).moved.kind == "counts"
        world.clock.forward(minutes=10)
    assert (await world.change()).closed is None
    at = world.clock()
    closed = await move(world, "close", outcome="successful", words="nobody called")

    assert (closed.moved.kind, closed.moved.entry.state) == ("counts", "closed")
    change = await world.change()
    assert (change.closed.through, change.closed.reference, change.closed.at) == ("ticket", NUMBER, at)
    assert ID not in [each.id async for each in open_changes(world.tables)]
    assert [each.reference for each in await closings_in(world.tables, f"{at:%Y-%m}")] == [NUMBER]
    assert ((await line(world)).closed, (await line(world)).tickets[0].state) == (at, "closed")
    copies = [(each.what, each.who, each.through, each.mark) for each in reversed(await audit(world))]
    moves = ("assess", "authorize", "approve", "implement", "review", "close")
    assert copies == [("move", ANA.id, "page", what) for what in moves]
    await world.drain()
    told = [card.headline for card in world.inbox.cards[cards:]]
    assert sorted(told) == ["Approved by the board: CHG1200001"] * 2
    assert all("Approved by Ana Torres" in card.decided for card in world.inbox.cards[cards:])
    assert await world.follow() == 0  # a quarter of an hour later there is nothing left to take over


async def test_a_rejected_ticket_closes_its_change_with_the_reason(world):
    await filed(world)

    refused = await move(world, "reject")
    rejected = await move(world, "reject", words="no licence")

    assert (refused.moved.kind, rejected.moved.kind) == ("refused", "counts")
    assert (await entry(world)).history[-1][1] == f"new to cancelled by {ANA.id}: no licence"
    state = await world.ticket_state()
    assert (state.ticket.decision, state.ticket.decided_by) == ("rejected", ANA.id)
    assert (await world.change()).closed.through == "ticket"


async def test_what_is_opened_again_opens_its_change(world):
    await filed(world)
    await move(world, "approve")
    await move(world, "close", outcome="successful")
    world.clock.forward(days=2)

    assert (await move(world, "assess", words="it came back")).moved.kind == "counts"

    assert (await world.change()).closed is None
    assert ID in [each.id async for each in open_changes(world.tables)]
    assert (await line(world)).tickets[0].state == "assess"


async def test_the_same_move_again_changes_nothing():
    world = await filed()
    await move(world, "approve")
    before = await entry(world), await world.held(), len(await audit(world)), await world.all("touched")

    again = await move(world, "approve")
    other = await move(world, "approve", BEN)

    assert (again.moved.kind, other.moved.kind) == ("again", "again")
    assert other.names[other.moved.before.who] == "Ana Torres"
    after = await entry(world), await world.held(), len(await audit(world)), await world.all("touched")
    assert (before[0], before[2:]) == (after[0], after[2:])
    assert before[1].row == after[1].row


async def test_a_move_over_somebody_elses_newer_one_says_who_was_faster_and_writes_nothing():
    world = await filed()
    as_ben_sees_it = seen_of(await entry(world))
    await move(world, "assess", ANA, seen=as_ben_sees_it)

    late = await move(world, "approve", BEN, seen=as_ben_sees_it)

    assert (late.moved.kind, late.names[late.moved.before.who]) == ("other", "Ana Torres")
    assert (await entry(world)).state == "assess"
    assert [each.who for each in await audit(world)] == [ANA.id]


async def test_of_two_at_the_same_moment_one_moves_it(world):
    await filed(world)
    seen = seen_of(await entry(world))
    meddled = []

    class Meddling:
        """Somebody else's move lands between our read and our write."""

        def __getattr__(self, name):
            return getattr(world.tables, name)

        async def commit(self, table, writes):
            if table == "register" and not meddled:
                meddled.append(await move_ticket(world.deps, NUMBER, Order("reject", "no", seen=seen), BEN))
            return await world.tables.commit(table, writes)

    mine = await move_ticket(deps_with(world.deps, tables=Meddling()), NUMBER, Order("approve", seen=seen), ANA)

    assert (meddled[0].moved.kind, mine.moved.kind) == ("counts", "other")
    assert mine.names[mine.moved.before.who] == "Ben Ito"
    assert (await entry(world)).state == "cancelled"


async def test_days_that_the_board_set_stay_when_microsoft_moves_its_own():
    """The next edition says November; the ticket keeps the board's days, and its line says them."""
    world = await filed()
    await move(world, "schedule", **DAYS)
    await move(world, "approve")

    world.clock.forward(days=1)
    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))

    kept = await entry(world)
    assert (kept.planned_start, kept.planned_end) == (DAYS["start"], DAYS["end"])
    assert (kept.proposed_start, kept.proposed_end) == (date(2026, 11, 1), date(2026, 11, 30))
    ticket = (await line(world)).tickets[0]
    assert (ticket.planned_start, ticket.planned_end) == (DAYS["start"], DAYS["end"])

    await move(world, "schedule")  # as Microsoft's again

    assert (await entry(world)).planned_start == date(2026, 11, 1)
    assert (await line(world)).tickets[0].planned_start is None


async def test_days_that_nobody_set_move_with_the_post():
    world = await filed()
    await move(world, "approve")
    await world.arrive(post(when=NOVEMBER, modified="2026-09-02T10:00:00Z"))

    assert (await entry(world)).planned_start == date(2026, 11, 1)
    assert (await line(world)).tickets[0].planned_start is None


async def test_the_line_says_the_risk_of_the_ticket():
    world = await filed()

    assert (await line(world)).tickets[0].risk == (await entry(world)).risk != ""


async def test_a_move_from_the_command_line_is_seen_at_the_next_one():
    world = await filed()
    seen = seen_of(await entry(world))
    await move_entry(world.tables, NUMBER, "assess", "", world.clock(), "Ops")

    late = await move(world, "approve", seen=seen)

    assert late.moved.kind == "other"
    assert late.moved.before.who == "Ops"
    assert (await line(world)).tickets[0].state == "assess"  # the board shows what is true from now on


async def test_a_ticket_that_is_not_there_is_moved_by_nobody():
    world = await filed()

    assert await move_ticket(world.deps, "CHG1299999", Order("approve"), ANA) is None
    assert await move_ticket(world.deps, "what", Order("approve"), ANA) is None


async def test_a_ticket_of_a_post_on_data_privacy_is_moved_by_its_readers_alone():
    rules = policy(tickets={"crb": TicketSystemEntry(kind="register", privacy=True)})
    world = await filed(World(rules), post(tags=["Retirement", "Data privacy"], title="Data privacy: a viewer"))
    if await entry(world) is None:
        pytest.fail("the policy files it")

    assert await move(world, "approve") is None
    assert (await entry(world)).state == "new"
    seen = await move_ticket(world.deps, NUMBER, Order("approve"), ANA, privacy=True)
    assert seen.moved.kind == "counts"


async def test_words_without_end_are_cut():
    world = await filed()
    await move(world, "reject", words="x" * 100_000)

    assert len((await entry(world)).history[-1][1]) < LONGEST_WORDS + 100


async def test_a_ticket_whose_change_is_closed_on_its_page_stays_a_ticket():
    from shared.usecases.review.decide import Speaker, close_or_open

    world = await filed()
    await close_or_open(world.deps, ID, "close", Speaker(ANA, "messaging"))
    await world.drain()

    assert (await move(world, "approve")).moved.kind == "counts"

    assert (await world.change()).closed.through == "page"
    assert (await world.ticket_state()).ticket.state == "scheduled"


# What it costs, and what a death leaves.

COSTS = [
    (["assess"], 8),
    (["approve"], 8 + 2),  # and a pointer to each channel's card
    (["schedule"], 8),
    (["approve", "implement"], 8),
    (["reject"], 8 + 4 + 2),  # the change is closed, and the decision is told
    (["approve", "close"], 8 + 4),
]


@pytest.mark.parametrize(("moves", "most"), COSTS)
async def test_a_move_costs_at_most_eight_calls_and_four_more_where_it_closes_the_change(moves, most):
    world = await filed()
    await move(world, "schedule", BEN, start=date(2026, 11, 3))
    await move(world, "assess", ANA)  # she is known
    await move(world, "authorize", ANA)
    fits = {"reject": {"words": "no"}, "close": {"outcome": "successful"}, "schedule": DAYS}
    for what in moves[:-1]:
        await move(world, what, **fits.get(what, {}))
    await world.drain()
    calls, sent = world.tables.calls, len(world.queues.sent)

    assert (await move(world, moves[-1], **fits.get(moves[-1], {}))).moved.kind == "counts"

    policy_ = 1  # is read once a minute
    assert world.tables.calls - calls + len(world.queues.sent) - sent + policy_ <= most


@pytest.mark.parametrize("after", [False, True])
async def test_killed_at_every_call_the_ticket_is_moved_once_or_not_at_all(after):
    """Pressed again, or never again: then the timer makes good what was begun."""
    for calls in range(20):
        died = False
        for presses_again in (True, False):
            world = await filed()
            await move(world, "approve")
            await world.drain()
            life = Lifetime(calls, after=after)
            mortal = deps_with(world.deps, tables=Mortal(world.tables, life), queues=Mortal(world.queues, life))
            order = Order("close", outcome="successful")
            try:
                await move_ticket(mortal, NUMBER, order, ANA)
            except DiedError:
                died = True
            if presses_again:
                assert (await move_ticket(world.deps, NUMBER, order, ANA)).moved.kind in {"counts", "again"}
            await world.follow()
            await world.mend()

            held = await entry(world)
            closed = held.state == "closed"
            assert closed or not presses_again, calls
            assert sum("to closed" in text for _, text in held.history) == closed
            assert bool((await world.change()).closed) == closed
            assert ((await line(world)).closed is not None) == closed, calls
            copies = [each for each in await audit(world) if each.mark == "close"]
            assert len(copies) == closed or (not presses_again and not copies)
        if not died:
            return
    pytest.fail("it needs more calls than this test kills it at")


async def test_the_moment_of_a_move_is_the_clocks():
    world = await filed()
    world.clock.now = datetime(2026, 10, 1, 12, tzinfo=UTC)
    await move(world, "approve")

    assert (await entry(world)).decided_at == world.clock() == (await world.ticket_state()).ticket.decided_at
    assert (await world.ticket_state()).ticket.moved_at - world.clock() < timedelta(seconds=1)


async def test_a_ticket_of_a_register_that_the_policy_has_no_more_is_not_moved():
    world = await filed()
    world.policy.policy = policy(tickets={}, routes=Route(team="workplace"))

    done = await move(world, "cancel", words="not ours")

    assert (done.moved.kind, "would not follow" in done.moved.why) == ("refused", True)
    assert (await entry(world)).state == "new"
