"""A deployment that moves: exported, imported asleep, woken; nothing is lost, and nobody hears anything twice."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.core import ids, names
from shared.core.changes.change import Claim, TicketState
from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.ports.storage import Row
from shared.record import imports
from shared.record.effects import effect_row, read_effect
from shared.record.imports import import_here
from shared.usecases.life.lines import every_line
from shared.usecases.pages.change import change as change_view
from shared.usecases.pages.home import home
from shared.usecases.pages.metrics import metrics
from shared.usecases.upkeep import import_
from shared.usecases.upkeep.export import export_all, wait_until_known
from shared.usecases.upkeep.import_ import check, import_all
from tests.fakes import DiedError, FakeTables, Lifetime, Mortal, deps_with
from tests.usecases.world import NOVEMBER, World, done, post, task

POSTS = [post(), post("MC1200002", title="Another"), post("MC1200003", title="A third")]


def quiet(text):
    """Of whom nobody hears."""


async def lived(world=None):
    """A deployment with some history: tickets, cards, a closing, an edit, a task, something parked."""
    world = world or World()
    world.posts.held = {"contoso": list(POSTS), "fabrikam": [POSTS[0]]}
    world.tasks.held = {"contoso": [task(), task("lost", title="nobody knows")]}
    await world.fetch()
    world.clock.forward(days=1)
    world.posts.held["contoso"][1] = post("MC1200002", title="Another", when=NOVEMBER, modified="2026-09-02T08:00:00Z")
    world.tasks.held["contoso"][0] = done()
    await world.fetch()
    await world.deps.storage.queues.send("changes", Envelope({"ids": "damaged"}, world.clock()))
    await world.drain()
    await world.mend()
    return world


async def exported(world):
    lines = []
    await export_all(world.deps, lines.append, quiet)
    return lines


def empty(world):
    """Another deployment, in which nothing has happened, at the same time and with the same feeds."""
    other = World(world.policy.policy, is_new=True)
    other.clock.now = world.clock()
    other.posts, other.tasks = world.posts, world.tasks
    other.deps = deps_with(other.deps, feeds=world.deps.outside.feeds, tasks=world.tasks)
    return other


async def imported(world, lines, deps=None):
    async def put_to_sleep(policy, last_good):
        world.policy.policy = world.policy.policy.model_copy(update={"asleep": True})

    return await import_all(deps or world.deps, check(lines), lambda: iter(lines), put_to_sleep, quiet)


def wake(world):
    world.policy.policy = world.policy.policy.model_copy(update={"asleep": False})


async def moved(world):
    other = empty(world)
    await imported(other, await exported(world))
    return other


async def pages(world):
    views = [await change_view(world.deps, each["id"]) for each in POSTS]
    return await home(world.deps), await metrics(world.deps), views


async def kept(world):
    """What stands in the record, without versions, and without who works on what."""
    return {
        (table, row.partition, row.key): {
            name: value for name, value in row.values.items() if name not in {"claim_owner", "claim_until", "turn"}
        }
        for table in ("changes", "closings", "register", "tasks", "open", "parked", "audit", "people", "numbers")
        for row in await world.all(table)
    }


async def test_every_page_is_the_same_and_the_same_posts_change_nothing():
    old = await lived()
    new = await moved(old)
    assert await kept(new) == await kept(old)
    assert await pages(new) == await pages(old)
    before = await kept(new)

    wake(new)
    await new.fetch()
    new.clock.forward(minutes=15)
    await new.fetch()

    assert new.inbox.cards == []
    assert len(await new.all("register")) == len(await old.all("register"))
    assert {key: row for key, row in (await kept(new)).items() if key[0] in {"register", "parked", "closings"}} == {
        key: row for key, row in before.items() if key[0] in {"register", "parked", "closings"}
    }
    assert {each.first_load for each in await effects(new)} == {each.first_load for each in await effects(old)}


async def effects(world):
    return [read_effect(row) for row in await world.all("changes") if "|x|" in row.key]


async def test_an_edit_after_the_move_updates_the_same_ticket_and_tells_those_who_know_the_change():
    old = await lived()
    number = (await old.ticket_state("MC1200003")).ticket.number
    new = await moved(old)
    wake(new)
    await new.fetch()
    new.posts.held["contoso"][2] = post("MC1200003", title="A third", when=NOVEMBER, modified="2026-09-03T08:00:00Z")
    new.clock.forward(days=1)

    await new.fetch()

    state = (await new.ticket_state("MC1200003")).ticket
    assert state.number == number
    assert len(state.applied) == 2
    assert len(await new.all("register")) == len(await old.all("register"))
    assert {card.change_id for card in new.inbox.cards} == {"MC1200003"}


async def test_a_post_that_came_in_between_is_told_as_usual_and_one_that_went_is_gone():
    old = await lived()
    lines = await exported(old)
    old.posts.held["contoso"][:1] = [post("MC1200004", title="Came in between")]
    old.posts.held["fabrikam"] = [post("MC1200004", title="Came in between")]
    new = empty(old)
    await imported(new, lines)
    wake(new)
    await new.fetch("messages")
    new.clock.forward(hours=1)
    await new.fetch("messages")
    new.clock.forward(hours=25)  # a tenant with one post lost all: believed after a day
    await new.fetch("messages")
    new.clock.forward(hours=1)
    await new.fetch("messages")

    assert (await new.ticket_state("MC1200004")).first_load == ""
    assert "MC1200004" in {card.change_id for card in new.inbox.cards}
    assert (await new.copy("contoso", "MC1200001")).gone


async def test_what_was_due_waits_until_it_is_woken_and_is_done_then():
    old = await lived()
    third = {row.key: row for row in await old.all("changes") if row.key.startswith(f"c|{ids.key('MC1200003')}|x|")}
    for row in third.values():  # as if nothing of it had been done yet, and somebody had just begun
        state = read_effect(row)
        again = replace(state, due=state.done, done="", ticket=TicketState(), claim=Claim("somebody", old.clock()))
        old.tables.put("changes", effect_row("MC1200003", again))
    new = await moved(old)
    assert sorted(queue for queue, _, _ in new.queues.sent) == ["cards", "cards", "tickets"]

    new.clock.forward(days=2)
    new._collect()
    for _ in range(30):
        await new.step()
        new._collect()
    assert new.inbox.cards == []
    assert len(await new.all("parked")) == len(await old.all("parked"))

    wake(new)
    await new.drain()
    assert [each.effect.key for each in await effects(new) if each.due and not each.parked] == []
    assert {card.change_id for card in new.inbox.cards} == {"MC1200003"}
    assert len(await new.all("register")) == len(await old.all("register")), "it looked its key up first"
    assert len(await new.all("parked")) == len(await old.all("parked"))


async def _dies(world, lines, life):
    storage = world.deps.storage
    mortal = deps_with(
        world.deps,
        tables=Mortal(storage.tables, life),
        queues=Mortal(storage.queues, life),
        blobs=Mortal(storage.blobs, life),
    )
    await imported(world, lines, mortal)


@pytest.mark.parametrize("after", [False, True], ids=["before a call", "after a call"])
async def test_an_import_that_died_anywhere_is_repeated_and_leaves_the_same(after):
    old = await lived()
    lines = await exported(old)
    undisturbed = empty(old)
    whole = Lifetime()
    await _dies(undisturbed, lines, whole)
    expected = await kept(undisturbed)

    for calls in range(whole.calls):
        new = empty(old)
        with pytest.raises(DiedError):
            await _dies(new, lines, Lifetime(calls, after=after))
        begun = await import_here(new.tables)
        if begun and begun.done:
            with pytest.raises(PermanentError, match="whole"):
                await imported(new, lines)
        else:
            await imported(new, lines)
        assert await kept(new) == expected, f"died at call {calls}"
        assert (await import_here(new.tables)).done
        assert (await every_line(new.deps)).by_id.keys() == (await every_line(old.deps)).by_id.keys()


@pytest.mark.parametrize("queue", ["posts", "tasks", "posts-poison", "tasks-poison"])
async def test_an_export_is_refused_while_a_message_holds_what_stands_nowhere_else(queue):
    world = await lived()
    await world.queues.send(queue, Envelope({}, world.clock()))
    lines = []

    with pytest.raises(PermanentError, match=rf"queue {queue} holds about 1 messages.*Nothing was written"):
        await export_all(world.deps, lines.append, quiet)

    assert lines == []


@pytest.mark.parametrize("queue", ["fetches", "changes", "tickets", "cards"])
async def test_pointers_in_queues_do_not_keep_anybody_from_exporting(queue):
    world = await lived()
    await world.queues.send(queue, Envelope({}, world.clock()))

    assert len(await exported(world)) > 10


async def test_posts_that_come_while_it_is_written_make_the_file_worth_nothing():
    world = await lived()

    def write(line):
        lines.append(line)
        if len(lines) == 5:
            world.queues.sent.append(("posts", Envelope({}, world.clock()), 0.0))

    lines = []
    with pytest.raises(PermanentError, match="thrown away"):
        await export_all(world.deps, write, quiet)
    with pytest.raises(PermanentError, match="was cut"):
        check(lines)


async def test_an_export_says_that_the_deployment_is_awake():
    world, told = await lived(), []
    await export_all(world.deps, quiet, told.append)
    assert "foresignal sleep" in told[0]

    world.policy.policy = world.policy.policy.model_copy(update={"asleep": True})
    told.clear()
    await export_all(world.deps, quiet, told.append)
    assert not any("awake" in text for text in told)


DAMAGES = {
    "cut in the middle of a line": (lambda lines: [*lines[:9], lines[9][:20]], "line 10 is cut or damaged"),
    "cut between lines": (lambda lines: lines[:9], "ends with line 9.*was cut"),
    "a line of something else": (lambda lines: [*lines[:4], "what?\n", *lines[5:]], "line 5 is cut or damaged"),
    "a line too few": (lambda lines: [*lines[:4], *lines[5:]], "lines stand before it"),
    "a line changed": (
        lambda lines: [*lines[:4], lines[4].replace('"p"', ' "p"', 1), *lines[5:]],
        "a line was changed",
    ),
    "a value damaged": (
        lambda lines: [line.replace('{"time":"2026', '{"time":"2O26') for line in lines],
        r"line \d+ is no row",
    ),
    "a line behind the last one": (lambda lines: [*lines, lines[3]], "stands behind the last one"),
    "no export": (lambda lines: ['{"id":"MC1"}\n'], "line 1 is not how an export begins"),
    "empty": (lambda lines: [], "ends with line 0"),
    "a newer form": (lambda lines: [lines[0].replace('export":1', 'export":2'), *lines[1:]], "newer than this one"),
    "a newer version": (
        lambda lines: [lines[0].replace(names.VERSION, "99.0.0"), *lines[1:]],
        "version 99.0.0, which is newer than this one",
    ),
    "a table of a newer version": (
        lambda lines: [*lines[:3], lines[3].replace('"changes"', '"wishes"'), *lines[4:]],
        "line 4 is a row of table 'wishes'",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_file_that_is_not_as_it_was_written_is_refused_by_the_number_of_its_line(damage):
    change, because = DAMAGES[damage]
    lines = change(await exported(await lived()))

    with pytest.raises(PermanentError, match=because):
        check(lines)


async def test_an_import_wants_a_deployment_in_which_nothing_happened_and_names_what_did():
    old = await lived()
    lines, new = await exported(old), empty(old)
    new.tables.put("closings", Row("2026-09", "MC1|1", {}))
    new.tables.put("register", Row("1", "1", {}))

    with pytest.raises(PermanentError, match="tables register, closings hold rows"):
        await imported(new, lines)

    assert len(new.tables.rows) == 2
    assert not new.policy.policy.asleep


@pytest.mark.parametrize("queue", ["posts", "tasks", "fetches", "changes"])
async def test_an_import_is_refused_while_messages_wait_that_would_become_rows(queue):
    old = await lived()
    lines, new = await exported(old), empty(old)
    await new.queues.send(queue, Envelope({}, new.clock()))

    with pytest.raises(PermanentError, match=rf"queue {queue} holds about 1 messages.*`foresignal sleep` there right"):
        await imported(new, lines)

    assert new.tables.rows == {}
    assert not new.policy.policy.asleep


async def test_two_files_at_once_leave_the_rows_of_one(monkeypatch):
    old = await lived()
    lines, new = await exported(old), empty(old)

    async def another_is_faster(tables, file):
        await imports.begin_import(tables, "another")
        return False

    monkeypatch.setattr(import_, "begin_import", another_is_faster)
    new.tables.put("tenants", Row("contoso", "snapshot|messages", {"failure": "403", "failures": 4}))
    with pytest.raises(PermanentError, match="another file is being imported here; nothing of this one"):
        await imported(new, lines)

    assert sorted(table for table, *_ in new.tables.rows) == ["runs", "tenants"]


@pytest.mark.parametrize(("age", "waited"), [(0, [70.0]), (30, [40.0]), (70, []), (7000, []), (-500, [70.0])], ids=str)
async def test_whoever_waits_for_a_policy_waits_for_the_rest_of_the_minute_in_which_processes_keep_another(age, waited):
    world, paused, told = World(), [], []

    async def pause(seconds):
        paused.append(seconds)

    here = replace(world.deps.here, pause=pause, pace=1.0)
    deps = replace(world.deps, here=here)
    await wait_until_known(deps, world.clock() - timedelta(seconds=age), told.append)

    assert paused == waited
    assert len(told) == len(waited)


async def test_what_the_timers_of_a_new_deployment_wrote_is_no_hindrance():
    old = await lived()
    new = empty(old)
    new.tables.put("tenants", Row("contoso", "snapshot|messages", {"failure": "403", "failures": 4}))
    new.tables.put("tenants", Row("-", "policy|told", {"told": ""}))
    new.tables.put("runs", Row("-", "remind", {"until": new.clock().isoformat()}))

    await imported(new, await exported(old))

    assert await kept(new) == await kept(old)
    assert (await new.tables.get("tenants", "contoso", "snapshot|messages")).values["failures"] == 0


async def test_one_file_is_imported_once_and_no_other_one_after_it():
    old = await lived()
    lines, another = await exported(old), await exported(old)
    new = empty(old)
    await imported(new, lines)

    with pytest.raises(PermanentError, match="imported here before, whole"):
        await imported(new, lines)
    with pytest.raises(PermanentError, match="another file was imported"):
        await imported(new, another)


async def test_a_policy_that_is_not_read_as_asleep_lets_nothing_in():
    old = await lived()
    lines, new = await exported(old), empty(old)

    async def nothing(policy, last_good):
        """A policy with a fault, so that another one is in force."""

    with pytest.raises(TransientError, match="not read as asleep"):
        await import_all(new.deps, check(lines), lambda: iter(lines), nothing, quiet)
    assert new.tables.rows == {}


async def test_blobs_come_along_and_the_policy_is_handed_to_whoever_puts_it_to_sleep():
    old = await lived()
    blobs = {
        ("config", "policy.yaml"): b"in force",
        ("config", "policy.last-good.yaml"): b"last good",
        ("config", "policy/20260901T090000.000000Z-abcdef01"): b"{}",
        ("reports", "weekly/2026-W36.html"): b"<html>",
        ("oversize", "abc"): bytes(range(256)),
    }
    for (container, name), data in blobs.items():
        await old.blobs.put(container, name, data)
    lines, new = await exported(old), empty(old)
    contents = check(lines)

    await imported(new, lines)

    assert (contents.policy, contents.last_good) == ("in force", "last good")
    here = {place: data for place, data in new.blobs.held.items() if place[0] != "lists"}
    assert here == {place: data for place, data in blobs.items() if not place[1].startswith("policy.")}


async def test_the_head_says_where_and_when_and_the_end_how_many():
    world = await lived()
    head, *lines, end = map(json.loads, await exported(world))

    assert head["deployment"] == "test"
    assert (head["version"], head["at"]) == (names.VERSION, world.clock().isoformat())
    assert end["end"]["lines"] == len(lines) + 1
    assert end["end"]["rows"]["changes"] == len(await world.all("changes"))
    assert isinstance(world.tables, FakeTables)
