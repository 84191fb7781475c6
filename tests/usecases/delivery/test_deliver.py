"""The triggers' shell: what becomes of a failure."""

from datetime import timedelta

import pytest

from shared.core.errors import PermanentError, RefusedError, TransientError
from shared.core.messages import Envelope, encode
from shared.record.parked import parked_items
from shared.usecases.delivery.deliver import deliver
from tests.fakes import NOW
from tests.usecases.world import World


def raising(error):
    async def handler(deps, envelope):
        raise error

    return handler


async def run(error, attempts=0, age=timedelta(), queue="tickets", body=None, **world):
    made = World(**world)
    envelope = Envelope(body or {"id": "MC1200001", "effect": "ticket|crb"}, made.clock() - age, attempts)
    await deliver(made.deps, queue, encode(envelope), raising(error))
    return made


@pytest.mark.parametrize(
    ("retry_after", "attempts", "delay"),
    [(None, 0, 15), (None, 3, 120), (None, 9, 3600), (None, 10_000, 3600), (42, 7, 42), (0, 0, 0)],
)
async def test_what_may_work_later_is_put_back_with_a_delay_and_its_history(retry_after, attempts, delay):
    world = await run(TransientError("busy", retry_after), attempts, timedelta(hours=1))

    ((queue, again, waits),) = world.queues.sent
    assert (queue, again.attempts, waits) == ("tickets", attempts + 1, delay)
    assert again.first_seen == NOW - timedelta(hours=1)
    assert not await parked_items(world.deps.storage.tables)


async def test_delays_are_shortened_by_the_pace():
    world = await run(TransientError("busy", 60), pace=0.1)

    assert world.queues.sent[0][2] == 6


@pytest.mark.parametrize("retry_after", [7 * 24 * 3600, float("inf")])
async def test_no_delay_is_longer_than_what_is_left_of_the_day(retry_after):
    world = await run(TransientError("busy", retry_after), age=timedelta(hours=20))

    assert world.queues.sent[0][2] == 4 * 3600 + 60


async def test_after_a_day_it_is_parked_whole_with_its_reason():
    world = await run(TransientError("still busy"), 30, timedelta(hours=24, seconds=1))

    (item,) = await parked_items(world.deps.storage.tables)
    assert item.reason == "tried 31 times over 1 day, 0:00:01: still busy"
    assert item.content == {"id": "MC1200001", "effect": "ticket|crb"}
    assert not world.queues.sent


async def test_a_fetch_is_never_parked():
    world = await run(TransientError("busy"), 30, timedelta(days=2), "fetches", {"tenant": "contoso"})

    assert not await parked_items(world.deps.storage.tables)
    assert not world.queues.sent


@pytest.mark.parametrize("error", [PermanentError("never"), RefusedError("c|1", "never")])
async def test_what_will_never_work_is_parked_at_once(error):
    world = await run(error)

    (item,) = await parked_items(world.deps.storage.tables)
    assert "never" in item.reason
    assert not world.queues.sent


@pytest.mark.parametrize(
    ("error", "age"),
    [(PermanentError("never"), timedelta()), (TransientError("busy"), timedelta(hours=25))],
)
async def test_a_batch_that_fails_for_good_is_tried_item_by_item_first(error, age):
    world = await run(error, age=age, queue="changes", body={"ids": ["MC1200001", "MC1200002"]})

    assert world.queues.bodies("changes") == [{"ids": ["MC1200001"]}, {"ids": ["MC1200002"]}]
    assert {envelope.first_seen for _, envelope, _ in world.queues.sent} == {NOW - age}
    assert not await parked_items(world.deps.storage.tables)


async def test_what_is_no_message_of_ours_is_parked():
    world = World()

    await deliver(world.deps, "posts", b"\x00", raising(AssertionError("not called")))

    assert "not a message of ours" in (await parked_items(world.deps.storage.tables))[0].reason


async def test_an_error_of_ours_is_left_to_the_host():
    with pytest.raises(ZeroDivisionError):
        await run(ZeroDivisionError())
