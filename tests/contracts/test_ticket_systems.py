"""The contract of the port `TicketSystem`, over every adapter that there is.

An adapter of a remote system brings a file `tests/contracts/<kind>.py` with an asynchronous context manager
`system(request)` that yields what the fixture below does, over a server of its own.
"""

import asyncio
import uuid
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from importlib import import_module
from importlib.util import find_spec

import pytest

from shared import adapter
from shared.core.ports import Write
from shared.core.ticket import ENDED, Ticket
from shared.core.ticket_of import ticket_key
from shared.storage.tables import AzureTables
from shared.tickets import register
from tests.fakes import FakeClock, FakeTables
from tests.usecases.world import PrefixedTables

BUILT_IN = ("register over fake tables", "register over real tables")
REMOTE = tuple(kind for kind in adapter.kinds("tickets") if kind != "register")


@asynccontextmanager
async def over_tables(name, request):
    """The register, and a way to delete a ticket by hand."""
    real = None
    tables = FakeTables()
    if "real" in name:
        real = AzureTables.connect(Counter(), connection=request.getfixturevalue("storage"))
        tables = PrefixedTables(real, "w" + uuid.uuid4().hex[:12])
        await real.create([tables.name(register.TABLE)])
    ports = {"name": "crb", "http": None, "secrets": None, "clock": FakeClock(), "tables": tables}
    made = adapter.build(
        "tickets", "register", {}, adapter.Deps(**ports, deployment="test", public_url="https://x.example", token=None)
    )

    async def delete(number):
        async for row in tables.scan(register.TABLE):
            if row.key == number:
                await tables.commit(register.TABLE, [Write("delete", row)])

    async def history(number):
        return [text for _, text in (await register.get(tables, number)).history]

    try:
        yield made, delete, history
    finally:
        if real:
            await real.close()


@pytest.fixture(params=[*BUILT_IN, *REMOTE])
async def system(request):
    """The adapter, `delete(number)` as somebody may by hand, and `history(number)`: the lines that a ticket has."""
    if request.param in BUILT_IN:
        async with over_tables(request.param, request) as built:
            yield built
        return
    module = f"tests.contracts.{request.param}"
    assert find_spec(module), f"a ticket system needs {module.replace('.', '/')}.py for this contract"
    async with import_module(module).system(request) as built:
        yield built


def ticket(change_id="MC1200001", **over):
    fields = {
        "key": ticket_key("test", change_id),
        "change_id": change_id,
        "title": f"{change_id} Retirement of the old viewer",
        "description": "What changes: it goes",
        "risk": "high",
        "group": "Messaging",
        "planned_start": date(2026, 10, 1),
        "planned_end": date(2026, 10, 31),
        "act_by": None,
        "cancelled": False,
        "links": (("Message Center", "https://admin.microsoft.com/"),),
        "notes": ("Announced: Retirement",),
    }
    return Ticket(**(fields | over))


async def test_a_ticket_that_was_opened_is_found_by_its_key(system):
    port, _, _ = system

    opened = await port.open(ticket())

    found = await port.find(ticket().key)
    assert (found.number, found.url, found.state) == (opened.number, opened.url, opened.state)
    assert opened.state not in ENDED
    assert opened.closed_at is None
    assert opened.url.startswith("https://")


async def test_a_key_that_nobody_has_is_not_found(system):
    port, _, _ = system
    await port.open(ticket())

    assert await port.find(ticket("MC1200002").key) is None
    assert await port.find(ticket_key("another", "MC1200001")) is None


async def test_opening_the_same_key_twice_gives_the_same_ticket_and_tells_nothing_twice(system):
    port, _, history = system
    first = await port.open(ticket())

    second = await port.open(ticket())

    assert second.number == first.number
    assert (await history(first.number)).count("Announced: Retirement") == 1


async def test_notes_are_added_once_however_often_they_are_told(system):
    port, _, history = system
    opened = await port.open(ticket())
    moved = ticket(title="MC1200001 (Updated) Retirement", notes=("Announced: Retirement", "dates moved"))

    for _ in range(3):
        await port.amend(opened, moved)

    lines = await history(opened.number)
    assert [lines.count(note) for note in moved.notes] == [1, 1]


async def test_what_is_cancelled_ends_and_says_when(system):
    port, _, _ = system
    opened = await port.open(ticket())

    ended = await port.amend(opened, ticket(cancelled=True, notes=("cancelled",)))

    assert ended.state == "cancelled"
    assert ended.closed_at is not None
    assert (await port.states([opened.number]))[opened.number] == ended
    again = await port.amend(ended, ticket(cancelled=True))
    assert again == ended


async def test_what_is_cancelled_from_the_start_is_there_and_ended(system):
    port, _, _ = system

    opened = await port.open(ticket(cancelled=True))

    assert opened.state in ENDED
    assert opened.closed_at is not None


@pytest.mark.parametrize(
    "number",
    ["CHG9999999", "", "nothing", "CHG²", "CHG" + "9" * 5000, "CHG-1", "../x", "CHG 1", "\ud800"],
    ids=lambda number: ascii(number)[:20],
)
async def test_numbers_that_do_not_exist_are_absent(system, number):
    port, _, _ = system
    opened = await port.open(ticket())

    assert list(await port.states([number, opened.number])) == [opened.number]


async def test_asking_for_nothing_answers_nothing(system):
    port, _, _ = system

    assert await port.states([]) == {}


HOSTILE = "<script>alert(1)</script> {{7*7}} ${x} `rm` ' \" \\ % \x00\x07 \u202e 𝔘𝔫𝔦 %0d%0a\r\n[code]"


@pytest.mark.parametrize("text", [HOSTILE, "x" * 255, "é" * 255, "𝔘" * 255], ids=["hostile", "x", "é", "astral"])
async def test_hostile_and_over_long_text_is_taken_as_text(system, text):
    port, _, history = system

    opened = await port.open(ticket(title=text[:255], description=text * 70, notes=(text,)))
    await port.amend(opened, ticket(title=text[:255], description=text * 70, notes=(text * 3,)))

    assert (await port.find(ticket().key)).number == opened.number
    assert text in await history(opened.number)


async def test_a_long_life_fits_one_ticket(system):
    port, _, history = system
    opened = await port.open(ticket())

    for line in range(40):
        await port.amend(opened, ticket(notes=tuple(f"note {line}.{n} " + "x" * 300 for n in range(10))))

    lines = await history(opened.number)
    assert any(line.startswith("note 39.9 ") for line in lines)


async def test_three_hundred_tickets_at_once_are_three_hundred(system):
    port, _, _ = system
    wanted = [ticket(f"MC12{n:05d}") for n in range(300)]

    opened = await asyncio.gather(*(port.open(one) for one in wanted))

    numbers = [ref.number for ref in opened]
    assert len(set(numbers)) == 300
    assert set(await port.states(numbers)) == set(numbers)


async def test_eight_at_once_with_the_same_key_make_one_ticket(system):
    port, _, history = system

    opened = await asyncio.gather(*(port.open(ticket()) for _ in range(8)))

    assert len({ref.number for ref in opened}) == 1
    assert (await history(opened[0].number)).count("Announced: Retirement") == 1


async def test_a_ticket_deleted_by_hand_is_absent_and_is_made_again_by_what_comes_next(system):
    port, delete, _ = system
    opened = await port.open(ticket())

    await delete(opened.number)

    assert await port.find(ticket().key) is None
    assert await port.states([opened.number]) == {}
    again = await port.amend(opened, ticket(notes=("dates moved",)))
    assert again.state not in ENDED
    assert (await port.find(ticket().key)).number == again.number


async def test_a_ticket_that_ended_stays_ended_when_something_is_told(system):
    port, _, _ = system
    opened = await port.open(ticket())
    ended = await port.amend(opened, ticket(cancelled=True))

    after = await port.amend(ended, replace(ticket(), notes=("resumed",)))

    assert (after.state, after.closed_at) == (ended.state, ended.closed_at)
