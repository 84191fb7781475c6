"""The contract of the port `TicketSystem`, over every adapter that there is.

An adapter of a remote system brings a file `tests/contracts/<kind>.py` with an asynchronous context manager
`system(request)` that yields a `Rig` (tests/contracts/rig.py) over a server of its own, behind a `proxied(...)`.
"""

import asyncio
import uuid
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest

from shared.adapters import registry
from shared.adapters.storage.tables import AzureTables
from shared.adapters.ticketing.dry_run import DryRun
from shared.core.errors import PermanentError, TransientError
from shared.core.ports.storage import Write
from shared.core.terms import ENDED
from shared.core.tickets.content import ticket_key
from shared.core.tickets.ticket import PlanStep
from shared.record.register import TABLE, entries, entry_of, move_entry
from tests.contracts.proxy import Fault
from tests.contracts.rig import REMOTE, Rig, deps_for, found_late, remote, ticket
from tests.fakes import FakeClock, FakeTables
from tests.usecases.world import PrefixedTables

BUILT_IN = ("register over fake tables", "register over real tables")


@asynccontextmanager
async def over_tables(request):  # noqa: C901 - one function for each thing that a rig has
    """The register: its own side is the table."""
    real, tables, clock = None, FakeTables(), FakeClock()
    if "real" in request.param:
        real = AzureTables.connect(Counter(), connection=request.getfixturevalue("storage"))
        tables = PrefixedTables(real, "w" + uuid.uuid4().hex[:12])
        await real.create([tables.name(TABLE)])

    async def delete(number):
        async for row in tables.scan(TABLE):
            if row.key == number:
                await tables.commit(TABLE, [Write("delete", row)])

    async def history(number):
        return [text for _, text in (await entry_of(tables, number)).history]

    async def move(number, word):
        await move_entry(tables, number, word, "", clock())

    async def count(key):
        return sum(entry.key == key for entry in await entries(tables))

    async def fields(number):
        entry = await entry_of(tables, number)
        return {name: getattr(entry, name) for name in ("title", "risk", "group", "planned_start", "planned_end")}

    def shows(wanted):
        return {name: getattr(wanted, name) for name in ("title", "risk", "group", "planned_start", "planned_end")}

    async with deps_for(clock, {}, tables=tables) as deps:

        def another():
            return registry.build("tickets", "register", {}, deps)

        try:
            own = another()
            yield Rig(
                own,
                another,
                delete,
                history,
                move,
                count,
                fields,
                shows,
                clock=clock,
                approved="scheduled",
                begun="implement",
            )
        finally:
            if real:
                await real.close()


@pytest.fixture(params=[*BUILT_IN, *REMOTE])
async def rig(request):
    over = over_tables(request) if request.param in BUILT_IN else remote(request)
    async with over as built:
        yield built


# What is opened, and found again.


async def test_a_ticket_that_was_opened_is_found_by_its_key(rig):
    opened = await rig.port.open(ticket())
    await found_late(rig)

    found = await rig.port.find(ticket().key)

    assert (found.number, found.url, found.state) == (opened.number, opened.url, opened.state)
    assert opened.state not in ENDED
    assert opened.closed_at is None
    assert opened.url.startswith(("https://", "http://127.0.0.1"))


async def test_a_key_that_nobody_has_is_not_found(rig):
    await rig.port.open(ticket())
    await found_late(rig)

    assert await rig.port.find(ticket("MC1200002").key) is None
    assert await rig.port.find(ticket("MC120000").key) is None
    assert await rig.port.find(ticket_key("another", "MC1200001")) is None


async def test_opening_the_same_key_twice_gives_the_same_ticket_and_tells_nothing_twice(rig):
    first = await rig.port.open(ticket())
    await found_late(rig)

    second = await rig.another().open(ticket())

    assert second.number == first.number
    assert await rig.count(ticket().key) == 1
    assert (await rig.history(first.number)).count(ticket().notes[0]) == 1


async def test_every_field_arrives_as_sent(rig):
    opened = await rig.port.open(ticket())

    wanted = rig.shows(ticket())
    held = await rig.fields(opened.number)
    assert {name: held.get(name) for name in wanted} == wanted


async def test_what_would_be_sent_can_be_seen_without_a_call(rig):
    shown = rig.port.preview(ticket())

    assert shown.fields
    assert not any(secret in str(shown) for secret in rig.secrets)
    assert await rig.count(ticket().key) == 0


async def test_pinging_says_as_whom_and_changes_nothing(rig):
    said = await rig.port.ping()

    assert said
    assert "\n" not in said
    assert not any(secret in said for secret in rig.secrets)


# What is not ours, though it carries our key: keys can be guessed.


@pytest.mark.parametrize("ended", [False, True], ids=["open", "ended"])
async def test_a_ticket_that_somebody_else_made_with_our_key_is_none_of_ours(rig, ended):
    if rig.squat is None:
        pytest.skip("nobody else makes tickets here")
    theirs = await rig.squat(ticket().key, rig.closed if ended else "")
    await found_late(rig)

    assert await rig.port.find(ticket().key) is None
    opened = await rig.another().open(ticket())

    assert opened.number != theirs
    assert opened.state not in ENDED
    assert not any(line.startswith(f"{theirs}, made by") for line in await rig.history(opened.number))
    await found_late(rig)
    assert (await rig.another().find(ticket().key)).number == opened.number
    assert (await rig.another().open(ticket())).number == opened.number


async def test_a_ticket_of_our_own_account_in_another_place_is_none_of_ours(rig):
    if rig.elsewhere is None:
        pytest.skip("there is one place for tickets here")
    there = await rig.elsewhere(ticket().key)
    await found_late(rig)

    assert await rig.port.find(ticket().key) is None
    assert (await rig.another().open(ticket())).number != there


async def test_a_ticket_that_had_ended_before_we_filed_is_left_and_told_of_once(rig, caplog):
    if rig.squat is None:
        pytest.skip("a key has one ticket here")
    before = await rig.port.open(ticket())
    await rig.move(before.number, rig.closed)
    await found_late(rig)

    opened = await rig.another().open(ticket())

    assert opened.number != before.number
    assert opened.state not in ENDED
    (line,) = [told for told in await rig.history(opened.number) if told.startswith(f"{before.number}, made by")]
    assert "has the same key and had ended" in line
    assert sum("another ticket is filed" in record.getMessage() for record in caplog.records) == 1
    await found_late(rig)
    assert (await rig.another().find(ticket().key)).number == opened.number
    assert (await rig.another().open(ticket())).number == opened.number
    assert await rig.count(ticket().key) == 2
    assert sum(told.startswith(f"{before.number}, made by") for told in await rig.history(opened.number)) == 1


# What moves.


async def test_notes_are_added_once_however_often_they_are_told(rig):
    opened = await rig.port.open(ticket())
    moved = ticket(
        title="MC1200001 (Updated) Retirement", notes=(*ticket().notes, "2026-09-02: Microsoft moved the rollout")
    )

    for _ in range(3):
        await rig.port.amend(opened, moved)

    lines = await rig.history(opened.number)
    assert [lines.count(note) for note in moved.notes] == [1, 1]


async def test_dates_that_moved_are_moved_on_the_ticket(rig):
    opened = await rig.port.open(ticket())
    start, end = ticket().planned_start.replace(month=11), ticket().planned_end.replace(month=12)
    moved = ticket(planned_start=start, planned_end=end, risk="low", notes=("moved",))

    await rig.port.amend(opened, moved)

    wanted = rig.shows(moved)
    held = await rig.fields(opened.number)
    assert {name: held.get(name) for name in wanted} == wanted


async def test_a_date_that_is_no_longer_known_is_taken_from_the_ticket(rig):
    opened = await rig.port.open(ticket())
    undated = ticket(planned_start=None, planned_end=None, act_by=None, notes=("on hold",))

    await rig.port.amend(opened, undated)

    wanted = rig.shows(undated)
    held = await rig.fields(opened.number)
    assert {name: held.get(name) or None for name in wanted} == {name: value or None for name, value in wanted.items()}


async def test_what_is_cancelled_ends_and_says_when(rig):
    opened = await rig.port.open(ticket())

    ended = await rig.port.amend(opened, ticket(cancelled=True, notes=("cancelled",)))

    assert ended.state == "cancelled"
    assert ended.closed_at is not None
    assert (await rig.port.states([opened.number]))[opened.number] == replace(ended, written={}, tasks=())
    again = await rig.port.amend(ended, ticket(cancelled=True))
    assert again == ended


async def test_what_is_cancelled_from_the_start_is_there_and_ended(rig):
    opened = await rig.port.open(ticket(cancelled=True))

    assert opened.state in ENDED
    assert opened.closed_at is not None


async def test_a_ticket_that_ended_stays_ended_when_something_is_told(rig):
    opened = await rig.port.open(ticket())
    ended = await rig.port.amend(opened, ticket(cancelled=True))

    after = await rig.port.amend(ended, ticket(notes=("resumed",)))

    assert (after.state, after.closed_at) == (ended.state, ended.closed_at)
    assert "resumed" in await rig.history(opened.number)


async def test_a_ticket_that_ended_is_opened_again_where_the_policy_wants_it(rig):
    opened = await rig.port.open(ticket())
    ended = await rig.port.amend(opened, ticket(cancelled=True))

    after = await rig.port.amend(ended, ticket(reopen=True, notes=("Microsoft goes on with this change",)))

    lines = await rig.history(opened.number)
    assert "Microsoft goes on with this change" in lines
    if rig.reopens:
        assert after.state not in ENDED
        assert after.closed_at is None
    else:
        assert any("by hand" in line for line in lines)


async def test_a_ticket_that_ended_stays_so_where_the_change_itself_is_cancelled(rig):
    opened = await rig.port.open(ticket())
    await rig.move(opened.number, rig.closed)

    after = await rig.port.amend(opened, ticket(cancelled=True, reopen=True, notes=("2026-09-02: it fell",)))

    assert after.state in ENDED
    lines = await rig.history(opened.number)
    assert "2026-09-02: it fell" in lines
    assert not any("by hand" in line or "looked at again" in line for line in lines)
    assert after.not_taken == ()


# Dates that moved after the board approved.

BACK = "The dates moved (21 days later) after the board approved"
ASKED = f"2026-09-02: {BACK}: please assess it again"


async def test_an_approved_ticket_whose_dates_moved_goes_back_to_assessment_or_asks_for_it(rig):
    opened = await rig.port.open(ticket())
    if rig.approved:
        await rig.move(opened.number, rig.approved)
        assert (await rig.port.states([opened.number]))[opened.number].state == "scheduled"
    before = (await rig.port.states([opened.number]))[opened.number]

    for _ in range(3):
        after = await rig.port.amend(opened, ticket(reassess=BACK, notes=(ASKED,)))

    assert (await rig.history(opened.number)).count(ASKED) == 1
    assert after.not_taken == ()
    if rig.approved and rig.back:
        assert after.state in {"assess", "new"}
        assert (await rig.port.states([opened.number]))[opened.number].state == after.state
    else:
        assert after.state == before.state


async def test_a_ticket_whose_work_has_begun_or_ended_is_never_sent_back(rig):
    if rig.begun is None:
        pytest.skip("this system's tickets are never sent back")
    for word, state in ((rig.begun, None), (rig.closed, "closed")):
        opened = await rig.port.open(ticket(f"MC{1300000 + len(word)}"))
        await rig.move(opened.number, word)
        before = (await rig.port.states([opened.number]))[opened.number]

        again = ticket(f"MC{1300000 + len(word)}", reassess=BACK, notes=(ASKED,))
        after = await rig.port.amend(opened, again)

        assert after.state == before.state == (state or before.state)
        assert after.state in {"implement", "review", "closed"}


def test_each_adapter_that_sends_back_has_a_contract_for_it(rig):
    kind = type(rig.port).__module__.removeprefix("shared.adapters.tickets.").split(".")[0]
    can = kind in registry.kinds("tickets") and getattr(registry.module("tickets", kind), "REASSESSES", False)

    assert can == (rig.approved is not None)


# What the system does not take, whatever it answers.


async def test_a_field_that_stays_as_it_was_is_said_once_and_handed_back(rig):
    if rig.keep is None:
        pytest.skip("this system takes each field or refuses the call")
    opened = await rig.port.open(ticket())
    assert opened.not_taken == ()
    moved = ticket(
        title="MC1200001 (Updated) Retirement", services=("Exchange Online", "Teams"), notes=("2026-09-02: it moved",)
    )
    rig.keep(True)

    for _ in range(3):
        after = await rig.port.amend(opened, moved)

    (line,) = after.not_taken
    lines = await rig.history(opened.number)
    assert "did not take" in line
    assert [told for told in lines if "did not take" in told] == [line]
    assert lines.count("2026-09-02: it moved") == 1

    rig.keep(False)
    assert (await rig.port.amend(opened, moved)).not_taken == ()
    wanted = rig.shows(moved)
    held = await rig.fields(opened.number)
    assert {name: held.get(name) for name in wanted} == wanted


async def test_a_new_ticket_that_lacks_a_field_says_so_at_once(rig):
    if rig.keep is None:
        pytest.skip("this system takes each field or refuses the call")
    rig.keep(True)

    opened = await rig.port.open(ticket())

    (line,) = opened.not_taken
    assert (await rig.history(opened.number)).count(line) == 1
    assert await rig.count(ticket().key) == 1


async def test_a_cancellation_that_we_may_not_make_is_asked_of_people_once(rig):
    if rig.stuck is None:
        pytest.skip("this system lets us cancel from each state")
    opened = await rig.port.open(ticket())
    await rig.move(opened.number, rig.stuck)

    for _ in range(3):
        after = await rig.port.amend(opened, ticket(cancelled=True, notes=("2026-09-02: it fell",)))

    assert after.state not in ENDED
    (line,) = after.not_taken
    assert line.startswith("Microsoft will not make this change. We may not cancel the ticket: please do")
    lines = await rig.history(opened.number)
    assert sum("by hand" in told for told in lines) == 1
    assert lines.count("2026-09-02: it fell") == 1


async def test_a_ticket_closed_by_hand_is_read_back_and_not_opened_again(rig):
    opened = await rig.port.open(ticket())

    await rig.move(opened.number, rig.closed)

    seen = (await rig.port.states([opened.number]))[opened.number]
    assert seen.state == "closed"
    assert seen.closed_at is not None
    after = await rig.port.amend(seen, ticket(notes=("2026-09-03: Microsoft moved the rollout",)))
    assert after.state == "closed"
    assert "2026-09-03: Microsoft moved the rollout" in await rig.history(opened.number)


async def test_a_state_that_nobody_mapped_is_said_to_be_unknown_and_not_guessed(rig):
    if rig.odd is None:
        pytest.skip("this system has no state that we do not know")
    opened = await rig.port.open(ticket())

    await rig.move(opened.number, rig.odd)

    seen = (await rig.port.states([opened.number]))[opened.number]
    assert seen.state == "unknown"
    assert seen.remote_state
    assert seen.closed_at is None


async def test_a_ticket_deleted_by_hand_is_absent_and_is_made_again_by_what_comes_next(rig):
    opened = await rig.port.open(ticket())
    await found_late(rig)

    await rig.delete(opened.number)
    await found_late(rig)

    assert await rig.port.find(ticket().key) is None
    assert await rig.port.states([opened.number]) == {}
    again = await rig.port.amend(opened, ticket(notes=("dates moved",)))
    await found_late(rig)
    assert again.state not in ENDED
    assert (await rig.port.find(ticket().key)).number == again.number


@pytest.mark.parametrize(
    "number",
    ["CHG9999999", "", "nothing", "CHG²", "CHG" + "9" * 5000, "CHG-1", "../x", "CHG 1", "\ud800", "1' or '1'='1", "0"],
    ids=lambda number: ascii(number)[:20],
)
async def test_numbers_that_do_not_exist_are_absent(rig, number):
    opened = await rig.port.open(ticket())

    assert list(await rig.port.states([number, opened.number])) == [opened.number]


async def test_asking_for_nothing_answers_nothing(rig):
    assert await rig.port.states([]) == {}


# What texts may hold.

HOSTILE = "<script>alert(1)</script> {{7*7}} ${x} `rm` ' \" \\ % \x00\x07 \u202e 𝔘𝔫𝔦 %0d%0a\r\nh3. *b* _i_ javascript:"


@pytest.mark.parametrize("text", [HOSTILE, "x" * 255, "é" * 255, "𝔘" * 255], ids=["hostile", "x", "é", "astral"])
async def test_hostile_and_over_long_text_is_taken_as_text(rig, text):
    note = " ".join("".join(c if c.isprintable() else " " for c in text).split())

    opened = await rig.port.open(ticket(title=text[:255], what=text * 70, why_board=text, notes=(note,)))
    await rig.port.amend(opened, ticket(title=text[:255], what=text * 200, notes=(note, f"{note} again")))
    await found_late(rig)

    assert (await rig.port.find(ticket().key)).number == opened.number
    told = [" ".join(line.split()) for line in await rig.history(opened.number)]
    assert [told.count(note), told.count(f"{note} again")] == [1, 1]


async def test_a_long_life_fits_one_ticket(rig):
    opened = await rig.port.open(ticket())

    for line in range(10):
        await rig.port.amend(opened, ticket(notes=tuple(f"note {line}.{n} " + "x" * 300 for n in range(5))))

    lines = await rig.history(opened.number)
    assert any(line.startswith("note 9.4 ") for line in lines)


# Many at once.


async def test_a_hundred_tickets_at_once_are_a_hundred(rig):
    wanted = [ticket(f"MC12{n:05d}") for n in range(100)]
    few = asyncio.Semaphore(rig.at_once)

    async def file(one):
        async with few:
            return await rig.port.open(one)

    opened = await asyncio.gather(*map(file, wanted))

    numbers = [ref.number for ref in opened]
    assert len(set(numbers)) == 100
    assert set(await rig.port.states(numbers)) == set(numbers)


async def test_two_workers_that_tell_the_same_at_once_leave_one_ticket_that_is_right(rig):
    opened = await rig.port.open(ticket())
    moved = ticket(title="MC1200001 (Updated) Retirement", notes=("2026-09-02: dates moved",))
    workers = [rig.port, rig.another(), rig.another()]

    results = await asyncio.gather(*(worker.amend(opened, moved) for worker in workers), return_exceptions=True)

    assert all(isinstance(result, TransientError) or result.number == opened.number for result in results)
    await rig.port.amend(opened, moved)
    wanted = rig.shows(moved)
    held = await rig.fields(opened.number)
    assert {name: held.get(name) for name in wanted} == wanted
    assert "2026-09-02: dates moved" in await rig.history(opened.number)


async def test_a_day_of_tickets_that_end_is_told_apart(rig):
    opened = [await rig.port.open(ticket(f"MC120000{n}")) for n in range(3)]
    await rig.port.amend(opened[1], ticket("MC1200001", cancelled=True))
    await rig.move(opened[2].number, rig.closed)

    seen = await rig.port.states([ref.number for ref in opened])

    states = [seen[ref.number].state for ref in opened]
    assert states[0] not in ENDED
    assert states[1:] == ["cancelled", "closed"]
    assert replace(seen[opened[0].number], state="new").closed_at is None


async def test_what_somebody_filled_in_stays_when_the_plan_moves(rig):
    if rig.fill_in is None:
        pytest.skip("we write no field there that people could fill in")
    ref = await rig.port.open(ticket())
    before = await rig.fields(ref.number)
    await rig.fill_in(ref.number, "Our own plan: go back by hand.")
    filled = (await rig.fields(ref.number))[rig.text_field]
    assert filled != before[rig.text_field]

    moved = ticket(
        planned_start=date(2026, 11, 2), what="The old viewer goes later.", backout="There is none.", notes=()
    )
    again = await rig.port.amend(ref, moved)
    after = await rig.fields(ref.number)
    assert after[rig.text_field] == filled
    assert not rig.date_field or after[rig.date_field] != before[rig.date_field]
    # The same whoever asks next, and however often.
    await rig.another().amend(again, replace(moved, backout="Still none.", what="The old viewer goes still later."))
    assert (await rig.fields(ref.number))[rig.text_field] == filled


async def test_a_field_that_holds_what_we_wrote_is_written_again(rig):
    if rig.fill_in is None:
        pytest.skip("we write no field there that people could fill in")
    ref = await rig.port.open(ticket())
    assert ref.written
    first = (await rig.fields(ref.number))[rig.text_field]
    again = await rig.port.amend(ref, ticket(what="The old viewer goes later.", backout="There is none.", notes=()))
    second = (await rig.fields(ref.number))[rig.text_field]
    assert second != first
    await rig.port.amend(again, ticket(notes=()))
    assert (await rig.fields(ref.number))[rig.text_field] == first


async def test_a_write_whose_answer_was_lost_is_no_persons_edit(rig):
    if rig.fill_in is None or rig.proxy is None:
        pytest.skip("we write no field there that people could fill in")
    ref = await rig.port.open(ticket())
    first = (await rig.fields(ref.number))[rig.text_field]
    moved = ticket(what="The old viewer goes later.", backout="There is none.", notes=())
    rig.proxy.fail_next(Fault(lost=True), only=lambda method, _: method in {"PUT", "PATCH"})
    with pytest.raises(TransientError):
        await rig.port.amend(ref, moved)
    rig.proxy.forget()

    again = await rig.another().amend(ref, moved)
    await rig.port.amend(again, ticket(notes=()))

    assert (await rig.fields(ref.number))[rig.text_field] == first


async def test_a_ticket_of_the_version_before_is_written_as_that_version_did(rig):
    if rig.fill_in is None:
        pytest.skip("we write no field there that people could fill in")
    ref = await rig.port.open(ticket())
    first = (await rig.fields(ref.number))[rig.text_field]
    again = await rig.port.amend(
        replace(ref, written={}), ticket(what="The old viewer goes later.", backout="There is none.", notes=())
    )
    assert (await rig.fields(ref.number))[rig.text_field] != first
    assert again.written


async def test_the_dates_of_a_plan_that_is_running_are_kept(rig):
    if rig.begun is None or not rig.date_field:
        pytest.skip("no dates there, or no state that says that the work has begun")
    ref = await rig.port.open(ticket())
    before = (await rig.fields(ref.number))[rig.date_field]
    if rig.approved:
        await rig.move(ref.number, rig.approved)
    await rig.move(ref.number, rig.begun)
    await rig.port.amend(ref, ticket(planned_start=date(2026, 11, 2), notes=()))
    assert (await rig.fields(ref.number))[rig.date_field] == before


async def test_each_step_becomes_one_task_and_none_is_taken_away(rig):
    if rig.tasks is None:
        pytest.skip("tickets have no tasks there")
    both = ticket(has_tasks=True)
    ref = await rig.port.open(both)
    assert [line for line in await rig.tasks(ref.number) if "Tell the users" in line or "new viewer" in line] == (
        await rig.tasks(ref.number)
    )
    assert len(await rig.tasks(ref.number)) == len(both.steps)
    assert set(ref.tasks) == {step.key for step in both.steps}

    third = PlanStep("ffffffffffff", "Ask the owners", None, "")
    again = await rig.port.amend(ref, ticket(has_tasks=True, steps=(both.steps[1], third), notes=()))
    assert len(await rig.tasks(ref.number)) == 3
    # A worker that died before it recorded the tasks finds them again.
    await rig.another().amend(replace(again, tasks=()), ticket(has_tasks=True, steps=(*both.steps, third), notes=()))
    assert len(await rig.tasks(ref.number)) == 3


async def test_what_is_cancelled_gets_no_tasks(rig):
    if rig.tasks is None:
        pytest.skip("tickets have no tasks there")
    ref = await rig.port.open(ticket(has_tasks=True, cancelled=True))
    assert await rig.tasks(ref.number) == []


# What stands there, and what would be written.


MOVED = {
    "planned_start": date(2026, 11, 2),
    "what": "The old viewer goes later.",
    "backout": "There is none.",
    "notes": ("2026-09-04: dates moved",),
}


def short(name):
    """A field's name as the rigs have it: `planning_fields.backout_plan`, `customfield_10052 (Change start)`."""
    return name.partition(" ")[0].removeprefix("planning_fields.").removeprefix("custom_fields.")


async def unwritten(rig, ref, wanted, port=None):
    """The differences, by their fields; nothing was written for them."""
    before, asked = dict(await rig.fields(ref.number)), len(rig.proxy.asked) if rig.proxy else 0
    told = await rig.history(ref.number)

    seen = await (port or rig.port).differences(ref, wanted)

    assert dict(await rig.fields(ref.number)) == before
    assert await rig.history(ref.number) == told
    if rig.proxy:
        calls = [(method, path) for method, path in rig.proxy.asked[asked:] if "oauth" not in path]
        assert {method for method, _ in calls} <= {"GET"}
    assert all(len(each.there) <= 300 and len(each.wanted) <= 300 for each in seen)
    assert not any("<p>" in text or '"type":' in text for each in seen for text in (each.there, each.wanted))
    by_name = {short(each.name): each for each in seen}
    assert len(by_name) == len(seen)
    return by_name


async def test_a_ticket_differs_in_exactly_what_would_be_written_and_looking_writes_nothing(rig):
    if rig.fill_in is None and rig.proxy:
        await cannot_be_asked(rig)
        return
    ref = await rig.port.open(ticket())
    assert await unwritten(rig, ref, ticket()) == {}
    assert await unwritten(rig, ref, ticket(), rig.another()) == {}

    seen = await unwritten(rig, ref, ticket(**MOVED))

    assert seen
    assert not any(each.is_theirs for each in seen.values())
    assert all(each.there != each.wanted for each in seen.values())
    before = dict(await rig.fields(ref.number))
    again = await rig.port.amend(ref, ticket(**MOVED))
    after = await rig.fields(ref.number)
    written = {name for name in after if name in rig.shows(ticket()) | {rig.text_field: "", rig.date_field: ""}}
    assert {name for name in written if after[name] != before.get(name)} == written & seen.keys()
    assert await unwritten(rig, again, ticket(**MOVED)) == {}


async def cannot_be_asked(rig):
    ref = await rig.port.open(ticket())
    asked = len(rig.proxy.asked)
    with pytest.raises(PermanentError, match="cannot ask what stands there"):
        await rig.port.differences(ref, ticket(**MOVED))
    assert len(rig.proxy.asked) == asked


async def test_what_somebody_filled_in_is_listed_as_theirs_beside_what_we_would_have_written(rig):
    if rig.fill_in is None:
        pytest.skip("we write no field there that people could fill in")
    ref = await rig.port.open(ticket())
    await rig.fill_in(ref.number, "Our own plan: go back by hand.")

    seen = await unwritten(rig, ref, ticket(**MOVED))

    theirs = seen[rig.text_field]
    assert theirs.is_theirs
    assert "Our own plan: go back by hand." in theirs.there
    assert theirs.wanted not in ("", theirs.there)
    assert [name for name, each in seen.items() if each.is_theirs] == [rig.text_field]
    again = await rig.port.amend(ref, ticket(**MOVED))
    assert list(await unwritten(rig, again, ticket(**MOVED))) == [rig.text_field]


async def test_the_dates_of_a_plan_that_is_running_are_listed_as_staying(rig):
    if rig.begun is None or not rig.date_field:
        pytest.skip("no dates there, or no state that says that the work has begun")
    ref = await rig.port.open(ticket())
    if rig.approved:
        await rig.move(ref.number, rig.approved)
    await rig.move(ref.number, rig.begun)

    seen = await unwritten(rig, ref, ticket(planned_start=date(2026, 11, 2), notes=()))

    assert seen[rig.date_field].is_theirs
    assert "2026-11-02" in seen[rig.date_field].wanted


async def test_a_ticket_that_is_gone_differs_in_nothing_that_could_be_said(rig):
    if rig.fill_in is None and rig.proxy:
        pytest.skip("it cannot be asked")
    ref = await rig.port.open(ticket())
    await rig.delete(ref.number)

    assert await rig.another().differences(ref, ticket()) is None
    assert await rig.port.differences(replace(ref, number="../x"), ticket()) is None


async def test_a_ticket_that_ended_is_left_as_it_is_and_so_are_its_differences(rig):
    if rig.fill_in is None:
        pytest.skip("it cannot be asked, or is ours whatever its state")
    ref = await rig.port.open(ticket())
    await rig.move(ref.number, rig.closed)

    assert await unwritten(rig, ref, ticket(**MOVED)) == {}


async def test_a_dry_run_differs_in_what_would_be_kept(rig):
    dry = DryRun("crb", rig.port, FakeTables(), FakeClock(), "https://foresignal.example")
    ref = await dry.open(ticket())
    asked = len(rig.proxy.asked) if rig.proxy else 0

    assert await dry.differences(ref, ticket(notes=())) == []
    seen = await dry.differences(ref, ticket(**MOVED))
    assert seen
    assert not any(each.is_theirs or each.there == each.wanted for each in seen)
    assert await dry.differences(await dry.amend(ref, ticket(**MOVED)), ticket(**MOVED)) == []
    assert await dry.differences(replace(ref, number="DRY-MC1999999"), ticket()) is None
    assert not rig.proxy or len(rig.proxy.asked) == asked
