"""The policy: who owns what, and what is done with which change; one strict YAML file (docs/policy.md)."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictBool,
)
from pydantic_core import CoreSchema, core_schema

from shared.core import classification as c
from shared.core.change import EventType

OWNER = "owner"
"""As a card's channel: the channel of the team that owns the workload."""

T = TypeVar("T")


class _OneOrMore:
    """In the file one value counts as a list of one; the JSON schema says so, too."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, list | tuple) else (value,), handler(source)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


def _name(value: str) -> str:
    # Names become parts of storage keys, which take no / \ # ? and use | themselves.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", value):
        raise ValueError("is no name: letters, digits, - and _, beginning with a letter or digit, at most 63")
    return value


def _secret_name(value: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", value):
        raise ValueError(
            "must be the name of a secret, in capitals as in SERVICENOW_TOKEN; the secret itself goes to Key Vault"
        )
    return value


Many = Annotated[tuple[T, ...], _OneOrMore()]
Some = Annotated[tuple[T, ...], Field(min_length=1), _OneOrMore()]
Name = Annotated[str, AfterValidator(_name)]
SecretName = Annotated[str, AfterValidator(_secret_name)]
"""A setting that names a secret: its value is in Key Vault (in the sandbox: the environment), never in the file."""


class Strict(BaseModel):
    """Frozen, and a key that nobody knows is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Auth(Strict):
    """How a tenant is signed in to: `managed_identity` for our own tenant, the others for a foreign one.

    `federated`: our identity as a federated credential of `client_id`, no secret. `secret`: the name of a client
    secret in Key Vault.
    """

    kind: Literal["managed_identity", "federated", "secret"] = "managed_identity"
    client_id: str = ""
    secret: SecretName = ""


class Tenant(Strict):
    """One Microsoft 365 organisation. `plan`: the Planner plan that Message Center is synced to, if there is one."""

    tenant_id: str = ""
    cloud: c.Cloud = "worldwide"
    ring: Literal["standard", "targeted"] = "standard"
    auth: Auth = Auth()
    graph_url: str = ""
    plan: str = ""


class Team(Strict):
    """People who own workloads; `channel` gets their cards, `crb_group` is the ticket's assignment group."""

    owner: str = Field(min_length=1)
    deputy: str = ""
    channel: str = ""
    crb_group: str = ""


class Workload(Strict):
    """What a team owns: Microsoft's service names."""

    services: Some[str]
    team: str


class Outside(Strict):
    """A channel or ticket system: `kind` is the adapter's file name, `settings` are the adapter's own."""

    kind: str
    settings: dict[str, Any] = {}


class TicketSystemEntry(Outside):
    """A ticket system, and what is done with its tickets.

    `mode`: `dry_run` files nothing and shows what it would file. `on_cancel`: what becomes of a ticket whose change
    Microsoft cancels: it is cancelled, or only told. `reopen`: when a ticket that has ended is opened again: `never`,
    when Microsoft takes a change up again (`resumed`), or for everything that asks people to look again (`material`).
    `inbound`: the name of the secret with which the system tells us of moved tickets.
    """

    mode: Literal["live", "dry_run"] = "live"
    on_cancel: Literal["cancel", "note"] = "cancel"
    reopen: Literal["never", "resumed", "material"] = "resumed"
    inbound: SecretName = ""


class Match(Strict):
    """All that are named must hold; each is one value or a list of which one must."""

    service: Some[str] | None = None
    workload: Some[str] | None = None
    kind: Some[c.Kind] | None = None
    status: Some[c.Status] | None = None
    admin_impact: Some[c.Impact] | None = None
    user_impact: Some[c.Impact] | None = None
    action: Some[c.Action] | None = None
    default: Some[c.Default] | None = None
    event: Some[EventType] | None = None
    category: Some[str] | None = None
    tag: Some[str] | None = None
    crb: StrictBool | None = None
    training: StrictBool | None = None
    major: StrictBool | None = None


class Route(Strict):
    """One node of the routing tree. Children inherit `team`, `ticket` and `cards` where they set none."""

    match: Match | None = None
    team: str | None = None
    ticket: str | None = None
    cards: Many[str] | None = None
    continue_: StrictBool = Field(default=False, alias="continue")
    routes: tuple["Route", ...] = ()


class FirstLoad(Strict):
    """Posts published more than `days` before they are first read are known, and nobody is told."""

    days: int = Field(default=30, ge=0)


class Roadmap(Strict):
    """Where the Microsoft 365 roadmap is read, once a day and without signing in."""

    enabled: bool = True
    url: str = Field(default="https://www.microsoft.com/releasecommunications/api/v1/m365", pattern=r"^https?://\S+$")


class Policy(Strict):
    """The whole file. The root route matches everything, so that no change is lost for want of an owner."""

    tenants: dict[Name, Tenant] = Field(min_length=1)
    teams: dict[Name, Team] = Field(min_length=1)
    workloads: dict[Name, Workload] = {}
    channels: dict[Name, Outside] = {}
    tickets: dict[Name, TicketSystemEntry] = {}
    routes: Route
    first_load: FirstLoad = FirstLoad()
    roadmap: Roadmap = Roadmap()

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Service, as `plain` has it, to workload."""
        return {plain(service): name for name, load in self.workloads.items() for service in load.services}

    def workload_of(self, service: str) -> str | None:
        """The workload that names this service (case and blanks do not matter)."""
        return self.owners.get(plain(service))


def plain(name: str) -> str:
    """A service's name without case and odd blanks: Microsoft writes "Microsoft Clipchamp " with one behind."""
    return " ".join(name.casefold().split())


def walk(route: Route, path: str = "routes") -> Iterator[tuple[str, Route]]:
    """Every node of the tree with its path in the file."""
    yield path, route
    for index, child in enumerate(route.routes):
        yield from walk(child, f"{path}.routes[{index}]")


def undefined_names(policy: Policy) -> list[str]:
    """What only the whole file shows: names that are defined nowhere or twice, and what a choice needs besides.

    Each as `path: fault`, all at once, in the order of the file.
    """
    return [*_of_tenants(policy), *_of_teams(policy), *_of_workloads(policy), *_of_routes(policy)]


def _of_tenants(policy: Policy) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, tenant in policy.tenants.items():
        kind = tenant.auth.kind
        needed = {"tenant_id": tenant.tenant_id, "auth.client_id": tenant.auth.client_id}
        if kind == "secret":
            needed["auth.secret"] = tenant.auth.secret
        for key in [key for key, value in needed.items() if not value and kind != "managed_identity"]:
            yield f"tenants.{name}.{key}: missing; a tenant signed in to with kind {kind!r} needs it"
        twin = first.setdefault(tenant.tenant_id, name)
        if tenant.tenant_id and twin != name:
            yield f"tenants.{name}.tenant_id: the same as tenants.{twin}; a tenant is read once"


def _of_teams(policy: Policy) -> Iterator[str]:
    for name, team in policy.teams.items():
        yield from _undefined(f"teams.{name}.channel", "channel", team.channel, policy.channels)


def _of_workloads(policy: Policy) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, workload in policy.workloads.items():
        for index, service in enumerate(workload.services):
            path = f"workloads.{name}.services[{index}]"
            twin = first.setdefault(plain(service), path)
            if twin != path:
                yield f"{path}: {service!r} is already at {twin}; a service has one owner"
        yield from _undefined(f"workloads.{name}.team", "team", workload.team, policy.teams)


def _of_routes(policy: Policy) -> Iterator[str]:
    if OWNER in policy.channels:
        yield f"channels.{OWNER}: in `cards` this word means the owning team's channel; choose another name"
    if policy.routes.match is not None:
        yield "routes.match: the root matches everything, so that nothing is lost; move `match` to a child"
    if not policy.routes.team:
        yield "routes.team: the root must name a team: it gets what nobody owns"
    for path, route in walk(policy.routes):
        match = route.match or Match()
        for workload in match.workload or ():
            yield from _undefined(f"{path}.match.workload", "workload", workload, policy.workloads)
        yield from _undefined(f"{path}.team", "team", route.team, policy.teams)
        yield from _undefined(f"{path}.ticket", "ticket system", route.ticket, policy.tickets)
        for card in route.cards or ():
            known = dict.fromkeys([*policy.channels, OWNER])
            yield from _undefined(f"{path}.cards", "channel", card, known)
            if card == OWNER:
                yield from _unheard(f"{path}.cards", policy)


def _unheard(path: str, policy: Policy) -> Iterator[str]:
    """Teams whose cards would go nowhere: they have no channel, and the root's team, which is next, has none."""
    root = policy.teams.get(policy.routes.team or "")
    silent = [name for name, team in policy.teams.items() if not team.channel]
    if policy.channels and silent and not (root and root.channel):
        yield f"{path}: {OWNER!r} reaches nobody for {', '.join(silent)}: give them, or the root's team, a `channel`"


def _undefined(path: str, what: str, name: str | None, known: Mapping[str, object] | list[str]) -> Iterator[str]:
    if name and name not in known:
        yield f"{path}: undefined {what} {name!r} (known: {', '.join(known) or 'none'})"
