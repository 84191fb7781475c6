"""A first load: the most urgent tickets and cards at once, the others when a person releases them."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from shared.core.policy.model import FirstLoad, Match, Route, TicketSystemEntry
from shared.record.first_load import open_loads, waiting_counts
from shared.usecases.pages.health import health
from shared.usecases.posts.fetch import fan_out
from shared.usecases.upkeep import first_load as module
from shared.usecases.upkeep.first_load import PATIENCE, hand_out, release, waiting
from shared.usecases.upkeep.lists import index
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.world import CANCELLED, NOVEMBER, World, done, policy, post, task

FEW = FirstLoad(tickets=3, cards=2)


def on(day, number, **over):
    """A post whose rollout begins on that day of October 2026."""
    when = f"We will begin rolling out on October {day}, 2026 and expect to complete by November 20, 2026."
    return post(f"MC12000{number:02d}", when=when, title=f"Retirement {number}", **over)


def many(count=7):
    """The later the number, the earlier the rollout."""
    return [on(28 - 2 * number, number) for number in range(1, count + 1)]


def small(**over):
    return policy(**{"first_load": FEW, **over})


async def loaded(world, *posts, tenant="contoso"):
    world.posts.held[tenant] = list(posts)
    await world.fetch("messages")


async def steps(world, kind="ticket"):
    """What became of the effects of a kind, by the number of the change."""
    seen = {}
    for row in await world.all("changes"):
        if f"|x|{kind}|" in row.key:
            seen.setdefault(int(row.key[10:12]), []).append(row.values["first_load"])
    return seen


async def filed(world):
    return sorted(row.values["title"].partition(" ")[2] for row in await world.all("register"))


async def released(world, *numbers):
    chosen = await waiting(world.deps)
    ids = {f"MC12000{number:02d}" for number in numbers}
    chosen, rest = ([e for e in chosen if (e.change in ids) is wanted] for wanted in (True, False))
    count = await release(world.deps, chosen, rest, by="ana")
    await world.drain()
    return count


async def test_a_first_load_files_the_most_urgent_and_keeps_the_rest(world):
    world.policy.policy = small()
    await loaded(world, *many())

    steps_taken = await steps(world)
    assert {number: step for number, (step,) in steps_taken.items()} == {
        1: "kept", 2: "kept", 3: "kept", 4: "kept", 5: "urgent", 6: "urgent", 7: "urgent",
    }  # fmt: skip
    assert await filed(world) == ["Retirement 5", "Retirement 6", "Retirement 7"]
    assert Counter(world.inbox.channels) == {"messaging": 2, "workplace": 2}
    assert {card.change_id for card in world.inbox.cards} == {"MC1200006", "MC1200007"}
    assert not await open_loads(world.tables)
    assert len(await world.all("open")) == 7, "people see them all"
    listed = await waiting(world.deps)
    assert [each.change for each in listed if each.kind == "ticket"] == [f"MC120000{n}" for n in (4, 3, 2, 1)]
    assert {(e.kind, e.target) for e in listed} == {("ticket", "crb"), ("card", "messaging"), ("card", "workplace")}


async def test_health_says_what_waits_and_what_to_do_and_is_well():
    world = World(small())
    await loaded(world, *many())
    world.posts.held["fabrikam"] = []
    await world.fetch()
    await index(world.deps)

    seen = await health(world.deps)

    assert seen["status"] == "ok"
    assert {"kind": "ticket", "target": "crb", "waiting": 4} in [
        {name: value for name, value in each.items() if name != "words"} for each in seen["first_load"]
    ]
    words = [each["words"] for each in seen["first_load"]]
    assert "4 tickets of the first load wait for release: foresignal release --system crb" in words
    assert "5 cards of the first load wait for release: foresignal release --channel messaging" in words


async def test_what_a_person_releases_is_filed_and_sent_and_the_rest_waits_on(world):
    world.policy.policy = small()
    await loaded(world, *many())

    assert await released(world, 1, 4) == 6

    assert await filed(world) == [f"Retirement {number}" for number in (1, 4, 5, 6, 7)]
    assert len(world.inbox.cards) == 4 + 4
    assert (await steps(world))[1] == ["released"]
    assert await waiting_counts(world.tables) == {
        ("ticket", "crb"): 2, ("card", "messaging"): 3, ("card", "workplace"): 3,
    }  # fmt: skip
    assert await released(world, 1, 4) == 0, "they wait no more"
    await world.mend()
    assert len(await filed(world)) == 5


async def test_a_fault_of_ours_with_one_change_leaves_the_others_to_be_let_through(world, monkeypatch, caplog):
    real = module.read_with_effects

    async def read(tables, change_id):
        if change_id == "MC1200006":
            raise KeyError("a fault of ours")
        return await real(tables, change_id)

    monkeypatch.setattr(module, "read_with_effects", read)
    world.policy.policy = small()
    await loaded(world, *many())

    assert await filed(world) == ["Retirement 5", "Retirement 7"]
    assert not await open_loads(world.tables)
    assert "MC1200006: what waits since the first load" in caplog.text


async def test_a_tenant_that_has_run_is_no_first_load():
    world = World(small())
    await loaded(world, on(28, 1))
    world.clock.forward(days=30)
    fresh = [on(20, number, startDateTime="2026-10-01T00:00:00Z") for number in range(10, 22)]

    await loaded(world, on(28, 1), *fresh)

    assert len(await filed(world)) == 13
    assert not await waiting(world.deps)


async def test_a_tenant_that_is_added_later_is_a_first_load_of_its_own():
    world = World(small())
    await loaded(world, *many(2))
    world.clock.forward(days=30)
    world.posts.held["contoso"] = many(2)
    fresh = [on(20, number, startDateTime="2026-10-01T00:00:00Z") for number in range(10, 22)]

    await loaded(world, *many(2), *fresh, tenant="fabrikam")

    assert len(await filed(world)) == 2 + 3
    assert len([each for each in await waiting(world.deps) if each.kind == "ticket"]) == 9


async def test_tenants_that_are_loaded_on_one_day_share_what_is_let_through():
    world = World(small())
    await loaded(world, *many(4))
    world.clock.forward(hours=1)
    world.posts.held["contoso"] = many(4)

    await loaded(world, *(on(20, number) for number in range(10, 15)), tenant="fabrikam")

    assert len(await filed(world)) == 3


async def test_a_ticket_system_that_is_added_later_files_nothing_by_itself():
    world = World(small(routes=Route(team="workplace", cards=("owner",))))
    await loaded(world, *many())
    world.policy.policy = small()
    world.clock.forward(days=1)

    await loaded(world, *many())
    await world.mend()

    assert not await filed(world)


async def test_zero_lets_nothing_through_by_itself():
    world = World(policy(first_load=FirstLoad(tickets=0, cards=0)))
    await loaded(world, *many(3))

    assert not await filed(world)
    assert not world.inbox.cards
    assert len(await waiting(world.deps)) == 9


async def test_a_dry_run_shows_every_ticket():
    world = World(small(tickets={"crb": TicketSystemEntry(kind="register", mode="dry_run")}))
    await loaded(world, *many())

    assert set(map(tuple, (await steps(world)).values())) == {("",)}


async def test_an_edit_keeps_what_is_kept_and_its_release_files_the_newest_edition(world):
    world.policy.policy = small()
    await loaded(world, *many())
    world.clock.forward(days=1)
    edited = on(25, 1, lastModifiedDateTime="2026-09-02T00:00:00Z")

    await loaded(world, edited, *many()[1:])

    assert (await steps(world))[1] == ["kept"]
    assert sorted((await steps(world, "card"))[1]) == ["kept", "kept", "over", "over"]
    assert len(await filed(world)) == 3
    cards = len(world.inbox.cards)
    assert await released(world, 1) == 3
    row = next(row for row in await world.all("register") if row.values["title"].endswith(" Retirement 1"))
    assert "October 25" in str(row.values) or "2026-10-25" in str(row.values)
    state = await world.ticket_state()
    assert (state.done, state.due) == ((await world.change()).current.id, "")
    news = world.inbox.cards[cards:]
    assert {(card.change_id, card.headline) for card in news} == {("MC1200001", world.inbox.cards[0].headline)}
    assert all("25 October" in " ".join(card.when) for card in news)
    assert not any("MC1200001" in each.change for each in await waiting(world.deps))


async def test_what_microsoft_cancels_leaves_the_list_by_itself_and_is_filed_when_it_is_taken_up_again(world):
    world.policy.policy = small()
    await loaded(world, *many())
    told = len(world.inbox.cards)
    world.clock.forward(days=1)
    body = {"contentType": "html", "content": f"<p>{CANCELLED}</p>"}
    await loaded(world, on(26, 1, lastModifiedDateTime="2026-09-02T00:00:00Z", body=body), *many()[1:])

    assert (await steps(world))[1] == ["over"]
    assert "MC1200001" not in {each.change for each in await waiting(world.deps)}
    assert (len(await filed(world)), len(world.inbox.cards)) == (3, told)

    world.clock.forward(days=1)
    await loaded(world, on(26, 1, lastModifiedDateTime="2026-09-03T00:00:00Z"), *many()[1:])

    assert "Retirement 1" in await filed(world)


async def test_what_is_over_meanwhile_leaves_the_list_in_the_night():
    world = World(small())
    await loaded(world, *many())
    world.clock.forward(days=120)
    assert not await waiting(world.deps)
    assert await waiting_counts(world.tables)

    assert (await world.mend()).over == 14
    assert not await waiting_counts(world.tables)
    assert (await world.mend()).over == 0


async def test_planner_closes_a_change_whose_ticket_waits():
    world = World(small())
    await loaded(world, *many())
    world.tasks.held["contoso"] = [task(title="[Exchange Online] Retirement [MC1200001]")]
    await world.fetch("planner")
    world.clock.forward(hours=1)
    world.tasks.held["contoso"] = [done()]
    await world.fetch("planner")

    assert (await world.change()).closed.through == "task"
    assert "MC1200001" not in {each.change for each in await waiting(world.deps)}


async def test_nothing_is_handed_out_before_the_load_is_complete_or_an_hour_is_over():
    world = World(small())
    world.posts.held["contoso"] = many()
    await fan_out(world.deps, "messages", world.clock())
    await world.drain_only("fetches")
    lost = world.queues.take("posts")

    assert await hand_out(world.deps) is None
    for envelope in lost:
        await world.deps.storage.queues.send("posts", envelope)
    await world.drain_only("posts")
    assert await hand_out(world.deps) is None, "recorded, but not decided"
    decide = world.queues.take("changes")
    world.clock.forward(seconds=PATIENCE.total_seconds())
    assert (await hand_out(world.deps)).due == 0
    assert not await open_loads(world.tables)

    for envelope in decide:
        await world.deps.storage.queues.send("changes", envelope)
    await world.drain()
    assert len(await waiting(world.deps)) == 21, "what comes late waits for a person"


async def test_a_post_that_is_parked_does_not_hold_up_the_others():
    world = World(small())
    world.tables.refuse.add("c|0001200003")
    await loaded(world, *many())
    assert not await filed(world)

    world.clock.forward(seconds=PATIENCE.total_seconds())
    await hand_out(world.deps)
    await world.drain()

    assert len(await filed(world)) == 3


async def test_a_replayed_post_of_the_first_load_still_belongs_to_it():
    from shared.record.parked import parked_items
    from shared.usecases.delivery.park import replay

    world = World(small())
    world.tables.refuse.add("c|0001200003")
    await loaded(world, *many())
    world.tables.refuse.clear()
    for item in await parked_items(world.tables):
        await replay(world.deps, item.key, "ana")
    await world.drain()

    assert (await steps(world))[3] == ["kept"]


async def test_two_machines_at_once_let_no_more_through(world):
    world.policy.policy = small()
    world.posts.held["contoso"] = many()
    await fan_out(world.deps, "messages", world.clock())
    await world.drain()

    await asyncio.gather(*(hand_out(world.worker()) for _ in range(4)))
    await world.drain()

    assert await filed(world) == ["Retirement 5", "Retirement 6", "Retirement 7"]
    assert len(world.inbox.cards) == 4


async def test_a_tenant_that_joins_with_its_first_load_floods_nobody():
    asks = Route(team="workplace", routes=(Route(match=Match(tenant=("fabrikam",)), ticket="crb"),))
    world = World(small(routes=asks))
    await loaded(world, *many())
    assert not await filed(world)
    world.clock.forward(days=2)

    await loaded(world, *many(), tenant="fabrikam")

    assert len(await filed(world)) == 3
    world.clock.forward(days=2)
    world.posts.held["contoso"] += [on(9, 20)]
    await world.fetch("messages")
    world.posts.held["fabrikam"] += [on(9, 20)]
    await world.fetch("messages")
    assert len(await filed(world)) == 4, "one that joins in normal life is filed"


async def test_a_successor_does_not_wait_for_a_ticket_that_is_kept():
    world = World(small())
    await loaded(world, *many())
    world.clock.forward(days=1)
    successor = on(9, 30, lastModifiedDateTime="2026-09-02T00:00:00Z")
    successor["body"] = {
        "contentType": "html",
        "content": "<p>This message replaces MC1200001.</p>" + successor["body"]["content"],
    }

    await loaded(world, *many(), successor)

    assert "Retirement 30" in await filed(world)
    assert not await world.all("parked")
    assert "Retirement 1" not in await filed(world)


class DyingWorld(World):
    """A world whose ports share a lifetime; every timer comes again, and the person tries again."""

    def __init__(self, calls=None, *, after=False):
        super().__init__(small())
        self.life = Lifetime(calls, after=after)
        storage = self.deps.storage
        self.deps = deps_with(
            self.deps, tables=Mortal(storage.tables, self.life), queues=Mortal(storage.queues, self.life)
        )

    async def again(self, run):
        try:
            await run()
        except DiedError:
            await self.drain()
            await run()


async def first_days(world):
    """Loaded, handed out, two released, and the night."""
    world.posts.held["contoso"] = many()
    await world.again(lambda: world.fetch("messages"))
    world.clock.forward(minutes=5)
    await world.again(lambda: world.fetch("messages"))
    await world.again(lambda: released(world, 1, 4))
    await world.again(world.mend)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_files_the_same_tickets_in_the_end(after):
    whole = DyingWorld()
    await first_days(whole)
    expected = (await filed(whole), await steps(whole), await steps(whole, "card"))
    assert expected[0] == [f"Retirement {number}" for number in (1, 4, 5, 6, 7)]
    for calls in range(whole.life.calls):
        world = DyingWorld(calls, after=after)
        await first_days(world)
        seen = (await filed(world), await steps(world), await steps(world, "card"))
        assert seen == expected, f"died at call {calls + 1}"
        assert not await world.all("parked")
        assert len(whole.inbox.cards) <= len(world.inbox.cards) <= len(whole.inbox.cards) + 1
        counts = await waiting_counts(world.tables)
        assert counts == await waiting_counts(whole.tables), f"died at call {calls + 1}"


async def test_a_change_says_for_ever_that_a_first_load_brought_it(world):
    await loaded(world, on(9, 1))
    assert (await world.change()).first_load
    world.clock.forward(days=1)
    await loaded(world, on(9, 1), on(9, 2))
    assert not (await world.change("MC1200002")).first_load
    world.clock.forward(seconds=timedelta(days=1).total_seconds())
    moved = post(when=NOVEMBER, modified="2026-09-03T00:00:00Z")
    await loaded(world, moved, on(9, 2))
    assert (await world.change()).first_load
