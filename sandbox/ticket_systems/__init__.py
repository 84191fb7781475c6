"""Servers that behave as the ticket systems do; `make run TICKETS=servicenow` runs one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from aiohttp import web

from sandbox.errors import SandboxError
from sandbox.ticket_systems.showing import Board

Clock = Callable[[], datetime]


class Server(Board, Protocol):
    """What every one of them offers, besides what its adapter speaks to."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """The secrets that `settings` name, with their values here."""
        ...

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server."""
        ...

    def app(self) -> web.Application: ...


@dataclass(frozen=True, slots=True)
class System:
    """`course`: the states through which the sandbox's board takes a ticket, in the system's own words."""

    module: str
    name: str
    title: str
    course: tuple[str, ...]


SYSTEMS: Mapping[str, System] = {
    "servicenow": System(
        "servicenow.server", "ServiceNow", "ServiceNow", ("Assess", "Authorize", "Scheduled", "Closed")
    ),
    "jira": System(
        "jira.server", "Jira", "Jira", ("Planning", "Awaiting CAB approval", "Awaiting implementation", "Completed")
    ),
    "webhook": System("webhook", "WebhookReceiver", "Webhook receiver", ("assess", "authorize", "scheduled", "closed")),
    "azure_devops": System(
        "azure_devops.server", "AzureDevOps", "Azure DevOps", ("Active", "Active", "Active", "Closed")
    ),
    "freshservice": System(
        "freshservice.server",
        "Freshservice",
        "Freshservice",
        ("Planning", "Awaiting Approval", "Pending Release", "Closed"),
    ),
}
_KNOWS: Mapping[str, tuple[str, ...]] = {
    "servicenow": ("groups", "people", "items"), "freshservice": ("groups", "people"),
}  # fmt: skip
"""What of a policy each of them must know beforehand; the others take whatever comes."""


def server(
    kind: str, clock: Clock, groups: Sequence[str], people: Sequence[str] = (), items: Sequence[str] = ()
) -> Server:
    """The server of a kind, with what a policy names.

    `groups`: assignment groups; `people`: addresses; `items`: configuration items.
    """
    if kind not in SYSTEMS:
        raise SandboxError(f"there is no server for {kind!r} here (known: register, {', '.join(SYSTEMS)})")
    system = getattr(import_module(f"sandbox.ticket_systems.{SYSTEMS[kind].module}"), SYSTEMS[kind].name)
    named = {"groups": tuple(groups), "people": tuple(people), "items": tuple(items)}
    running: Server = system(clock, **{name: named[name] for name in _KNOWS.get(kind, ())})
    return running
