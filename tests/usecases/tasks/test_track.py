"""Planner tasks: their change is found, and they say when it was opened, assigned and closed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Route, Tenant
from shared.core.ports.storage import Row, Write
from shared.core.sources.snapshot import number_of
from shared.record.parked import parked_items
from shared.usecases.deps import ListMemory
from shared.usecases.life.lines import every_line
from shared.usecases.tasks.track import track
from tests.fakes import NOW, deps_with
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


GIVEN = {"assignments": {"ana": {"assignedDateTime": "2026-09-02T10:00:00Z"}}}
LATER = NOW + timedelta(hours=1)


async def only_state(world):
    (state,) = (await world.held()).task_states
    return state


@pytest.mark.parametrize(
    "after",
    [
        {"bucketId": "doing"},
        GIVEN,
        {"percentComplete": 50},
        {"percentComplete": 100, "completedDateTime": "2026-09-01T12:00:00Z"},
    ],
    ids=["another bucket", "given to somebody", "begun", "done"],
)
async def test_what_a_person_does_with_a_task_between_two_reads_is_noted_once(plain, after):
    await plain.arrive(post())
    await plain.bring(task(bucketId="todo"))
    assert (await only_state(plain)).moved is None

    await plain.bring(task(etag="E2", bucketId="todo") | after, observed=LATER)
    await plain.bring(task(etag="E3") | after | {"bucketId": "x"}, observed=LATER + timedelta(hours=1))

    assert (await only_state(plain)).moved == LATER


@pytest.mark.parametrize("after", [{"title": "[Exchange Online] New words [MC1200001]"}, {"dueDateTime": "2026-11-01"}])
async def test_what_the_sync_writes_is_no_act_of_a_person(plain, after):
    await plain.arrive(post())
    await plain.bring(task(bucketId="todo", **GIVEN))

    await plain.bring(task(etag="E2", bucketId="todo", **GIVEN) | after, observed=LATER)

    state = await only_state(plain)
    assert (state.etag, state.moved) == ("E2", None)


async def test_a_task_opened_again_by_a_person_is_moved(plain):
    await plain.arrive(post())
    await plain.bring(done(etag="E1"))

    await plain.bring(task(etag="E2"), observed=LATER)

    state = await only_state(plain)
    assert (state.completed, state.moved) == (None, LATER)


async def test_a_row_of_the_version_before_moves_nothing_by_being_read(plain):
    """It kept no bucket, no progress and nobody's id."""
    await plain.arrive(post())
    await plain.bring(task(percentComplete=50, **GIVEN))
    for row in await plain.all("tasks"):
        old = {name: row.values[name] for name in ("etag", "change", "title", "waiting", "assigned", "completed")}
        await plain.tables.commit("tasks", [Write("replace", Row(row.partition, row.key, old, row.etag))])

    await plain.bring(task(etag="E2", percentComplete=50, bucketId="todo", **GIVEN), observed=LATER)
    assert (await only_state(plain)).moved is None

    await plain.bring(done(etag="E3", bucketId="todo", **GIVEN), observed=LATER)
    assert (await only_state(plain)).moved == LATER


async def test_a_task_that_the_plan_has_no_more_is_gone_and_one_that_comes_back_is_not(plain):
    plain.posts.held["contoso"] = [post(), post("MC1200002")]
    kept = task("kept", "[Exchange Online] Another [MC1200002]")
    plain.tasks.held["contoso"] = [task(), kept]
    await plain.fetch()
    plain.tasks.held["contoso"] = [kept]
    for _ in range(2):
        plain.clock.forward(minutes=15)
        await plain.fetch("planner")
    gone = plain.clock()
    assert (await only_state(plain)).gone == gone
    lines = (await every_line(plain.deps)).by_id
    assert [bool(each.gone) for each in lines["MC1200001"].tasks] == [True]
    assert (lines["MC1200001"].through, lines["MC1200002"].through) == ("", "task")

    plain.clock.forward(minutes=15)
    plain.tasks.held["contoso"] = [task(), kept]
    await plain.fetch("planner")

    assert (await only_state(plain)).gone is None
    assert (await every_line(deps_with(plain.deps, lists=ListMemory()))).by_id["MC1200001"].through == "task"


async def test_messages_that_overtake_each_other_do_not_decide_whether_a_task_is_gone(plain):
    await plain.arrive(post())
    await plain.bring(task(), observed=NOW)
    gone = {"tenant": "contoso", "plan": "plan1", "tasks": [], "gone": [number_of("task1")]}

    await plain.bring(task(etag="E2"), observed=LATER)
    await track(plain.deps, Envelope(gone | {"observed": NOW.isoformat()}, NOW))
    assert (await only_state(plain)).gone is None

    end = LATER + timedelta(hours=2)
    await track(plain.deps, Envelope(gone | {"observed": end.isoformat()}, end))
    await plain.bring(task(etag="E3"), observed=LATER + timedelta(hours=1))
    state = await only_state(plain)
    assert (state.etag, state.gone) == ("E3", end)


async def test_a_waiting_task_that_is_gone_is_taken_up_as_gone(plain):
    await plain.bring(task())
    body = {"tenant": "contoso", "plan": "plan1", "observed": LATER.isoformat(), "gone": [number_of("task1")]}
    await track(plain.deps, Envelope(body, LATER))

    await plain.arrive(post())

    assert (await only_state(plain)).gone == LATER


async def test_a_task_imported_again_is_another_row(plain):
    await plain.arrive(post())
    await plain.bring(done())

    await plain.bring(task("again", createdDateTime="2026-09-20T08:00:00Z"), observed=LATER)

    states = {state.id: state for state in (await plain.held()).task_states}
    assert set(states) == {"task1", "again"}
    assert states["again"].moved is None


async def test_each_plan_of_a_tenant_has_its_tasks_apart(plain):
    plain.policy.policy = SILENT.model_copy(
        update={"tenants": {**SILENT.tenants, "contoso": Tenant(plan=["plan1", "plan2"])}}
    )
    plain.posts.held["contoso"] = [post(), post("MC1200002")]
    plain.tasks.held["contoso"] = [
        task(planId="plan1"), task("task2", "[Exchange Online] Another [MC1200002]", planId="plan2"),
    ]  # fmt: skip
    await plain.fetch()
    assert sorted(row.partition for row in await plain.all("tasks")) == ["contoso|plan1", "contoso|plan2"]

    plain.tasks.held["contoso"] = plain.tasks.held["contoso"][:1]
    for _ in range(2):
        plain.clock.forward(minutes=15)
        await plain.fetch("planner")

    assert (await plain.held("MC1200002")).task_states[0].gone == plain.clock()
    assert (await only_state(plain)).gone is None
