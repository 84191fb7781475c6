"""The life of one ticket: dry runs and what comes after them, opening again, tenants, what Microsoft takes back."""

import pytest

from shared.adapters import registry
from shared.adapters.ticketing.dry_run import DryRun
from shared.core.policy.model import TicketSystemEntry
from shared.core.tickets.ticket import TicketRef
from shared.usecases.pages.dry_runs import dry_runs
from tests.usecases.tickets.test_file_ticket import entries
from tests.usecases.tickets.test_follow import move
from tests.usecases.world import CANCELLED, NOVEMBER, OCTOBER, World, policy, post


def world_of(**entry):
    return World(policy(tickets={"crb": TicketSystemEntry(kind="register", **entry)}))


def later(when, minutes, **over):
    return post(when=when, modified=f"2026-09-01T10:{minutes:02d}:00Z", **over)


async def test_a_ticket_names_the_tenants_in_which_the_post_stands():
    world = World()
    await world.arrive_only(post(), tenant="fabrikam")
    await world.arrive_only(post(), tenant="contoso")

    await world.drain()

    (entry,) = await entries(world)
    assert "Tenants: contoso, fabrikam" in entry.description


@pytest.mark.parametrize(
    ("reopen", "event", "state"),
    [
        ("material", "moved", "assess"),
        ("resumed", "moved", "closed"),
        ("never", "moved", "closed"),
        ("resumed", "resumed", "assess"),
        ("material", "resumed", "assess"),
        ("never", "resumed", "cancelled"),
    ],
)
async def test_when_a_ticket_that_ended_is_opened_again(reopen, event, state):
    world = world_of(reopen=reopen)
    await world.arrive(post())
    if event == "moved":
        await move(world, "CHG1200001", "closed")
        await world.follow()
        await world.arrive(later(NOVEMBER, 1))
    else:
        await world.arrive(later(CANCELLED, 1, title="(Cancelled) Retirement of the old viewer"))
        await world.arrive(later(OCTOBER, 2))

    (entry,) = await entries(world)
    assert entry.state == state
    assert (await world.ticket_state()).ticket.state == state
    # What Microsoft takes up again is open, whatever its ticket is (closing.reopen).
    assert ((await world.change()).closed is None) is (state == "assess" or event == "resumed")
    assert any("moved the rollout" in line or "goes on" in line for _, line in entry.history), "it is told in any case"


@pytest.mark.parametrize(
    ("on_move", "days", "approved", "state", "asked"),
    [
        ("reassess", 7, "scheduled", "assess", True),
        ("note", 7, "scheduled", "scheduled", True),
        ("reassess", 40, "scheduled", "scheduled", False),
        ("reassess", 7, "implement", "implement", False),
        ("reassess", 7, "assess", "assess", False),
    ],
)
async def test_when_dates_that_move_send_a_ticket_back(on_move, days, approved, state, asked):
    world = world_of(on_move=on_move, on_move_days=days)
    await world.arrive(post())
    await move(world, "CHG1200001", approved)
    await world.follow()

    await world.arrive(later(NOVEMBER, 1))
    await world.arrive(later(NOVEMBER, 1), tenant="fabrikam")

    (entry,) = await entries(world)
    assert (entry.state, (await world.ticket_state()).ticket.state) == (state, state)
    lines = [line for _, line in entry.history]
    said = "2026-09-01: The dates moved (31 days later) after the board approved: please assess it again"
    assert lines.count(said) == asked
    moved_back = "scheduled to assess: The dates moved (31 days later) after the board approved"
    assert lines.count(moved_back) == (state == "assess" != approved)

    await move(world, "CHG1200001", "scheduled")
    await world.follow()
    await world.arrive(later(NOVEMBER, 9, title="Another title"))
    assert (await entries(world))[0].state == "scheduled", "the board approved the new dates"


async def test_where_the_policy_says_so_a_cancelled_change_is_only_told():
    world = world_of(on_cancel="note")
    await world.arrive(post())

    await world.arrive(later(CANCELLED, 1, title="(Cancelled) Retirement of the old viewer"))

    (entry,) = await entries(world)
    assert entry.state == "new"
    assert "Microsoft cancelled this change" in entry.history[-1][1]


# Dry runs.


class Filed:
    """A real system beside the dry run: what reaches it."""

    searches_late = 0.0

    def __init__(self, inner):
        self._inner = inner
        self.opened, self.amended = [], []

    def __getattr__(self, name):
        return getattr(self._inner, name)

    async def open(self, ticket):
        self.opened.append(ticket)
        return await self._inner.open(ticket)

    async def amend(self, ref, ticket):
        self.amended.append(ref.number)
        return await self._inner.amend(ref, ticket)


def in_dry_run(world):
    system = Filed(world.register())
    world.systems["crb"] = DryRun("crb", system, world.tables, world.clock, "https://foresignal.example")
    return system


async def test_a_dry_run_files_nothing_and_shows_what_it_would_file():
    world = world_of(mode="dry_run")
    system = in_dry_run(world)

    await world.arrive(post())
    await world.arrive(later(NOVEMBER, 1))

    assert await entries(world) == []
    assert (system.opened, system.amended) == ([], [])
    (dry,) = await dry_runs(world.deps)
    assert (dry.number, dry.change_id, dry.system) == ("DRY-MC1200001", "MC1200001", "crb")
    assert dry.fields["title"] == "MC1200001 Retirement of the old viewer"
    assert [line.split(": ")[1][:15] for line in dry.notes] == ["Announced", "Microsoft moved"]
    state = await world.ticket_state()
    assert (state.ticket.number, state.ticket.url) == (
        "DRY-MC1200001",
        "https://foresignal.example/api/dry-run/MC1200001",
    )
    assert await world.follow() == 0


async def test_after_a_dry_run_the_ticket_is_filed_by_what_comes_next():
    world = world_of(mode="dry_run")
    in_dry_run(world)
    await world.arrive(post())
    world.systems.clear()
    world.policy.policy = policy()

    await world.arrive(later(NOVEMBER, 1))

    (entry,) = await entries(world)
    assert entry.number == "CHG1200001"
    assert (await world.ticket_state()).ticket.number == "CHG1200001"


async def test_a_dry_run_of_a_ticket_that_is_there_leaves_it_alone_and_keeps_its_number():
    world = world_of()
    await world.arrive(post())
    before = await entries(world)
    world.policy.policy = policy(tickets={"crb": TicketSystemEntry(kind="register", mode="dry_run")})
    in_dry_run(world)

    await world.arrive(later(NOVEMBER, 1))

    assert await entries(world) == before
    assert (await world.ticket_state()).ticket.number == "CHG1200001"
    (dry,) = await dry_runs(world.deps)
    assert dry.number == "CHG1200001"
    await move(world, "CHG1200001", "closed")
    assert await world.follow() == 1, "reading states does no harm"


async def test_a_change_that_is_cancelled_in_a_dry_run_is_closed_by_it():
    world = world_of(mode="dry_run")
    in_dry_run(world)
    await world.arrive(post())

    await world.arrive(later(CANCELLED, 1, title="(Cancelled) Retirement of the old viewer"))
    await world.follow()

    assert (await world.change()).closed


async def test_a_dry_run_pings_the_real_system_and_says_that_nothing_is_filed():
    world = World()
    in_dry_run(world)

    assert (await world.systems["crb"].ping()).endswith("(dry run: nothing is filed)")


async def test_the_app_puts_a_dry_run_in_place_of_a_system_only_where_the_policy_says_so():
    from shared.app import App, Surroundings
    from shared.settings import Settings

    places = (f"{kind}Endpoint=http://127.0.0.1:9/a" for kind in ("Table", "Queue", "Blob"))
    connection = ";".join(("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==", *places))
    app = App(Surroundings(Settings("test", "https://x.example", connection_string=connection)))
    try:
        for mode, kind in (("live", "Register"), ("dry_run", "DryRun")):
            made = await app.deps.outside.ticket_system(
                policy(tickets={"crb": TicketSystemEntry(kind="register", mode=mode)}), "crb"
            )
            assert type(made).__name__ == kind
    finally:
        await app.close()


def test_every_ticket_system_shows_what_it_would_send_without_a_call():
    assert all(hasattr(registry.module("tickets", kind), "build") for kind in registry.kinds("tickets"))
    assert TicketRef("a", "b", "new").decision == ""
