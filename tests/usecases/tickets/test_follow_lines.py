"""Tickets are followed by lines: the same as by the record, at a few calls, whenever a process dies."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.life.followed import KIND
from shared.core.life.line import Line
from shared.core.policy.model import Closing
from shared.core.ports.storage import Row, Write
from shared.core.tickets.register import number_of
from shared.core.tickets.ticket import TicketRef
from shared.record.lists import LAG, LIVE, put_listings, read_listing
from shared.record.people import KnownPerson
from shared.record.register import entries, entries_of, entry_row, move_entry, said_of
from shared.usecases.deps import ListMemory
from shared.usecases.review.decide import Speaker, close_or_open
from shared.usecases.tickets.follow import follow_tickets
from shared.usecases.upkeep.lists import index
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import CANCELLED, World, policy, post

ANA = Speaker(KnownPerson("0f8e0000-0000-4000-8000-000000000001", "Ana Torres", "ana@contoso.example"), "messaging")
STATES = ("assess", "authorize", "scheduled", "implement", "review", "closed", "cancelled")


async def listed(*posts):
    """A world with tickets, its lists, and everything followed once."""
    world = World()
    await world.arrive(*(posts or (post(),)))
    await index(world.deps)
    await world.follow()
    await later(world)
    return world


async def later(world, **span):
    """The next quarter of an hour; what was touched before is taken over."""
    world.clock.forward(**(span or {"minutes": 15}))
    await index(world.deps)


async def move(world, state, number="CHG1200001"):
    await move_entry(world.tables, number, state, "", world.clock())


async def calls(world):
    before = world.tables.calls
    await follow_tickets(world.deps)
    return world.tables.calls - before


async def test_while_nothing_moves_no_change_is_read_however_many_there_are():
    many = [f"MC{1_200_000 + 20_000 * number}" for number in range(40)]
    world = await listed(*(post(change_id) for change_id in many))

    assert await calls(world) == 1


async def test_only_what_has_moved_is_read_and_written():
    many = [f"MC{1_200_000 + 20_000 * number}" for number in range(40)]
    world = await listed(*(post(change_id) for change_id in many))
    before = {(row.key, row.etag) for row in await world.all("changes")}
    await move(world, "scheduled", number_of(many[7]))

    assert await world.follow() == 1
    await later(world)

    written = {row.key for row in await world.all("changes") if (row.key, row.etag) not in before}
    assert {key[2:12] for key in written} == {"0001340000"}
    assert await calls(world) == 1


async def test_a_ticket_that_was_written_to_since_is_looked_at_again():
    """The board may have given the same answer before: between the two the record was another."""
    world = await listed()
    await move(world, "closed")
    await world.follow()
    await later(world)
    assert (await world.change()).closed
    effect = (await world.held()).effects["ticket|crb"]
    seen = {"state": "assess", "turn": effect.row.values["turn"] + 1}
    row = Row(effect.row.partition, effect.row.key, seen, effect.row.etag)
    await world.tables.commit("changes", [Write("merge", row)])  # as a filing does that opens it again
    await world.mend()
    await later(world)

    assert await world.follow() == 1

    assert (await world.ticket_state()).ticket.state == "closed"


async def test_lines_of_the_version_before_are_looked_at_once():
    world = await listed(post(), post("MC1220000"))
    known = await read_listing(world.blobs, LIVE)
    old = [Line(line.id, tuple(p for p in line.parts if p.kind != KIND)) for line in known.lines.values()]
    for day in await world.all("touched"):
        await world.tables.commit("touched", [Write("delete", day)])
    await put_listings(world.blobs, old, old, world.clock() - LAG, "before")
    world.deps.here.lists.live = None
    before = {(row.key, row.etag) for row in await world.all("changes")}

    assert await world.follow() == 0
    await later(world)

    assert await calls(world) == 2  # of the register
    assert {(row.key, row.etag) for row in await world.all("changes")} == before


async def test_what_was_filed_as_cancelled_closes_its_change_though_the_run_that_did_so_died():
    """A filing that dies before it settles: its line says what the ticket is."""
    world = await listed()
    effect = (await world.held()).effects["ticket|crb"]
    seen = {"state": "cancelled", "done_at": world.clock().isoformat(), "turn": effect.row.values["turn"] + 1}
    row = Row(effect.row.partition, effect.row.key, seen, effect.row.etag)
    await world.tables.commit("changes", [Write("merge", row)])
    await move(world, "cancelled")

    await world.follow()

    assert (await world.change()).closed.through == "ticket"
    assert not await world.all("open")


async def test_a_change_that_a_person_opened_again_is_not_looked_at_for_ever():
    world = await listed()
    await move(world, "closed")
    await world.follow()
    world.clock.forward(hours=1)
    await close_or_open(world.deps, "MC1200001", "reopen", ANA)
    await world.drain()
    for _ in range(2):
        await later(world)
        await world.follow()
    await later(world)
    assert (await world.change()).closed is None

    assert await calls(world) == 0


async def test_another_policy_settles_what_the_one_before_left_open():
    world = World(policy(closing=Closing(through=("page",))))
    await world.arrive(post())
    await index(world.deps)
    await move(world, "closed")
    for _ in range(2):
        await world.follow()
        await later(world)
    assert (await world.change()).closed is None
    assert await calls(world) == 0

    world.policy.policy = policy()
    await world.follow()

    assert (await world.change()).closed.through == "ticket"


async def test_a_list_that_is_damaged_is_not_believed():
    world = await listed()
    world.blobs.held["lists", LIVE] = b"no list"
    await move(world, "closed")

    assert await world.follow() == 1
    assert (await world.change()).closed


async def test_a_ticket_that_went_to_another_change_is_asked_for_once():
    class Old:
        searches_late = 0.0

        def __init__(self):
            self.asked = []

        async def open(self, ticket):
            return TicketRef(f"T-{ticket.change_id}", "u", "new")

        async def states(self, numbers):
            self.asked += numbers
            return {number: TicketRef(number, "u", "closed") for number in numbers}

    world = World()
    world.systems["crb"] = system = Old()
    await world.arrive(post(), post("MC1220000"))
    for change_id, changed in (("MC1200001", {"followed_by": "MC1220000"}), ("MC1220000", {"number": "T-MC1200001"})):
        effect = (await world.held(change_id)).effects["ticket|crb"]
        row = Row(effect.row.partition, effect.row.key, {**changed, "state": "new"}, effect.row.etag)
        await world.tables.commit("changes", [Write("merge", row)])
    await index(world.deps)

    await world.follow()

    assert system.asked == ["T-MC1200001"]
    assert (await world.ticket_state("MC1220000")).ticket.state == "closed"
    assert (await world.ticket_state()).ticket.state == "new"


async def a_story(world, chance, *, lists):
    """Some weeks of a board: moves, changes that people close and open, what Microsoft cancels; then what stands."""
    many = [f"MC{1_200_000 + 9_000 * number}" for number in range(6)]
    await world.arrive(*(post(change_id) for change_id in many))
    for _ in range(14):
        for change_id in many:
            match chance.randrange(8):
                case 0 | 1 | 2:
                    await move(world, chance.choice(STATES), number_of(change_id))
                case 3:
                    await close_or_open(world.deps, change_id, chance.choice(("close", "reopen")), ANA)
                    await world.drain()
                case 4:
                    stamp = world.clock().isoformat()
                    await world.arrive(post(change_id, when=CANCELLED, modified=stamp))
        world.clock.forward(hours=chance.choice((1, 30, 300)))
        if lists:
            await index(world.deps)
        await world.follow()
    return {
        "changes": {change_id: await _standing(world, change_id) for change_id in many},
        "open": sorted((row.key, row.values["reference"]) for row in await world.all("open")),
        "closings": sorted((row.partition, row.key, row.values["through"]) for row in await world.all("closings")),
        "cards": sorted(zip(world.inbox.channels, (card.headline for card in world.inbox.cards), strict=True)),
    }


async def _standing(world, change_id):
    held = await world.held(change_id)
    closed = held.change.closed
    return (
        closed and (closed.through, closed.reference, closed.at), held.change.closings,
        [(s.effect.key, s.due, s.done_at, replace(s.ticket, opened_at=None)) for s in held.states],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
async def test_lines_find_the_same_as_the_record(seed):
    by_lines = await a_story(World(), random.Random(seed), lists=True)
    by_record = await a_story(World(), random.Random(seed), lists=False)

    assert by_lines == by_record


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("state", ["scheduled", "closed"])
async def test_a_run_that_dies_is_done_again_by_the_next_one(state, after):
    async def story(call=None):
        world = await listed(post(), post("MC1230000"))
        for number in ("CHG1200001", "CHG1230000"):
            await move(world, state, number)
        alive, life = world.deps, Lifetime(call, after=after)
        ports = {"tables": world.tables, "queues": world.queues, "blobs": world.blobs}
        world.deps = deps_with(alive, lists=ListMemory(), **{name: Mortal(port, life) for name, port in ports.items()})
        died = False
        try:
            await follow_tickets(world.deps)
        except DiedError:
            died = True
        world.deps = deps_with(alive, lists=ListMemory())
        await world.drain()
        await later(world)
        await world.follow()
        await later(world)
        lines = (await read_listing(world.blobs, LIVE)).lines
        held = [await world.held(change_id) for change_id in ("MC1200001", "MC1230000")]
        told = sorted(zip(world.inbox.channels, (card.headline for card in world.inbox.cards), strict=True))
        picture = (
            [(each.change.closed and each.change.closed.through, each.change.closings) for each in held],
            [(s.effect.key, s.due, s.done, s.ticket.state) for each in held for s in each.states],
            sorted(row.key for row in await world.all("open")),
            sorted(row.key for row in await world.all("closings")),
            [(line.closings, [t.state for t in line.tickets]) for line in lines.values()],
        )
        return picture, told, died, life.calls, await calls(world)

    undisturbed, cards, _, many, quiet = await story()
    assert quiet == 2  # a range of the register for each of two partitions
    for call in range(many):
        picture, told, died, _, rest = await story(call)
        assert died
        assert picture == undisturbed, f"died at call {call}"
        assert set(told) == set(cards)
        assert rest == quiet


async def test_two_at_once_take_over_once():
    world = await listed()
    await move(world, "closed")
    other = deps_with(world.worker(), lists=ListMemory())

    async def meanwhile():
        await follow_tickets(other)

    world.tables.interfere = meanwhile
    await follow_tickets(world.deps)

    assert [(row.values["change"], row.values["number"]) for row in await world.all("closings")] == [("MC1200001", 1)]
    assert not await world.all("open")


@pytest.mark.parametrize("seed", range(5))
async def test_what_the_register_says_by_columns_is_what_its_tickets_say(seed):
    chance = random.Random(seed)
    world = World()
    many = [f"MC{1_200_000 + chance.randrange(40) * 9_000 + number}" for number in range(30)]
    await world.arrive(*(post(change_id) for change_id in many))
    for change_id in many:
        for _ in range(chance.randrange(3)):
            await move(world, chance.choice(STATES), number_of(change_id))
            world.clock.forward(minutes=1)
        if chance.random() < 0.3:  # as a version before wrote it
            (found,) = (await entries_of(world.tables, [number_of(change_id)])).values()
            row = entry_row(found)
            names = ("decision", "decided_by", "decided_at", "proposed_start", "proposed_end")
            world.tables.put("register", replace(row, values={k: v for k, v in row.values.items() if k not in names}))
    numbers = [number_of(each) for each in [*many, "MC7777777"]]

    for some in (numbers, numbers[:2], numbers[-1:], []):
        said = await said_of(world.tables, some)
        assert said == {number: entry.said for number, entry in (await entries_of(world.tables, some)).items()}


async def test_twenty_six_hundred_tickets_are_asked_for_in_few_calls(storage_of_its_own):
    world = World()
    await world.arrive(post())
    (first,) = await entries(world.tables)
    for number in range(300):
        change_id = f"MC{1_000_000 + 20_000 * number}"
        over = {"number": number_of(change_id), "change_id": change_id, "state": "closed" if number % 3 else "new"}
        world.tables.put("register", entry_row(replace(first, **over, closed=world.clock() if number % 3 else None)))
    before = world.tables.calls

    said = await said_of(world.tables, [number_of(f"MC{1_000_000 + 20_000 * number}") for number in range(300)])

    assert len(said) == 300
    assert world.tables.calls - before == 2  # pages, in storage: a thousand rows each


def test_a_watched_ticket_is_forgotten_thirty_days_after_its_closing():
    from shared.core.life.followed import questions
    from shared.core.life.line import part_of
    from tests.fakes import NOW

    def asked(days, through="ticket"):
        closing = part_of("closing", "00000002", {"at": (NOW - timedelta(days=days)).isoformat(), "through": through})
        ticket = part_of("ticket|crb", "00000003", {"number": "T1", "state": "closed", "ended": True})
        return dict(questions([Line("MC1200001", (closing, ticket))], policy(), NOW).by_system)

    assert [bool(asked(days)) for days in (0, 29, 31)] == [True, True, False]
    assert [bool(asked(1, through)) for through in ("page", "task", "lapsed")] == [True, False, False]
