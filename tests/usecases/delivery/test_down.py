"""A target that is down: its effects stay due and call nobody, one person is told, and nothing is parked."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.policy.model import Channel, Role, Roles, TicketSystemEntry
from shared.record import deliveries
from shared.record.deliveries import Target
from shared.usecases.cards.notify import notify
from shared.usecases.delivery.down import probe_soon, wait_after
from shared.usecases.deps import DownMemory
from shared.usecases.pages.health import health
from tests.fakes import DiedError, FakeTables, Lifetime, Mortal, deps_with
from tests.usecases.world import World, policy, post

DOWN = TargetDownError("channel workplace: answered 400: the flow is turned off", "Turn the flow on.")
WORKPLACE = Target("card", "workplace")
CARDS = [f"MC120000{number}" for number in range(1, 8)]


class Teams:
    """Channels of which some are down: `down` holds their names. `asked`: every call, with the channel's name."""

    def __init__(self, world):
        self.down, self.asked, self.cards = {}, [], []
        world.deps = deps_with(world.deps, channel=self.channel)

    async def channel(self, in_force, name):
        if name not in in_force.channels:
            raise PermanentError(f"the policy has no channels {name!r}")
        return Posting(self, name)


class Posting:
    def __init__(self, teams, name):
        self.teams, self.name = teams, name

    async def post(self, card):
        self.teams.asked.append(self.name)
        if self.name in self.teams.down:
            raise self.teams.down[self.name]
        self.teams.cards.append((self.name, card))


class System:
    """A ticket system; `fails` is what `open` raises, `opened` the changes of what it made, in order."""

    searches_late = 0.0

    def __init__(self):
        self.fails, self.ping_fails, self.opened, self.asked = None, None, [], 0

    async def find(self, key):
        return None

    async def open(self, ticket):
        from shared.core.tickets.ticket import TicketRef

        self.asked += 1
        if self.fails:
            raise self.fails
        self.opened.append(ticket.change_id)
        return TicketRef(f"T{len(self.opened)}", "https://crb.example/1", "new")

    async def amend(self, ref, ticket):
        return ref

    async def states(self, numbers):
        self.asked += 1
        if self.fails:
            raise self.fails
        return {}

    async def ping(self):
        if self.ping_fails:
            raise self.ping_fails
        return "well"


def owned(**over):
    """The policy of the world, with a process owner who has a channel."""
    plain = policy()
    channels = {**plain.channels, "process": Channel(kind="fake")}
    who = Role(who=("eva@contoso.example",), channel="process")
    return policy(**{"channels": channels, "roles": Roles(process_owner=who), **over})


def world_with(in_force=None, **ports):
    world = World(in_force or owned(), **ports)
    world.teams = Teams(world)
    return world


async def outage(world, target=WORKPLACE):
    record = await deliveries.outage_of(world.tables, target)
    return record.outage if record else None


async def waiting(world, target=WORKPLACE):
    return [entry.change_id for entry, _ in await deliveries.waiting_for(world.tables, target)]


async def arrive(world, change_ids=CARDS):
    for change_id in change_ids:
        world.clock.forward(seconds=1)
        await world.arrive(post(change_id, title=f"Retirement of viewer {change_id}"))


async def states(world, change_ids, target):
    found = [await world.held(change_id) for change_id in change_ids]
    return [state for record in found for state in record.states if state.effect.target == target]


async def test_the_first_card_writes_the_row_and_the_others_call_nobody():
    world = world_with()
    world.teams.down["workplace"] = DOWN

    await arrive(world)

    assert world.teams.asked.count("workplace") == 1
    assert world.teams.asked.count("messaging") == 7, "the other channel is well"
    row = await outage(world)
    assert (row.reason, row.remedy, row.notified, row.back) == (str(DOWN), "Turn the flow on.", True, False)
    assert row.probe_at == row.since + timedelta(minutes=15)
    assert await waiting(world) == CARDS
    assert await world.all("parked") == []
    for state in await states(world, CARDS, "workplace"):
        assert (bool(state.due), state.done, state.parked, state.claim) == (True, "", "", None)


async def test_the_process_owner_is_told_once_what_is_down_and_what_to_do():
    world = world_with()
    world.teams.down["workplace"] = DOWN

    await arrive(world)

    (notice,) = [card for name, card in world.teams.cards if name == "process"]
    assert notice.title == "Channel workplace is down"
    assert "Turn the flow on." in notice.text
    assert notice.who == ("eva@contoso.example",)


async def test_nothing_is_parked_after_a_day_and_the_night_sends_nothing_to_it():
    world = world_with()
    world.teams.down["workplace"] = DOWN
    await arrive(world, CARDS[:2])
    world.clock.forward(hours=30)

    await world.mend()

    assert world.teams.asked.count("workplace") == 1
    assert await world.all("parked") == []
    assert await waiting(world) == CARDS[:2]


@pytest.mark.parametrize("is_nobody", [True, False])
async def test_where_the_owner_cannot_be_told_only_health_says_it(is_nobody, caplog):
    own = Role(who=("eva@contoso.example",), channel="workplace")
    world = world_with(policy() if is_nobody else owned(roles=Roles(process_owner=own)))
    world.teams.down["workplace"] = DOWN

    await arrive(world, CARDS[:1])

    assert world.teams.asked.count("workplace") == 1
    assert (await outage(world)).notified
    assert "only health" in caplog.text
    report = await health(world.deps)
    assert report["status"] == "degraded"
    (down,) = report["down"]
    assert (down["target"], down["waiting"], down["what_to_do"]) == ("channel workplace", 1, "Turn the flow on.")


async def test_an_owners_channel_that_is_down_too_has_a_row_of_its_own():
    world = world_with()
    world.teams.down |= {"workplace": DOWN, "process": TargetDownError("channel process: answered 404", "Copy it.")}

    await arrive(world, CARDS[:2])

    assert (await outage(world)).notified
    assert (await outage(world, Target("card", "process"))).notified
    assert world.teams.asked.count("process") == 1


async def test_two_workers_that_meet_it_at_once_write_one_row_and_tell_once():
    world = world_with()
    world.teams.down["workplace"] = DOWN
    for change_id in CARDS[:4]:
        await world.arrive_only(post(change_id, title=f"Retirement of viewer {change_id}"))
    cards = [each for each in world.queues.take("cards") if "workplace" in str(each.body["effect"])]

    await asyncio.gather(*(notify(deps_with(world.worker(), down=DownMemory()), each) for each in cards))

    assert len([card for name, card in world.teams.cards if name == "process"]) == 1
    assert sorted(await waiting(world)) == CARDS[:4]
    assert len(await deliveries.outages(world.tables)) == 1


async def test_a_card_of_an_unchanged_process_costs_no_call_more_within_a_minute():
    world, calls = world_with(), []
    worker = world.worker()
    for change_id in CARDS[:2]:
        await world.arrive_only(post(change_id, title=f"Retirement of viewer {change_id}"))
        (one, *_) = world.queues.take("cards")
        world.clock.forward(seconds=1)
        before = world.tables.calls
        assert await notify(worker, one)
        calls.append(world.tables.calls - before)

    assert calls[1] == 5, "read, the tenants' copies, the channel's second, claim, record"
    assert calls[0] == calls[1] + 2, "what is down, and the channel, are read once"


async def test_other_settings_in_the_policy_are_tried_by_the_next_card_at_once():
    world = world_with()
    world.teams.down["workplace"] = DOWN
    await arrive(world, CARDS[:1])
    world.teams.down.clear()
    channels = {**owned().channels, "workplace": Channel(kind="fake", settings={"url": "NEW_URL"})}
    world.policy.policy = owned(channels=channels)

    await arrive(world, CARDS[1:2])

    assert [card.change_id for name, card in world.teams.cards if name == "workplace"] == CARDS[1:2]


async def test_new_settings_that_are_wrong_too_begin_with_a_quarter_of_an_hour_and_tell_nobody_again():
    world = world_with()
    world.teams.down["workplace"] = DOWN
    await arrive(world, CARDS[:1])
    since = (await outage(world)).since
    channels = {**owned().channels, "workplace": Channel(kind="fake", settings={"url": "NEW_URL"})}
    world.policy.policy = owned(channels=channels)
    world.clock.forward(hours=5)

    await arrive(world, CARDS[1:3])

    row = await outage(world)
    assert (row.since, row.tries) == (since, 0)
    assert world.clock() < row.probe_at <= world.clock() + timedelta(minutes=15)
    assert world.teams.asked.count("workplace") == 2
    assert await waiting(world) == CARDS[:3]
    assert len([card for name, card in world.teams.cards if name == "process"]) == 1


async def test_a_ticket_system_that_refuses_to_be_followed_is_down_for_new_tickets():
    world = world_with(owned(tickets={"crb": TicketSystemEntry(kind="jira")}))
    system = world.systems["crb"] = System()
    await arrive(world, CARDS[:1])
    system.fails = TargetDownError("ticket system crb: answered 401", "Renew the secret.")

    await world.follow()
    asked = system.asked
    await arrive(world, CARDS[1:3])
    await world.follow()

    assert system.asked == asked
    assert await waiting(world, Target("ticket", "crb")) == CARDS[1:3]
    assert await world.all("parked") == []


async def test_a_card_that_comes_while_the_row_says_back_is_sent_and_leaves_no_pointer():
    world = world_with()
    world.teams.down["workplace"] = DOWN
    await arrive(world, CARDS[:1])
    record = await deliveries.outage_of(world.tables, WORKPLACE)
    await deliveries.write_outage(world.tables, replace(record.outage, back=True), record)
    world.teams.down.clear()

    await arrive(world, CARDS[1:2])

    assert [card.change_id for name, card in world.teams.cards if name == "workplace"] == CARDS[1:2]
    assert await waiting(world) == CARDS[:1]


async def test_a_channel_that_is_down_again_while_the_row_says_back_waits_as_before():
    world = world_with()
    world.teams.down["workplace"] = DOWN
    await arrive(world, CARDS[:1])
    record = await deliveries.outage_of(world.tables, WORKPLACE)
    await deliveries.write_outage(world.tables, replace(record.outage, back=True), record)

    await arrive(world, CARDS[1:3])

    assert not (await outage(world)).back
    assert await waiting(world) == CARDS[:3]
    assert len([card for name, card in world.teams.cards if name == "process"]) == 1


class Unprovisioned(FakeTables):
    """Storage as the version before left it: table `deliveries` is not there."""

    async def range(self, table, *args, **named):
        if table == deliveries.TABLE:
            raise TransientError("storage refused reading table deliveries: 404 TableNotFound")
        return await super().range(table, *args, **named)


async def test_an_upgrade_without_the_new_table_stops_no_card_and_health_says_what_to_do(caplog):
    world = world_with(tables=Unprovisioned())

    await arrive(world, CARDS[:2])

    assert [card.change_id for name, card in world.teams.cards if name == "workplace"] == CARDS[:2]
    assert "azd provision" in caplog.text
    report = await health(world.deps)
    assert report["status"] == "degraded"
    assert "azd provision" in report["down"][0]["what_to_do"]


async def test_a_person_can_have_it_tried_by_the_next_run():
    world = world_with()
    world.teams.down["workplace"] = DOWN
    await arrive(world, CARDS[:1])

    assert await probe_soon(world.deps) == ["channel workplace"]

    assert (await outage(world)).probe_at == world.clock()


def test_probes_come_after_a_quarter_of_an_hour_doubled_to_four_hours():
    assert [wait_after(tries).total_seconds() / 60 for tries in (0, 1, 2, 3, 4, 5, 99)] == [
        15,
        30,
        60,
        120,
        240,
        240,
        240,
    ]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_death_at_any_call_loses_neither_the_effect_nor_the_notice(after):
    """The message comes again after a death; what is told twice is told, and nothing is parked."""
    from shared.usecases.upkeep.probe import probe_targets

    for calls in range(1, 40):
        world = world_with()
        await world.arrive_only(post())
        cards = [each for each in world.queues.take("cards") if "workplace" in str(each.body["effect"])]
        world.teams.down["workplace"] = DOWN
        life = Lifetime(calls, after=after)
        mortal = deps_with(world.deps, tables=Mortal(world.tables, life), down=DownMemory())
        died = False
        try:
            await notify(mortal, cards[0])
        except DiedError:
            died = True
        for _ in range(3):  # the message, as the host gives it again; then the timer
            world.clock.forward(minutes=3)
            if died:
                try:
                    await notify(deps_with(world.deps, down=DownMemory()), cards[0])
                    break
                except TransientError:
                    continue
        await probe_targets(world.deps)

        assert await waiting(world) == ["MC1200001"], calls
        assert (await outage(world)).notified, calls
        notices = [card for name, card in world.teams.cards if name == "process"]
        assert 1 <= len(notices) <= 2, calls
        (state,) = await states(world, ["MC1200001"], "workplace")
        assert state.due, calls
        assert not state.parked, calls
        if not died:
            break
    else:
        pytest.fail("it never got to its end")
