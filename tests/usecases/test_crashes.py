"""A process may die between any two calls to storage: what remains is what an undisturbed run leaves."""

from dataclasses import replace

import pytest

from shared.core.tickets.ticket import TicketRef
from shared.record.register import move_entry, read_entry
from shared.usecases.deps import ListMemory
from shared.usecases.life.lines import every_line
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import NOVEMBER, World, done, post, task


class Remote:
    """A ticket system that makes another ticket whenever it is asked to, and knows them by our key."""

    searches_late = 0.0

    def __init__(self, clock):
        self.clock = clock
        self.tickets = {}

    def ref(self, number):
        state, ended = self.tickets[number][1:3]
        return TicketRef(number, f"https://remote.example/{number}", state, ended)

    async def find(self, key):
        return next((self.ref(number) for number, held in self.tickets.items() if held[0] == key), None)

    async def open(self, ticket):
        number = f"T-{ticket.change_id}-{sum(held[0] == ticket.key for held in self.tickets.values())}"
        self.tickets[number] = [ticket.key, "new", None, list(ticket.notes)]
        return self.ref(number)

    async def amend(self, ref, ticket):
        self.tickets[ref.number][3] += ticket.notes
        return self.ref(ref.number)

    async def states(self, numbers):
        return {number: self.ref(number) for number in numbers if number in self.tickets}


class DyingWorld(World):
    """A world whose ports share a lifetime; a message is delivered again, and a timer's next run comes."""

    def __init__(self, calls=None, *, after=False, remote=False):
        super().__init__()
        if remote:
            self.systems["crb"] = Remote(self.clock)
        self.life = Lifetime(calls, after=after)
        self.deps = deps_with(
            self.deps,
            tables=Mortal(self.deps.storage.tables, self.life),
            queues=Mortal(self.deps.storage.queues, self.life),
            blobs=Mortal(self.deps.storage.blobs, self.life),
        )

    async def timer(self, run):
        try:
            await run()
        except DiedError:
            await self.drain()  # what it had sent
            await run()

    async def close_ticket(self):
        """The board's own hand, which does not die."""
        if "crb" in self.systems:
            tickets = self.systems["crb"].tickets
            number = min(tickets)
            tickets[number][1:3] = ["closed", self.clock()]
        else:
            await move_entry(self.tables, "CHG1200001", "closed", "", self.clock())


async def story(world):
    """Two tenants; announced, known to the other, moved and tasked, closed by the board, gone."""
    world.posts.held = {"contoso": [post(), post("MC1200002", title="Another")], "fabrikam": []}
    await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    world.posts.held["fabrikam"] = [post()]
    world.tasks.held["contoso"] = [task(), task("other", "[Teams] Not known yet [MC1200003]")]
    await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    moved = post(when=NOVEMBER, modified="2026-09-01T09:20:00Z")
    world.posts.held["contoso"] = [moved, post("MC1200002", title="Another"), post("MC1200003", title="Third")]
    await world.timer(world.fetch)
    world.clock.forward(minutes=15)
    world.tasks.held["contoso"] = [done(), done("other", title="[Teams] Not known yet [MC1200003]")]
    await world.timer(world.fetch)
    await world.close_ticket()
    world.clock.forward(minutes=15)
    await world.timer(world.follow)


async def picture(world):
    """What is held, without times of handling and without what a repetition may raise."""
    rows = await world.all("changes")
    ids = sorted({row.key[2:12] for row in rows})
    changes = {}
    for number in ids:
        held = await world.held(f"MC{int(number)}")
        one = held.change
        changes[one.id] = {
            "stage": one.stage,
            "editions": [edition.id for edition in one.editions],
            "events": [(event.id, event.old, event.new, event.late) for event in one.events],
            "decided": (one.decision.edition, one.decision.teams, one.decision.effects, one.decision.silent),
            "closed": one.closed and (one.closed.through, one.closed.reference, one.closed.number),
            "effects": [
                (
                    replace(s.effect, occasion=s.effect.occasion.partition("@")[0]),
                    s.due,
                    s.claim,
                    s.done,
                    s.parked,
                    replace(s.ticket, opened_at=None, moved_at=None, decided_at=None),
                )
                for s in held.states
            ],
            "tasks": [(t.tenant, t.id, t.etag, t.opened, t.completed) for t in held.task_states],
        }
    tickets = map(read_entry, await world.all("register"))
    return {
        "changes": changes,
        "tickets": [(e.number, e.key, e.title, e.state, sorted(text for _, text in e.history)) for e in tickets],
        "copies": sorted((r.key, r.values["edition"], r.values["variant"]) for r in rows if r.key.startswith("t|")),
        "open": sorted((r.key, r.values["through"], r.values["reference"]) for r in await world.all("open")),
        "closings": sorted((r.key, r.values["through"]) for r in await world.all("closings")),
        "tasks": sorted((r.partition, r.key, r.values["etag"], r.values["change"]) for r in await world.all("tasks")),
        "lines": await lines(world),
        "parked": [(row.key, row.values["reason"]) for row in await world.all("parked")],
    }


async def lines(world):
    """What a page reads, without times of handling."""
    alive = deps_with(world.deps, tables=world.tables, blobs=world.blobs, lists=ListMemory())
    by_id = (await every_line(alive)).by_id
    return {
        name: (line.revision, line.through, line.reference, [t.number for t in line.tickets], len(line.tasks))
        for name, line in by_id.items()
    }


async def undisturbed(**how):
    world = DyingWorld(**how)
    await story(world)
    await world.mend()
    return world


async def test_the_story_itself():
    world = await undisturbed()

    seen = await picture(world)
    assert {i: c["closed"] for i, c in seen["changes"].items()} == {
        "MC1200001": ("ticket", "CHG1200001", 1),
        "MC1200002": None,
        "MC1200003": None,
    }
    assert [number for number, *_ in seen["tickets"]] == ["CHG1200001", "CHG1200002", "CHG1200003"]
    assert len(world.inbox.cards) == 10  # two of them tell two channels what the board decided
    assert not seen["parked"]
    assert [key for key, *_ in seen["open"]] == ["0001200002", "0001200003"]


def told_in(world):
    """Which change was told in which channel, at which revision, and what, for each card."""
    cards = zip(world.inbox.cards, world.inbox.channels, strict=True)
    return sorted((card.change_id, channel, card.revision, card.headline) for card, channel in cards)


@pytest.mark.parametrize("remote", [False, True], ids=["register", "remote"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_changes_nothing_in_the_end(after, remote):
    whole = await undisturbed(remote=remote)
    expected = await picture(whole)
    cards = told_in(whole)
    for calls in range(whole.life.calls):
        world = DyingWorld(calls, after=after, remote=remote)
        await story(world)
        early = await picture(world)
        for name in ("changes", "tickets", "copies", "closings"):  # the lists of the open may wait for the night
            assert early[name] == expected[name], f"died at call {calls + 1}, and {name} had to be mended"
        await world.timer(world.mend)
        assert await picture(world) == expected, f"died at call {calls + 1}"
        sent = told_in(world)
        assert sorted(set(sent)) == cards
        assert len(sent) <= len(cards) + 1, "the one gap: a card sent and not recorded is sent again"
        if remote:
            made = world.systems["crb"].tickets
            assert made.keys() == whole.systems["crb"].tickets.keys(), f"died at call {calls + 1}: another ticket"
            assert all(set(held[3]) == set(whole.systems["crb"].tickets[n][3]) for n, held in made.items())
