"""A system that cannot be asked, with its real adapter: what it says in a call is kept, and closes the change."""

import json

from shared.adapters import registry
from shared.core.policy.model import TicketSystemEntry
from shared.usecases.tickets.hear import hear
from tests.usecases.tickets.test_hear import SECRET, Vault
from tests.usecases.world import World, policy, post

KEY = "foresignal-test-MC1200001"


class Wordless:
    """A receiver that takes every message and answers nothing: our key is the ticket's number."""

    async def send(self, *_, **__):
        class Answer:
            status_code = 204

            def json(self):
                raise ValueError

        return Answer()


async def told(*calls):
    """The world after one ticket and these calls; what became of each."""
    world = World(policy(tickets={"crb": TicketSystemEntry(kind="webhook", inbound="CRB_INBOUND")}))
    vault = Vault(CRB_INBOUND=SECRET, HOOK_URL="http://127.0.0.1:1/", HOOK_SECRET=SECRET)
    made_of = {
        "name": "crb", "http": Wordless(), "secrets": vault, "clock": world.clock, "tables": world.tables,
        "deployment": "test", "public_url": "", "token": None,
    }  # fmt: skip
    world.systems["crb"] = registry.build(
        "tickets", "webhook", {"url": "HOOK_URL", "secret": "HOOK_SECRET"}, registry.AdapterDeps(**made_of)
    )
    await world.arrive(post())
    assert (await world.ticket_state()).ticket.number == KEY
    shown = {"Authorization": f"Bearer {SECRET}"}
    return world, [await hear(world.deps, vault, "crb", shown, json.dumps(said).encode()) for said in calls]


async def test_a_decision_and_an_end_that_are_told_are_on_the_change():
    world, heard = await told(
        {"number": KEY, "state": "scheduled", "decision": "approved", "decided_by": "Ana"},
        {"key": KEY, "state": "closed"},
    )

    assert [(one.known, one.moved) for one in heard] == [(1, 1), (1, 1)]
    state = await world.ticket_state()
    assert (state.ticket.decision, state.ticket.decided_by) == ("approved", "Ana")
    assert (await world.change()).closed.reference == KEY


async def test_a_number_that_is_given_later_is_the_tickets_from_then_on():
    world, heard = await told(
        {"key": KEY, "number": "INC-9", "state": "assess"}, {"number": "INC-9", "state": "closed"}, {"number": "INC-8"}
    )

    assert [(one.known, one.moved) for one in heard] == [(1, 1), (1, 1), (0, 0)]
    assert (await world.ticket_state()).ticket.number == "INC-9"
    assert (await world.change()).closed
    assert await world.follow() == 0


async def test_a_number_that_is_given_while_our_own_look_comes_first_is_no_loss():
    world, _ = await told()
    await world.systems["crb"].receive({"key": KEY, "number": "INC-9", "state": "assess"})

    assert await world.follow() == 1

    state = await world.ticket_state()
    assert (state.ticket.number, state.ticket.state, state.ticket.remote_state) == ("INC-9", "assess", "assess")
