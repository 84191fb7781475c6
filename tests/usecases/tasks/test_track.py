"""Planner tasks: their change is found, and they say when it was opened, assigned and closed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Route
from shared.record.parked import parked_items
from shared.usecases.tasks.track import track
from tests.fakes import NOW
from tests.usecases.world import NOVEMBER, World, done, policy, post, task

SILENT = policy(routes=Route(team="workplace"))  # nobody is told: tasks alone close
DONE_AT = datetime(2026, 9, 10, 12, tzinfo=UTC)


async def closings(world):
    return [(row.values["change"], row.values["through"], row.values["number"]) for row in await world.all("closings")]


def tasks_of(world, *tasks):
    body = {"tenant": "contoso", "plan": "plan1", "observed": NOW.isoformat(), "tasks": list(tasks)}
    return Envelope(body, world.clock())


@pytest.fixture
def plain(world):
    """A world where tasks alone decide."""
    world.policy.policy = SILENT
    return world


async def test_a_task_closes_its_change_with_its_own_times(plain):
    await plain.arrive(post())
    await plain.bring(task(assignments={"ana": {"assignedDateTime": "2026-09-02T10:00:00Z"}}))
    assert [row.values["through"] for row in await plain.all("open")] == ["task"]

    await plain.bring(done(assignments={"ana": {"assignedDateTime": "2026-09-02T10:00:00Z"}}))

    assert (await plain.change()).closed.at == DONE_AT
    (row,) = await plain.all("closings")
    assert row.partition == "2026-09"
    assert (row.values["opened"], row.values["assigned"], row.values["closed"]) == (
        datetime(2026, 8, 31, 8, tzinfo=UTC),
        datetime(2026, 9, 2, 10, tzinfo=UTC),
        DONE_AT,
    )
    assert not await plain.all("open")


async def test_the_same_batch_twice_changes_nothing(plain):
    await plain.arrive(post())
    await plain.bring(done())
    before = {(row.key, row.etag) for name in ("changes", "tasks", "closings") for row in await plain.all(name)}

    await plain.bring(done())

    assert {(row.key, row.etag) for name in ("changes", "tasks", "closings") for row in await plain.all(name)} == before


async def test_eight_workers_with_the_same_batch_close_once(plain):
    await plain.arrive(post())
    batch = tasks_of(plain, done(), done("task2"))

    results = await asyncio.gather(*(track(plain.worker(), batch) for _ in range(8)), return_exceptions=True)

    assert not [r for r in results if isinstance(r, BaseException) and not isinstance(r, TransientError)]
    await track(plain.deps, batch)
    assert await closings(plain) == [("MC1200001", "task", 1)]
    assert len((await plain.held()).task_states) == 2


@pytest.mark.parametrize(
    ("title", "details", "read"),
    [
        ("[Exchange Online] Retirement [MC1200001]", {}, []),
        ("mc1200001: retirement", {}, []),
        ("Retirement", {"description": "Message ID: MC1200001\nText about MC1300000"}, ["task1"]),
        ("Retirement", {"references": {"https%3A//x%2Eexample/MC1200001": {}}}, ["task1"]),
    ],
)
async def test_the_change_is_found_by_title_or_else_by_the_details(title, details, read):
    world = World(SILENT)
    world.tasks.texts["task1"] = details
    await world.arrive(post())

    await world.bring(done(title=title))

    assert (await world.change()).closed
    assert world.tasks.details_read == read


async def test_details_are_read_once_for_an_etag_and_not_again_once_the_change_is_known():
    world = World(SILENT)
    await world.arrive(post())
    for _ in range(2):
        await world.bring(task(title="nothing is named"))
    assert world.tasks.details_read == ["task1"]

    world.tasks.texts["task1"] = {"description": "see MC1200001"}
    await world.bring(task(title="nothing is named", etag="E2"))
    await world.bring(done(title="nothing is named", etag="E3"))

    assert world.tasks.details_read == ["task1", "task1"]
    assert (await world.change()).closed


async def test_an_older_etag_never_overwrites_a_newer_one(plain):
    await plain.arrive(post())
    await plain.bring(done(etag="E5"))

    await plain.bring(task(etag="E4"))

    assert (await plain.change()).closed
    assert [state.etag for state in (await plain.held()).task_states] == ["E5"]


async def test_a_task_opened_again_opens_its_change_and_closing_it_again_is_another_closing(plain):
    await plain.arrive(post())
    await plain.bring(done(etag="E2"))

    await plain.bring(task(etag="E3"))
    assert (await plain.change()).closed is None
    assert len(await plain.all("open")) == 1
    await plain.bring(done(etag="E4", at="2026-10-02T12:00:00Z"))

    assert await closings(plain) == [("MC1200001", "task", 1), ("MC1200001", "task", 2)]
    assert not await plain.all("open")


async def test_of_several_tasks_the_last_one_closes(plain):
    await plain.arrive(post())
    await plain.bring(done("a", at="2026-09-12T00:00:00Z"), task("b", etag="E2"))
    assert not await closings(plain)

    await plain.bring(done("b", etag="E3", at="2026-09-11T00:00:00Z"))

    assert (await plain.change()).closed.at == datetime(2026, 9, 12, tzinfo=UTC)


async def test_a_ticket_beats_a_task():
    world = World()
    await world.arrive(post())

    await world.bring(done())

    assert (await world.change()).closed is None
    assert [row.values["through"] for row in await world.all("open")] == ["ticket"]


async def test_a_task_whose_change_is_unknown_waits_and_is_taken_up_with_its_newest_state(plain):
    await plain.bring(task())
    await plain.bring(done(etag="E7"))
    await plain.bring(task(etag="E3"))
    assert [row.values["etag"] for row in await plain.all("tasks") if row.partition == "waiting"] == ["E7"]

    await plain.arrive(post())

    assert (await plain.change()).closed.at == DONE_AT
    assert not [row for row in await plain.all("tasks") if row.partition == "waiting"]


async def test_mend_takes_up_what_waits_although_its_change_is_known():
    world = World(SILENT)
    await world.bring(done())
    world.policy.policy = policy(routes=Route(team="workplace"), tenants={"fabrikam": SILENT.tenants["fabrikam"]})
    await world.arrive(post())  # no tenant has a plan just now
    assert (await world.change()).closed is None
    world.policy.policy = SILENT

    mended = await world.mend()

    assert mended.tasks == 1
    assert (await world.change()).closed
    assert (await world.mend()).tasks == 0


@pytest.mark.parametrize("bad", [{"title": "no id"}, {"id": ""}, "text", None, 3])
async def test_one_bad_task_is_parked_alone(bad):
    world = World(SILENT)
    await world.arrive(post())

    await world.bring(bad, done())

    assert len(await parked_items(world.deps.storage.tables)) == 1
    assert (await world.change()).closed


async def test_a_task_whose_details_will_never_be_read_is_parked_alone():
    world = World(SILENT)
    world.tasks.texts["nameless"] = PermanentError("not yours to read")
    await world.arrive(post())

    await world.bring(task("nameless", "nothing is named"), done())

    assert (await world.change()).closed
    assert [item.reason for item in await parked_items(world.deps.storage.tables)] == ["not yours to read"]


async def test_details_that_cannot_be_read_now_are_read_later():
    world = World(SILENT)
    world.tasks.texts["task1"] = TransientError("busy", 60)
    await world.arrive(post())
    sent = tasks_of(world, done(title="nothing is named"))
    with pytest.raises(TransientError):
        await track(world.deps, sent)

    world.tasks.texts["task1"] = {"description": "MC1200001"}
    await track(world.deps, sent)

    assert (await world.change()).closed


async def test_odd_ids_of_tasks_make_no_odd_keys(plain):
    await plain.arrive(post())

    await plain.bring(done("a/b\\c#d?e f'g"))

    assert [state.id for state in (await plain.held()).task_states] == ["a/b\\c#d?e f'g"]


async def test_an_edition_that_comes_later_leaves_what_the_tasks_said(plain):
    await plain.arrive(post())
    await plain.bring(task())

    await plain.arrive(post(when=NOVEMBER, modified="2026-09-01T10:00:00Z"), observed=NOW.replace(hour=11))

    (row,) = await plain.all("open")
    assert (row.values["through"], row.values["opened"]) == ("task", datetime(2026, 8, 31, 8, tzinfo=UTC))


async def test_a_task_that_moves_to_another_plan_or_tenant_is_another_task(plain):
    await plain.arrive(post())
    await plain.bring(done())
    other = replace(tasks_of(plain), body={**tasks_of(plain, task()).body, "tenant": "fabrikam", "plan": "p2"})

    await track(plain.deps, other)

    assert (await plain.change()).closed is None
    assert len((await plain.held()).task_states) == 2
