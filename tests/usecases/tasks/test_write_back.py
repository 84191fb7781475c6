"""What we want of Planner tasks is written, over real requests to a Planner that keeps what people write."""

import os
import random
from collections import Counter

import pytest

from shared.core.errors import TransientError
from shared.core.policy.planner import PlannerWrites
from shared.core.tasks.merging import escaped
from shared.core.tasks.want import ASSIGN, DUE, ITEM, REFERENCE
from shared.record.planner import write_run, written_of
from shared.record.register import move_entry
from shared.usecases.tasks.write_back import MOST_A_RUN, preview, start_over, write_back
from tests.fakes import DiedError, Lifetime, Mortal, deps_with
from tests.usecases.tasks.plan import ANA, BEN, CYD, change_id, planned
from tests.usecases.world import post

ASSIGNMENT = {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}
REFERENCE_ITEM = {"@odata.type": "microsoft.graph.plannerExternalReference"}
ITEM_TYPE = {"@odata.type": "microsoft.graph.plannerChecklistItem"}
PAGE = "https://foresignal.example/api/changes/MC1200001"
DAY = "2026-10-01"
"""When the posts of these tests begin to be rolled out."""
CHANGES = int(os.environ.get("FORESIGNAL_PLANNED_CHANGES", "24"))
"""How many of the 2,000 tasks have a change that we know."""


async def close_ticket(world, number=0):
    await move_entry(world.tables, f"CHG{1200001 + number}", "closed", "", world.clock())
    world.clock.forward(minutes=15)
    await world.follow()


async def test_a_task_gets_due_date_references_steps_and_owner_and_later_is_done():
    async with planned(1) as world:
        await world.write()

        seen = world.seen()
        assert seen.fields[DUE] == DAY
        assert seen.fields[ASSIGN] == ANA
        assert seen.fields[REFERENCE + PAGE] == "MC1200001 in Foresignal"
        assert [alias for name, alias in seen.fields.items() if name.startswith(REFERENCE)].count("Ticket CHG1200001")
        assert any(name.startswith(ITEM) for name in seen.fields)
        assert not seen.done

        await close_ticket(world)
        await world.write()

        assert world.seen().done


async def test_a_task_costs_four_calls_to_storage_and_four_to_graph_and_nothing_where_nothing_is_new():
    async with planned(2) as world:
        before = world.tables.calls, world.calls["graph"]
        assert (await world.write()).written == 2
        first = world.tables.calls - before[0], world.calls["graph"] - before[1]
        assert first[1] == 8
        for row in await world.all("changes"):
            assert not row.key.startswith("w|") or row.values["completing"] == 0

        await world.track()
        before = world.tables.calls, world.calls["graph"]
        assert (await world.write()).written == 0
        quiet = world.tables.calls - before[0]
        assert world.calls["graph"] == before[1]
        # of both runs: run, lines, touched, people, until; of each task in the first: read, remembered, pending, ours
        assert first[0] - quiet <= 2 * 2
        assert quiet <= 2 * 2 + 8


async def test_what_a_person_wrote_before_or_after_is_left_alone():
    async with planned(1) as world:
        task = world.task()["id"]
        world.planner.edit(task, world.clock(), dueDateTime="2027-03-01T10:00:00Z", assignments={BEN: ASSIGNMENT})

        await world.write()
        assert (world.seen().fields[DUE], world.seen().fields[ASSIGN]) == ("2027-03-01", BEN)
        item = next(name for name in world.seen().fields if name.startswith(ITEM)).removeprefix(ITEM)
        world.planner.edit_details(task, world.clock(), references={escaped(PAGE): None}, checklist={item: None})

        await world.arrive(post(modified="2026-09-01T10:00:00Z", title="Retirement of the old viewer, again"))
        await world.track()
        await world.write()

        assert REFERENCE + PAGE not in world.seen().fields
        assert ITEM + item not in world.seen().fields

        world.planner.edit(task, world.clock(), dueDateTime=None)
        await world.track()
        await world.write()
        assert world.seen().fields[DUE] == DAY, "emptied by the person who held it"


async def test_completed_by_us_and_opened_by_a_person_is_the_persons_word():
    async with planned(1) as world:
        await world.write()
        await close_ticket(world)
        await world.write()
        world.planner.edit(world.task()["id"], world.clock(), percentComplete=50)
        for _ in range(3):
            await world.track()
            await world.write()
        assert not world.seen().done


async def test_our_own_writes_are_no_act_of_a_person_and_those_of_a_person_are():
    async with planned(2) as world:
        await world.write()
        await close_ticket(world)
        await world.write()
        world.planner.edit(world.task(1)["id"], world.clock(), percentComplete=50)
        await world.track()

        ours, theirs = [(await world.held(change_id(n))).task_states[0] for n in (0, 1)]
        assert ours.assigned
        assert ours.completed
        assert ours.moved is None
        assert (ours.by_us, theirs.by_us) == (True, True)
        assert theirs.moved


async def test_only_changes_first_seen_after_it_was_switched_on_are_written_unless_all_are_asked_for():
    async with planned(2, known=1, first_run=False) as world:
        for _ in range(2):
            assert (await world.write()).written == 0
        assert [each.change for each in await preview(world.deps, everything=True)] == [change_id(0)]
        await world.arrive(post(change_id(1)))
        assert (await world.write()).written == 1
        assert (DUE in world.seen(0).fields, DUE in world.seen(1).fields) == (False, True)

        assert await start_over(world.deps)
        assert (await world.write()).written == 1
        assert DUE in world.seen(0).fields


async def test_switched_off_and_on_again_it_touches_nothing_of_the_time_between():
    async with planned(2, known=1) as world:
        world.policy.policy = world.policy.policy.model_copy(update={"planner": PlannerWrites()})
        await world.write()
        assert await write_run(world.tables) is None
        await world.arrive(post(change_id(1)))
        world.policy.policy = world.policy.policy.model_copy(update={"planner": PlannerWrites(mode="live")})
        for _ in range(2):
            assert (await world.write()).written == 0


async def test_a_dry_run_lists_and_writes_nothing():
    async with planned(1, mode="dry_run") as world:
        before = world.task()
        await world.write()

        (listed,) = await preview(world.deps)

        assert listed.merged.writes[DUE] == DAY
        assert world.task() == before
        assert not await written_of(world.tables, change_id(0))


async def test_a_private_post_says_nothing_in_its_task():
    async with planned(1, known=0) as world:
        await world.arrive(post(tags=["GDPR"], actionRequiredByDateTime="2026-10-20T00:00:00Z"))
        before = world.task(), world.planner.details(world.task()["id"], world.clock())
        await world.write()
        assert (world.task(), world.planner.details(world.task()["id"], world.clock())) == before


async def test_a_limit_of_planners_is_named_and_not_met_again(monkeypatch):
    monkeypatch.setattr("sandbox.microsoft365.writing.MOST_REFERENCES", 1)
    async with planned(2) as world:
        result = await world.write()
        assert len(result.failures) == 2
        assert "MaximumReferencesOnTask" in result.failures[0]
        assert world.seen().fields[DUE] == DAY, "the other part is written"
        calls = world.calls["graph"]
        await world.track()
        calls = world.calls["graph"]
        await world.write()
        assert world.calls["graph"] == calls


async def test_a_tenant_that_refuses_is_asked_once_a_run_and_its_role_is_named():
    async with planned(5) as world:
        world.faults.forbidden.add("contoso")
        calls = world.calls["graph"]
        result = await world.write()
        assert world.calls["graph"] == calls + 1
        assert "Tasks.Read" in result.failures[0]
        world.faults.forbidden.clear()
        assert (await world.write()).written == 5


async def test_a_deleted_task_is_left_alone():
    async with planned(1) as world:
        task = world.task()
        world.planner.delete(task["id"], task["@odata.etag"], world.clock())
        assert (await world.write()).failures == []
        for _ in range(2):
            await world.track()
        calls = world.calls["graph"]
        await world.write()
        assert world.calls["graph"] == calls


async def test_no_run_writes_more_than_its_share_and_none_is_forgotten():
    count = MOST_A_RUN + 10
    async with planned(count) as world:
        assert [(await world.write()).written for _ in range(3)] == [MOST_A_RUN, 10, 0]
        assert all(DUE in world.seen(number).fields for number in range(count))


class Meddling:
    """Our adapter, with a person who edits tasks between our read and our write. `ledger`: what they set, by task."""

    def __init__(self, inner, seed):
        self.inner, self.random, self.world = inner, random.Random(seed), None
        self.ledger, self.is_away = {}, False
        self.edits = Counter()

    def __getattr__(self, name):
        return getattr(self.inner, name)

    async def write(self, name, tenant, task, part, body, etag):
        if not self.is_away and self.random.random() < 0.5:
            self.edit(task)
        return await self.inner.write(name, tenant, task, part, body, etag)

    def edit(self, task):
        """One edit of a kind that chance picks; nothing where there is nothing to edit so."""
        now = self.world.clock()
        details, current = self.world.planner.details(task, now), self.world.planner.task(task, now)
        said = self.ledger.setdefault(task, {})
        kind = self.random.choice(
            ["due", "clear", "give", "take", "open", "unlink", "rename", "check", "remove", "add"]
        )
        if kind in ("due", "clear", "give", "take", "open"):
            body = self._of_task(kind, said, current)
            if body:
                self.world.planner.edit(task, now, **body)
        else:
            body = self._of_details(kind, said, details)
            if body:
                self.world.planner.edit_details(task, now, **body)
        self.edits[kind] += bool(body)

    def _of_task(self, kind, said, current):
        if kind == "due":
            said["due"] = f"2027-0{self.random.randint(1, 9)}-15"
            return {"dueDateTime": said["due"] + "T10:00:00Z"}
        if kind == "clear" and current["dueDateTime"] and "due" not in said:
            said["due"] = ""
            return {"dueDateTime": None}
        if kind == "give":
            person = self.random.choice([BEN, CYD])
            said[person] = True
            return {"assignments": {person: ASSIGNMENT}}
        if kind == "take" and ANA in current["assignments"]:
            said[ANA] = False
            return {"assignments": {ANA: None}}
        if kind == "open" and current["percentComplete"] == 100:
            said["open"] = True
            return {"percentComplete": 50}
        return {}

    def _of_details(self, kind, said, details):
        ours, items = [key for key in details["references"] if "changes/MC" in key], list(details["checklist"])
        if kind in ("unlink", "rename") and ours:
            alias = said["ref", ours[0]] = None if kind == "unlink" else "My own words"
            return {"references": {ours[0]: REFERENCE_ITEM | {"alias": alias} if alias else None}}
        if kind in ("check", "remove") and items:
            checked = said["item", items[0]] = True if kind == "check" else None
            return {"checklist": {items[0]: ITEM_TYPE | {"isChecked": True} if checked else None}}
        if kind == "add":
            said["item", f"own-{len(said)}"] = False
            return {"checklist": {f"own-{len(said) - 1}": ITEM_TYPE | {"title": "My own"}}}
        return {}

    def broken(self):
        """What a person set and what stands there, where they differ."""
        for task, said in self.ledger.items():
            now, details = self.world.planner.task(task, self.world.clock()), None
            details = self.world.planner.details(task, self.world.clock())
            for what, value in said.items():
                match what:
                    case "due":
                        there = (now["dueDateTime"] or "")[:10]
                    case "open":
                        there = now["percentComplete"] < 100
                    case ("ref", key):
                        there = (details["references"].get(key) or {}).get("alias")
                    case ("item", key):
                        there = (details["checklist"].get(key) or {}).get("isChecked")
                    case person:
                        there = person in now["assignments"]
                if there != value:
                    yield task, what, value, there


@pytest.mark.parametrize("seed", range(int(os.environ.get("FORESIGNAL_PLANNED_SEEDS", "1"))))
async def test_in_a_plan_of_two_thousand_tasks_every_field_that_a_person_set_keeps_it(seed):
    """Throttled, with etags that clash and people who edit between our read and our write; tasks are made again."""
    people = []

    def meddle(adapter):
        people.append(Meddling(adapter, seed))
        return people[0]

    async with planned(2000, known=CHANGES, around=meddle) as world:
        person = people[0]
        person.world = world
        chance = random.Random(seed)
        world.faults.throttle_every, world.faults.retry_after = 17, "2"
        for step in range(6 + CHANGES // 8):
            await world.write()
            if step == 2:
                await close_and_import_again(world, person)
            if chance.random() < 0.5:
                await world.track()
            for number in chance.sample(range(CHANGES), 5):
                person.edit(world.task(number)["id"])
        world.faults.throttle_every = 0
        person.is_away = True
        for _ in range(4 + CHANGES // MOST_A_RUN):
            await world.track()
            await world.write()

        assert list(person.broken()) == []
        assert len(person.edits) >= 8, person.edits
        await assert_whole(world, person)
        calls = world.calls["graph"]
        await world.write()
        assert world.calls["graph"] - calls <= 2, "everything is written, and nothing is asked again"


async def close_and_import_again(world, person):
    """The board closes a third of the tickets; one task is deleted, and made again by the sync."""
    for number in range(0, CHANGES, 3):
        await move_entry(world.tables, f"CHG{1200001 + number}", "closed", "", world.clock())
    await world.follow()
    task = world.task(1)
    world.planner.delete(task["id"], task["@odata.etag"], world.clock())
    person.ledger.pop(task["id"], None)
    world.planner.import_again(task["id"], world.clock())


async def assert_whole(world, person):
    """Every field that no person set says what we want of it, of every task."""
    closed = 0
    for number in range(CHANGES):
        seen, said = world.seen(number), person.ledger.get(world.task(number)["id"], {})
        page = f"https://foresignal.example/api/changes/{change_id(number)}"
        if (await world.change(change_id(number))).closed:
            closed += 1
            assert seen.done is ("open" not in said), number
            continue
        assert seen.fields.get(DUE, "") == said.get("due", DAY), number
        wanted = said.get(("ref", escaped(page)), f"{change_id(number)} in Foresignal")
        assert seen.fields.get(REFERENCE + page) == wanted, number
        if not {BEN, CYD, ANA} & set(said):
            assert seen.fields[ASSIGN] == ANA, number
    assert closed >= CHANGES // 3
    rows = [row for row in await world.all("changes") if row.key.startswith("w|")]
    assert len(rows) == CHANGES + 1  # one of the task that was deleted


class _Mortals(Mortal):
    _CALLS = Mortal._CALLS | {"task", "details", "write"}


async def run_until_it_lives(deps):
    """The timer's run; where the process dies, the next one."""
    try:
        await write_back(deps)
    except DiedError:
        await write_back(deps)


async def told(calls=None, *, after=False):
    """A task is written, then its change is closed; the process may die at any call. What stands there in the end."""
    async with planned(1) as world:
        life = Lifetime(calls, after=after)
        alive = world.deps
        outside = alive.outside
        mortal = deps_with(alive, tables=_Mortals(alive.storage.tables, life), tasks=_Mortals(outside.tasks, life))

        for closes in (False, True, False):
            if closes:
                await close_ticket(world)
            world.clock.forward(minutes=15)
            await run_until_it_lives(mortal)
        task = world.task()
        details = world.planner.details(task["id"], world.clock())
        (row,) = [row for row in await world.all("changes") if row.key.startswith("w|")]
        memory = (await written_of(world.tables, change_id(0)))[row.values["tenant"], row.values["task"]].memory
        return life.calls, {
            "task": (task["dueDateTime"], sorted(task["assignments"]), task["percentComplete"]),
            "references": sorted((key, value["alias"]) for key, value in details["references"].items()),
            "items": sorted(value["title"] for value in details["checklist"].values()),
            "fields": {name: (each.ours, each.pending, each.theirs) for name, each in memory.fields.items()},
            "closing": (memory.completed_for, memory.completed_by_us, memory.completing),
            "mail": task["assignments"][ANA]["assignedDateTime"],
        }


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
async def test_a_process_that_dies_at_any_call_leaves_what_an_undisturbed_one_leaves(after):
    calls, undisturbed = await told()
    assert undisturbed["task"][2] == 100
    assert calls > 20
    for number in range(calls):
        _, found = await told(number, after=after)
        assert {**found, "mail": ""} == {**undisturbed, "mail": ""}, number


async def test_a_write_whose_answer_is_lost_is_known_as_ours():
    async with planned(1) as world:
        write = world.tasks.write
        lost = []

        async def losing(*args):
            await write(*args)
            lost.append(args)
            raise TransientError("no answer")

        world.deps.outside.tasks.write = losing
        await world.write()
        world.deps.outside.tasks.write = write
        await world.write()
        memory = next(iter((await written_of(world.tables, change_id(0))).values())).memory
        assert len(lost) == 1
        assert (memory.fields[DUE].ours, memory.fields[DUE].theirs, memory.is_pending) == (DAY, None, False)
