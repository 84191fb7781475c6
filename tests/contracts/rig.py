"""What the contract of ticket systems needs to know of one: the adapter, its system's own side, and what is between."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import httpx

from shared.adapters import registry
from shared.adapters.clients.http import Http
from shared.adapters.clients.reach import Reach
from shared.core.ports.outside import TicketSystem
from shared.core.tickets.content import ticket_key
from shared.core.tickets.ticket import PlanStep, Ticket
from tests.contracts.proxy import Proxy
from tests.fakes import FakeClock, FakeSecrets, FakeTables


@dataclass
class Rig:
    """One ticket system as the contract sees it.

    `port`: the adapter, as one worker has it; `another()`: the same as another worker has it. The functions are
    the system's own side, as somebody sees it who works there: `delete(number)`, `history(number)` (the lines that the
    ticket was told, oldest first), `move(number, word)` to a state in the system's own word, `count(key)`: how many
    tickets carry the key, `fields(number)`: what it holds by its own names.

    `closed`, `odd`: the system's own words for a state that ends and for one that nobody mapped (None where there can
    be none). `shows`: (ticket) -> the fields that must have arrived, by the system's own names. `proxy`: what stands
    between, to make faults with; None where nothing does. `secrets`: what no error may hold. `clock`: that of adapter
    and server; a test may put another in its place. `reopens`: whether a ticket that ended can be opened again.
    `at_once`: as many calls as it answers at the same time. `conflicts`: the statuses that mean that somebody else has
    just written. `keep(True)`: from now on a rule there leaves the title, or the services, as they are and answers
    200; None where it cannot be. `stuck`: a state, in its own word, from which we may not cancel; None where there is
    none. `approved`, `begun`: states, in its own words, of a ticket that the board has approved and of one that is
    being implemented; None where approved tickets are never sent back. `back`: whether we send them back ourselves,
    not the system. `squat(key, state)`: somebody else makes a ticket with our key where ours are, and moves it to that
    state (none: as it is made); its number. `elsewhere(key)`: one of our own account, in another place. None where
    there can be none. `fill_in(number, text)`: somebody writes a text of their own into the field `text_field`, which
    we fill from the ticket's description or back-out; None where we write no field. `date_field`: the one that holds
    the planned start; empty where there is none. `tasks(number)`: what the tasks under the ticket say, oldest first;
    None where there are none.
    """

    port: TicketSystem
    another: Callable[[], TicketSystem]
    delete: Callable[[str], Awaitable[None]]
    history: Callable[[str], Awaitable[list[str]]]
    move: Callable[[str, str], Awaitable[None]]
    count: Callable[[str], Awaitable[int]]
    fields: Callable[[str], Awaitable[dict[str, Any]]]
    shows: Callable[[Ticket], dict[str, Any]]
    closed: str = "closed"
    odd: str | None = None
    proxy: Proxy | None = None
    secrets: tuple[str, ...] = ()
    clock: Callable[[], Any] = field(default_factory=FakeClock)
    reopens: bool = True
    at_once: int = 16
    conflicts: frozenset[int] = frozenset({409, 412})
    keep: Callable[[bool], None] | None = None
    stuck: str | None = None
    approved: str | None = None
    begun: str | None = None
    back: bool = True
    squat: Callable[[str, str], Awaitable[str]] | None = None
    elsewhere: Callable[[str], Awaitable[str]] | None = None
    fill_in: Callable[[str, str], Awaitable[None]] | None = None
    text_field: str = ""
    date_field: str = ""
    tasks: Callable[[str], Awaitable[list[str]]] | None = None


REMOTE = tuple(kind for kind in registry.kinds("tickets") if kind != "register")


@asynccontextmanager
async def remote(request: Any):
    """The rig of the remote system `request.param`."""
    module = f"tests.contracts.{request.param}"
    assert find_spec(module), f"a ticket system needs {module.replace('.', '/')}.py for its contract"
    async with import_module(module).system(request) as built:
        yield built


async def found_late(rig: Rig) -> None:
    """Wait until a look-up sees what was made: the clock goes on by what the adapter says."""
    if rig.port.searches_late:
        rig.clock.forward(seconds=rig.port.searches_late)


_PATIENCE = httpx.Timeout(300)  # a busy machine is no fault of an adapter
_clients: set[httpx.AsyncClient] = set()


@contextmanager
def impatient() -> Iterator[None]:
    """While this lasts, the contract's HTTP clients wait for an answer for half a second only."""
    for client in _clients:
        client.timeout = httpx.Timeout(300, read=0.5)
    yield
    for client in _clients:
        client.timeout = _PATIENCE


@asynccontextmanager
async def deps_for(rig_clock: Callable[[], Any], secrets: dict[str, str], tables: Any = None):
    """What an adapter is given in the contract, with a real HTTP client."""
    client = httpx.AsyncClient(timeout=_PATIENCE, follow_redirects=False)
    _clients.add(client)
    http = Http(client, reach=Reach(loopback=True))

    async def token(scope: str, _host: str) -> str:
        return f"token-of-our-identity-for-{scope}"

    try:
        yield registry.AdapterDeps(
            name="crb",
            http=http,
            secrets=FakeSecrets(secrets),
            clock=rig_clock,
            tables=tables if tables is not None else FakeTables(),
            deployment="test",
            public_url="https://foresignal.example",
            token=token,
        )
    finally:
        _clients.discard(client)
        await http.close()


def ticket(change_id: str = "MC1200001", **over: Any) -> Ticket:
    """A ticket as the core makes them."""
    fields: dict[str, Any] = {
        "key": ticket_key("test", change_id),
        "change_id": change_id,
        "title": f"{change_id} Retirement of the old viewer",
        "what": "The old viewer is taken away.\n\nThe new one takes its place.",
        "kind": "Retirement",
        "arrives": "Something is taken away",
        "audience": "Users of Exchange Online (worldwide).",
        "services": ("Exchange Online",),
        "tenants": ("contoso", "fabrikam"),
        "when": ("Retirement, worldwide: October 2026",),
        "planned_start": date(2026, 10, 1),
        "planned_end": date(2026, 10, 31),
        "act_by": date(2026, 9, 30),
        "to_do": "Action required by 30 September 2026",
        "if_nobody_acts": "It is taken away from 1 October 2026.",
        "risk": "high",
        "risk_why": "The impact on users is high.",
        "impact": "high",
        "admin_impact": "medium",
        "user_impact": "high",
        "impact_words": "Medium for admins, high for users",
        "impact_why": "Users: “can no longer open”.",
        "why_board": "something that is in use stops",
        "why": ("for the Change Review Board; messaging owns exchange (policy: routes.routes[0])",),
        "test_plan": "Find who still uses it.",
        "communication_plan": "Tell the users by 17 September 2026.",
        "backout": "The vendor's change cannot be backed out.",
        "group": "Messaging",
        "links": (("Message Center", f"https://admin.microsoft.com/#/MessageCenter/:/messages/{change_id}"),),
        "cancelled": False,
        "notes": ("2026-08-30: Announced: Retirement of the old viewer",),
        "implementation_plan": "1. Tell the users (by 1 September 2026)\n2. Install the new viewer",
        "steps": (
            PlanStep("a1b2c3d4e5f6", "Tell the users", date(2026, 9, 1), "ana@contoso.example"),
            PlanStep("0a1b2c3d4e5f", "Install the new viewer", None, "ana@contoso.example"),
        ),
        "requested_by": "sam@contoso.example",
        "assigned_to": "ana@contoso.example",
        "configuration_items": ("Exchange Online",),
        "affected": ("Roles: Exchange admins", "Licences and plans: E5"),
        "compliance": ("How data is processed: it moves to another service",),
        "unsure": "Not sure about the deadline: look it up in the post.",
        "freezes": ("The rollout begins in our freeze “Year end” (1 to 6 October 2026).",),
        "differences": ("fabrikam: November 2026",),
    }
    return Ticket(**(fields | over))
