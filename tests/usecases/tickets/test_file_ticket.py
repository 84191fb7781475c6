"""The one ticket of a change is brought to what it should be."""

import asyncio
from datetime import timedelta

import pytest

from shared.core import ids
from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.core.ports.storage import Row, Write
from shared.core.tickets.ticket import TicketRef
from shared.record import changes
from shared.record.effects import effect_key
from shared.record.parked import parked_items
from shared.record.register import read_entry
from shared.usecases.tickets.file_ticket import file_ticket
from tests.fakes import deps_with
from tests.usecases.world import CANCELLED, NOVEMBER, World, post

POINTER = Envelope({"id": "MC1200001", "effect": "ticket|crb"}, World().clock())


class System:
    """A ticket system whose search lags; `fails` are raised after the ticket was made."""

    def __init__(self, searches_late=0.0):
        self.searches_late = searches_late
        self.opened, self.amended, self.fails = [], [], []

    async def find(self, key):
        return TicketRef("T1", "u", "new") if self.opened else None

    async def open(self, ticket):
        self.opened.append(ticket)
        if self.fails:
            raise self.fails.pop(0)
        return TicketRef("T1", "u", "new")

    async def amend(self, ref, ticket):
        if self.fails:
            raise self.fails.pop(0)
        self.amended.append((ref.number, ticket.notes))
        return ref


async def decided(system=None):
    """A world where the ticket is due and nobody has filed it."""
    world = World()
    if system:
        world.systems["crb"] = system
    await world.arrive_only(post())
    world.queues.sent.clear()
    return world


async def entries(world):
    return [read_entry(row) for row in await world.all("register")]


async def test_a_ticket_is_filed_once_and_recorded():
    world = await decided()

    first = await file_ticket(world.worker(), POINTER)
    again = await file_ticket(world.worker(), POINTER)

    assert (first.number, again) == ("CHG1200001", None)
    state = await world.ticket_state()
    assert (state.due, state.ticket.number, state.ticket.state, state.claim) == ("", "CHG1200001", "new", None)
    assert state.done == (await world.change()).current.id
    assert len(await entries(world)) == 1


async def test_eight_workers_with_the_same_message_file_one_ticket():
    world = await decided(System())

    results = await asyncio.gather(*(file_ticket(world.worker(), POINTER) for _ in range(8)), return_exceptions=True)

    assert len(world.systems["crb"].opened) == 1
    assert all(result is None or isinstance(result, TransientError | TicketRef) for result in results)


async def test_a_living_claim_is_waited_for_as_long_as_it_lasts():
    world = await decided()
    held = await world.held()
    claim = {"claim_owner": "other", "claim_until": (world.clock() + timedelta(seconds=77)).isoformat()}
    row = held.effects["ticket|crb"][1]
    await world.tables.commit(changes.TABLE, [Write("merge", Row(row.partition, row.key, claim, row.etag))])

    with pytest.raises(TransientError) as waiting:
        await file_ticket(world.worker(), POINTER)

    assert waiting.value.retry_after == 77
    world.clock.forward(seconds=77)
    assert (await file_ticket(world.worker(), POINTER)).number == "CHG1200001"


async def test_one_that_takes_over_a_dead_claim_looks_the_key_up_first():
    world = await decided(System())
    world.systems["crb"].fails = [TransientError("no answer", 5)]
    with pytest.raises(TransientError):
        await file_ticket(world.worker(), POINTER)

    await file_ticket(world.worker(), POINTER)

    assert len(world.systems["crb"].opened) == 1
    assert [number for number, _ in world.systems["crb"].amended] == ["T1"]


async def test_where_the_search_lags_the_one_that_takes_over_waits_for_it():
    world = await decided(System(searches_late=90))
    world.systems["crb"].fails = [TransientError("no answer", 5)]
    with pytest.raises(TransientError):
        await file_ticket(world.worker(), POINTER)
    world.clock.forward(seconds=30)

    with pytest.raises(TransientError) as waiting:
        await file_ticket(world.worker(), POINTER)

    assert waiting.value.retry_after == 60
    world.clock.forward(seconds=60)
    await file_ticket(world.worker(), POINTER)
    assert len(world.systems["crb"].opened) == 1


async def test_an_event_that_comes_while_the_ticket_is_filed_is_told_afterwards():
    world = await decided()
    system = System()
    world.systems["crb"] = system
    plain_open = system.open

    async def open_slowly(ticket):
        await world.arrive_only(post(when=NOVEMBER, modified="2026-09-01T10:00:00Z"))
        return await plain_open(ticket)

    system.open = open_slowly
    await file_ticket(world.worker(), POINTER)
    assert (await world.ticket_state()).due == (await world.change()).current.id
    await world.drain()

    assert (await world.ticket_state()).due == ""
    ((number, notes),) = system.amended
    assert number == "T1"
    assert ["moved the rollout" in note for note in notes] == [True]


async def test_what_was_not_told_yet_is_told_with_what_comes_next():
    world = await decided()
    await world.arrive_only(post(when=NOVEMBER, modified="2026-09-01T10:00:00Z"))

    await world.drain()

    (entry,) = await entries(world)
    said = [" ".join(text.split()[:3]) for _, text in entry.history]
    assert said == ["Opened by Foresignal", "2026-09-01: Announced: Retirement", "2026-09-01: Microsoft moved"]
    assert (await world.ticket_state()).ticket.applied == tuple(event.id for event in (await world.change()).events)


async def test_a_cancelled_change_cancels_its_ticket_and_closes_with_it():
    world = await decided()
    await file_ticket(world.worker(), POINTER)
    await world.arrive(post(when=CANCELLED, modified="2026-09-01T10:00:00Z", title="(Cancelled) Retirement"))

    await world.follow()

    (entry,) = await entries(world)
    assert entry.state == "cancelled"
    assert (await world.change()).closed.through == "ticket"
    assert not await world.all("open")
    assert len(await world.all("closings")) == 1
    await world.follow()
    assert len(await world.all("closings")) == 1


async def test_a_system_that_will_never_take_it_parks_the_effect():
    world = await decided(System())
    world.systems["crb"].fails = [PermanentError("the instance is gone")]

    await world.mend()

    assert (await world.ticket_state()).parked == "the instance is gone"
    assert [item.reason for item in await parked_items(world.deps.storage.tables)] == ["the instance is gone"]


async def test_a_ticket_deleted_by_hand_is_made_again_when_something_happens():
    world = World()
    await world.arrive(post())
    (row,) = await world.all("register")
    await world.tables.commit("register", [Write("delete", row)])

    await world.arrive(post(when=NOVEMBER, modified="2026-09-01T10:00:00Z"))

    (entry,) = await entries(world)
    assert entry.number == (await world.ticket_state()).ticket.number


async def test_a_message_about_an_effect_that_does_not_exist_is_a_permanent_failure():
    with pytest.raises(PermanentError, match="no effect"):
        await file_ticket(World().deps, POINTER)


async def test_a_row_that_is_written_while_we_record_is_read_again():
    world = await decided()
    place = (changes.TABLE, ids.partition("MC1200001"), effect_key("MC1200001", "ticket|crb"))

    async def touch():
        values, _ = world.tables.rows[place]
        world.tables.rows[place] = (values, "another version")

    system = System()
    world.systems["crb"] = system
    plain_open = system.open

    async def open_and_touch(ticket):
        world.tables.interfere = touch
        return await plain_open(ticket)

    system.open = open_and_touch

    assert (await file_ticket(deps_with(world.deps, worker="me"), POINTER)).number == "T1"
    assert (await world.ticket_state()).ticket.number == "T1"


class Stubborn:
    """A ticket system that says yes and does not do it, as long as `left` holds something."""

    searches_late, state = 0.0, "new"

    def __init__(self, *left):
        self.left = left

    def ref(self):
        return TicketRef("T1", "u", self.state, not_taken=self.left)

    async def find(self, key):
        return None

    async def open(self, ticket):
        return self.ref()

    async def amend(self, ref, ticket):
        return self.ref()

    async def states(self, numbers):
        return {number: TicketRef(number, "u", self.state) for number in numbers}


async def test_what_the_system_did_not_take_stands_on_the_change_until_it_takes_it():
    system = Stubborn("ServiceNow did not take risk")
    world = await decided(system)

    await file_ticket(world.worker(), POINTER)
    assert (await world.ticket_state()).ticket.not_taken == ("ServiceNow did not take risk",)
    await world.follow()
    assert (await world.ticket_state()).ticket.not_taken == ("ServiceNow did not take risk",)

    system.left = ()
    await world.arrive(post("MC1200001", NOVEMBER, "2026-09-01T10:00:00Z"))
    assert (await world.ticket_state()).ticket.not_taken == ()


async def test_what_people_were_asked_to_do_is_done_once_the_ticket_has_ended():
    system = Stubborn("Microsoft will not make this change. We may not cancel the ticket: please do")
    world = await decided(system)
    await file_ticket(world.worker(), POINTER)

    system.state = "cancelled"
    await world.follow()

    assert (await world.ticket_state()).ticket.not_taken == ()


async def test_very_much_that_was_not_taken_fits_a_row():
    world = await decided(Stubborn(*(f"{n} " + "x" * 100_000 for n in range(1000))))

    await file_ticket(world.worker(), POINTER)

    left = (await world.ticket_state()).ticket.not_taken
    assert len(left) == 10
    assert all(len(line) <= 500 for line in left)
