"""One that fails in any way leaves the others alone: damaged rows, and faults of our own, in every loop."""

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Match, Route, TicketSystemEntry
from shared.record.register import move_entry
from shared.usecases.apart import apart
from shared.usecases.pages.home import count
from shared.usecases.posts.fetch import fetch_tenant
from shared.usecases.tickets.follow import follow_tickets
from tests.usecases.world import World, policy, post

SICK, WELL = "MC1200002", "MC1200001"
KEYS = {SICK: "c|0001200002", WELL: "c|0001200001"}
DAMAGE = {
    "a packed column that is none": {"state0": b"AAAA"},
    "a packed column of another kind": {"state0": 5},
    "a revision that is no number": {"revision": "x", "state0": b""},
}


@pytest.fixture
async def two():
    world = World()
    await world.arrive(post(WELL), post(SICK))
    return world


def damage(world, values, key=KEYS[SICK]):
    """What no version has ever written."""
    place = next(place for place in world.tables.rows if place[0] == "changes" and place[2] == key)
    before, etag = world.tables.rows[place]
    world.tables.rows[place] = {**before, **values}, etag


def drop(world, table):
    world.tables.rows = {place: row for place, row in world.tables.rows.items() if place[0] != table}


@pytest.mark.parametrize("values", DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_change_does_not_keep_others_from_being_mended_nor_fall_off_the_list(two, values, caplog):
    damage(two, values)
    listed = {row.key for row in await two.all("open")}
    two.tables.rows = {place: row for place, row in two.tables.rows.items() if place[:1] + place[2:] != ("open", WELL)}

    await two.mend()

    assert {row.key for row in await two.all("open")} == listed
    assert SICK in caplog.text


async def test_the_list_of_the_others_is_written_anew_beside_a_damaged_change(two):
    damage(two, {"state0": b"AAAA"})
    drop(two, "open")

    assert (await two.mend()).listed == 1


async def test_a_fault_of_ours_with_one_change_leaves_the_others_to_be_mended(two, monkeypatch, caplog):
    from shared.usecases.upkeep import mend_walk as module

    real = module.closed_row

    def closed_row(change, *rest):
        if change.id == SICK:
            raise KeyError("a fault of ours")
        return real(change, *rest)

    monkeypatch.setattr(module, "closed_row", closed_row)
    drop(two, "open")

    assert (await two.mend()).listed == 1
    assert f"{SICK} cannot be mended" in caplog.text


@pytest.mark.parametrize("values", DAMAGE.values(), ids=DAMAGE)
async def test_a_damaged_change_does_not_keep_others_from_being_followed(two, values):
    damage(two, values)
    await move_entry(two.tables, "CHG1200001", "closed", "", two.clock())

    assert await follow_tickets(two.deps) == 1
    assert (await two.change(WELL)).closed


class Broken:
    """A ticket system whose adapter has a fault; or one that answers oddly."""

    searches_late = 0.0

    def __init__(self, fault):
        self._fault = fault

    async def states(self, numbers):
        raise self._fault


@pytest.mark.parametrize("fault", [KeyError("state"), RecursionError(), PermanentError("no"), TransientError("later")])
async def test_a_system_that_fails_in_any_way_leaves_the_others_to_be_followed(fault, caplog):
    routes = Route(
        team="workplace",
        ticket="crb",
        routes=(Route(match=Match(title=("Sick",)), ticket="other"),),
    )
    entry = TicketSystemEntry(kind="register")
    world = World(policy(tickets={"crb": entry, "other": entry}, routes=routes))
    await world.arrive(post(WELL), post(SICK, title="Sick: something is retired"))
    assert len(await world.all("register")) == 2
    world.systems["other"] = Broken(fault)
    await move_entry(world.tables, "CHG1200001", "closed", "", world.clock())

    assert await follow_tickets(world.deps) == 1
    assert "ticket system other cannot be followed" in caplog.text


async def test_a_page_counts_what_can_be_read(two):
    damage(two, {"revision": "x"})

    assert (await count(two.deps)).changes == 1


class Odd:
    """A feed with a fault of ours."""

    async def pages(self, name, tenant):
        raise KeyError("a fault of ours")
        yield []


async def test_a_fault_of_ours_while_fetching_stands_on_the_tenant_and_is_tried_again():
    world = World(feeds={"messages": Odd()})

    result = await fetch_tenant(world.deps, Envelope({"tenant": "contoso", "source": "messages"}, world.clock()))

    assert result.outcome == "failed"
    assert "KeyError" in result.failure
    assert "KeyError" in str([row.values for row in await world.all("tenants")])


def test_apart_lets_through_what_would_meet_every_one():
    with pytest.raises(TransientError), apart("one", passing=TransientError):
        raise TransientError("storage")
    with apart("one"):
        raise TransientError("a system")
    with pytest.raises(KeyboardInterrupt), apart("one"):
        raise KeyboardInterrupt
