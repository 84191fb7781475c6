"""Many decisions over each ticket system while every third call fails: one ticket each, all as sent.

Forty decisions in `make test`; three hundred in `make storm`, which CI runs too.
"""

import os

import pytest

from shared.core import ids
from shared.core.tickets.content import ticket_key, wanted_ticket
from shared.record import change_keys, changes
from shared.record.changes import read_changes
from shared.record.parked import parked_items
from tests.contracts.proxy import Fault
from tests.contracts.rig import REMOTE, remote
from tests.usecases.world import CANCELLED, NOVEMBER, World, post

MANY = [f"MC12{n:05d}" for n in range(int(os.environ.get("STORM", "40")))]
MOVED, FALLEN = MANY[::3], MANY[1::15]
FAULTS = [
    Fault(429, {"Retry-After": "3"}),
    Fault(lost=True),
    Fault(503),
    Fault(refused=True),
    Fault(500, body="<h1>Internal server error</h1>"),
    Fault(429),
]


@pytest.fixture(params=REMOTE)
async def rig(request):
    async with remote(request) as built:
        yield built


async def held(world, change_id):
    found = await world.tables.range(changes.TABLE, ids.partition(change_id), *change_keys.span("c", [change_id]))
    return read_changes(found)[change_id]


@pytest.mark.timeout(3600)
async def test_every_third_call_fails_and_each_change_has_one_ticket_with_all_that_was_sent(rig):
    world = World()
    rig.clock = world.clock
    world.systems["crb"] = rig.port
    rig.proxy.fail_every(3, FAULTS)

    await world.arrive(*(post(i, title=f"Retirement of viewer {i}") for i in MANY))
    world.clock.forward(hours=1)
    moved = [post(i, NOVEMBER, "2026-09-01T10:00:00Z", title=f"Retirement of viewer {i}") for i in MOVED]
    fallen = [post(i, CANCELLED, "2026-09-01T11:00:00Z", title=f"(Cancelled) Retirement of viewer {i}") for i in FALLEN]
    await world.arrive(*moved, *fallen)
    asked = len(rig.proxy.asked)
    rig.proxy.forget()

    assert [parked.reason for parked in await parked_items(world.deps.storage.tables)] == []
    numbers = {}
    for change_id in MANY:
        one = await held(world, change_id)
        state = one.effects["ticket|crb"][0]
        assert not state.due
        wanted = wanted_ticket(
            one.change, state, world.policy.policy, "test", "https://foresignal.example", ("contoso",),
            as_of=world.deps.here.clock().date(),
        )  # fmt: skip
        shown, stored = rig.shows(wanted), await rig.fields(state.ticket.number)
        assert {name: stored.get(name) for name in shown} == shown, change_id
        numbers[change_id] = state.ticket.number
        told = [line.partition(": ")[2][:15] for line in await rig.history(state.ticket.number)]
        assert told.count("Microsoft moved") == (change_id in MOVED and change_id not in FALLEN), change_id
        assert told.count("Microsoft cance") == (change_id in FALLEN), change_id
        assert sum(line.startswith("Announced") for line in told) == 1, change_id
    assert len(set(numbers.values())) == len(MANY)
    counts = [await rig.count(ticket_key("test", change_id)) for change_id in MANY]
    assert counts == [1] * len(MANY)
    states = await rig.port.states(list(numbers.values()))
    assert {i for i in MANY if states[numbers[i]].state == "cancelled"} == set(FALLEN)
    assert asked > 1.5 * len(MANY), "the faults had something to hit"
