"""The roadmap: read once a day, kept where it differs, named where it fails, shown beside the post."""

from shared.core.errors import PermanentError, TransientError
from shared.core.policy.model import Roadmap
from shared.usecases.pages import change
from shared.usecases.pages.health import health
from shared.usecases.posts.roadmap import fetch_roadmap, roadmap_items
from tests.core.sources.test_roadmap import RAW
from tests.usecases.world import World, policy, post

POST = post(details=[{"name": "RoadmapIds", "value": "912345"}])


def reading(*items, **settings):
    world = World(policy(roadmap=Roadmap(**settings)))
    world.roadmap.held = list(items)
    return world


async def state(world):
    return (await health(world.deps))["roadmap"]


async def test_it_is_read_once_a_day_where_the_policy_says():
    world = reading(RAW, url="https://roadmap.example/v1")

    assert [await fetch_roadmap(world.deps), await fetch_roadmap(world.deps)] == ["done", "fresh"]
    world.clock.forward(hours=24)
    assert await fetch_roadmap(world.deps) == "done"
    assert world.roadmap.read == ["https://roadmap.example/v1"] * 2
    assert (await state(world))["items"] == 1


async def test_only_what_differs_is_written():
    world = reading(RAW)
    puts = []
    put = world.blobs.put

    async def counted(*arguments):
        puts.append(arguments[1])
        await put(*arguments)

    world.blobs.put = counted
    for title in ("A new viewer", "A new viewer ", "Another viewer"):
        world.roadmap.held = [RAW | {"title": title}]
        await fetch_roadmap(world.deps)
        world.clock.forward(hours=24)

    assert len(puts) == 2
    assert (await roadmap_items(world.deps))["912345"].title == "Another viewer"


async def test_a_failure_is_named_by_health_loses_nothing_and_is_tried_again():
    world = reading(RAW)
    await fetch_roadmap(world.deps)
    for failure in (TransientError("no answer"), PermanentError("answered 404")):
        world.clock.forward(hours=24)
        world.roadmap.held = failure
        assert await fetch_roadmap(world.deps) == "failed"
        found = await state(world)
        assert (found["ok"], found["failure"], found["items"]) == (False, str(failure), 1)
    assert (await health(world.deps))["status"] == "degraded"
    assert "912345" in await roadmap_items(world.deps)

    world.roadmap.held = [RAW]
    assert await fetch_roadmap(world.deps) == "done"
    assert (await state(world))["ok"]


async def test_a_roadmap_that_shrinks_by_more_than_half_is_believed_after_a_day_only():
    world = reading(*(RAW | {"id": 900000 + number} for number in range(30)))
    await fetch_roadmap(world.deps)
    world.clock.forward(hours=24)
    world.roadmap.held = world.roadmap.held[:10]

    assert await fetch_roadmap(world.deps) == "failed"
    assert "lost 20 of 30" in (await state(world))["failure"]
    world.clock.forward(hours=24)
    assert await fetch_roadmap(world.deps) == "done"
    assert sum(item.gone for item in (await roadmap_items(world.deps)).values()) == 20


async def test_where_it_is_switched_off_nothing_is_read_and_nothing_shown():
    world = reading(RAW, enabled=False)
    await world.arrive(POST)

    assert await fetch_roadmap(world.deps) == "off"
    assert not world.roadmap.read
    assert (await change.change(world.deps, "MC1200001")).roadmap == ()
    assert (await state(world))["ok"]


async def test_a_change_shows_what_the_roadmap_says_and_what_does_not_fit():
    world = reading(RAW | {"publicDisclosureAvailabilityDate": "December CY2026"})
    await fetch_roadmap(world.deps)
    await world.arrive(POST, post("MC1200002"))
    found = (await change.change(world.deps, "MC1200001")).roadmap

    assert [view.id for view in found] == ["912345"]
    assert found[0].item.title == "A new viewer"
    assert (await change.change(world.deps, "MC1200002")).roadmap == ()


async def test_a_damaged_blob_is_nothing_known_and_written_anew():
    world = reading(RAW)
    world.blobs.held["config", "roadmap.json.z"] = b"no"

    assert await roadmap_items(world.deps) == {}
    await fetch_roadmap(world.deps)
    assert "912345" in await roadmap_items(world.deps)


async def test_another_run_at_the_same_time_is_no_failure():
    world = reading(RAW)

    async def faster():
        world.tables.interfere = None
        await fetch_roadmap(world.deps)

    world.tables.interfere = faster
    assert await fetch_roadmap(world.deps) == "done"
    assert (await state(world))["ok"]
