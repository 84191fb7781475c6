"""Days to act by are told when they come near: once, to those who know the change, and never for the time before."""

from dataclasses import replace
from datetime import datetime

from shared.core.ports.storage import Write
from shared.usecases.cards.remind import remind
from shared.usecases.upkeep.mend import mend
from tests.usecases.world import CANCELLED, World, post

TEXT = (
    "<p>We will retire the old viewer in mid-October 2026.</p><p><b>What you need to do to prepare:</b></p>"
    "<p>You must move to the new viewer by October 14, 2026.</p>"
)
BODY = {"contentType": "html", "content": TEXT}
BY = "2026-10-14T00:00:00Z"


async def with_deadline(**over):
    world = World()
    await world.arrive(post(actionRequiredByDateTime=BY, body=BODY, **over))
    await mend(world.deps)
    return world


def at(world, day, hour=8):
    world.clock.now = datetime(2026, 10, day, hour, tzinfo=world.clock.now.tzinfo)


async def run(world):
    made = await remind(world.deps)
    await world.drain()
    return made


def headlines(world, since=0):
    return [card.headline for card in world.inbox.cards[since:]]


async def test_seven_days_two_days_the_last_day_and_the_day_after_are_each_told_once_to_every_channel():
    world = await with_deadline()
    at(world, 1)
    assert await run(world) == 0, "the first run says from when on deadlines count"
    sent = len(world.inbox.cards)
    channels = set(world.inbox.channels)
    for day in range(2, 25):
        for hour in (6, 7, 8, 20):
            at(world, day, hour)
            await run(world)

    assert headlines(world, sent) == [
        line
        for line in (
            "Act by 14 October 2026: 7 days left",
            "Act by 14 October 2026: 2 days left",
            "Act today: 14 October 2026 is the last day",
            "The day to act by was 14 October 2026, 1 day ago",
        )
        for _ in channels
    ]
    assert await world.all("parked") == []


async def test_while_the_lists_are_not_built_nothing_is_told_and_nothing_is_lost():
    world = await with_deadline()
    at(world, 1)
    await run(world)
    sent = len(world.inbox.cards)
    kept = await world.blobs.get("lists", "live.z")
    await world.blobs.delete("lists", "live.z")
    at(world, 7)
    assert await run(world) == 0
    await world.blobs.put("lists", "live.z", kept)
    at(world, 7, 9)

    assert await run(world) == 2
    assert set(headlines(world, sent)) == {"Act by 14 October 2026: 7 days left"}


async def test_after_a_pause_only_the_most_urgent_is_told():
    world = await with_deadline()
    at(world, 1)
    await run(world)
    sent = len(world.inbox.cards)
    at(world, 13)

    await run(world)

    assert set(headlines(world, sent)) == {"Act by 14 October 2026: 1 day left"}


async def test_an_upgrade_reminds_nobody_of_what_lay_before_it():
    world = await with_deadline()
    at(world, 13)
    sent = len(world.inbox.cards)

    assert await run(world) == 0
    assert await run(world) == 0
    assert len(world.inbox.cards) == sent


async def test_a_run_that_died_before_it_said_so_tells_nothing_twice():
    world = await with_deadline()
    at(world, 1)
    await run(world)
    sent = len(world.inbox.cards)
    at(world, 7)
    (row,) = [row for row in await world.all("runs") if row.key == "remind"]
    await run(world)
    told = len(world.inbox.cards)
    assert told > sent
    (again,) = [row for row in await world.all("runs") if row.key == "remind"]
    await world.tables.commit("runs", [write_back(row, again)])

    await run(world)

    assert len(world.inbox.cards) == told


def write_back(row, now):
    return Write("replace", replace(row, etag=now.etag))


async def test_a_change_that_is_cancelled_or_closed_meanwhile_reminds_nobody():
    world = await with_deadline()
    at(world, 1)
    await run(world)
    await world.arrive(post(when=CANCELLED, modified="2026-10-02T10:00:00Z", actionRequiredByDateTime=BY))
    assert (await world.change()).classification.status == "cancelled"
    sent = len(world.inbox.cards)
    at(world, 13)

    assert await run(world) == 0
    assert len(world.inbox.cards) == sent
