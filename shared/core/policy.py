"""The policy: who owns what, and what is done with which change; one strict YAML file (docs/policy.md)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.core import classification as c
from shared.core.change import EventType

OWNER = "owner"
"""As a card's channel: the channel of the team that owns the workload."""


def _as_tuple(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


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
    secret: str = ""


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

    owner: str
    deputy: str = ""
    channel: str = ""
    crb_group: str = ""


class Workload(Strict):
    """What a team owns: Microsoft's service names."""

    services: tuple[str, ...] = Field(min_length=1)
    team: str


class Outside(Strict):
    """A channel or ticket system: `kind` is the adapter's file name, `settings` are the adapter's own."""

    kind: str
    settings: dict[str, Any] = {}


class Match(Strict):
    """All that are named must hold; each is one value or a list of which one must."""

    service: Texts | None = None
    workload: Texts | None = None
    kind: Annotated[tuple[c.Kind, ...], BeforeValidator(_as_tuple)] | None = None
    status: Annotated[tuple[c.Status, ...], BeforeValidator(_as_tuple)] | None = None
    admin_impact: Annotated[tuple[c.Impact, ...], BeforeValidator(_as_tuple)] | None = None
    user_impact: Annotated[tuple[c.Impact, ...], BeforeValidator(_as_tuple)] | None = None
    action: Annotated[tuple[c.Action, ...], BeforeValidator(_as_tuple)] | None = None
    default: Annotated[tuple[c.Default, ...], BeforeValidator(_as_tuple)] | None = None
    event: Annotated[tuple[EventType, ...], BeforeValidator(_as_tuple)] | None = None
    category: Texts | None = None
    tag: Texts | None = None
    crb: bool | None = None
    training: bool | None = None
    major: bool | None = None


class Route(Strict):
    """One node of the routing tree. Children inherit `team`, `ticket` and `cards` where they set none."""

    match: Match | None = None
    team: str | None = None
    ticket: str | None = None
    cards: Texts | None = None
    continue_: bool = Field(default=False, alias="continue")
    routes: tuple["Route", ...] = ()


class FirstLoad(Strict):
    """Rule 11: posts older than `days` when first observed are known, and nobody is told."""

    days: int = Field(default=30, ge=0)


class Policy(Strict):
    """The whole file. The root route matches everything, so that no change is lost for want of an owner."""

    tenants: dict[str, Tenant] = Field(min_length=1)
    teams: dict[str, Team] = Field(min_length=1)
    workloads: dict[str, Workload] = {}
    channels: dict[str, Outside] = {}
    tickets: dict[str, Outside] = {}
    routes: Route
    first_load: FirstLoad = FirstLoad()

    def workload_of(self, service: str) -> str | None:
        """The workload that names this service (case and blanks do not matter)."""
        wanted = " ".join(service.casefold().split())
        for name, workload in self.workloads.items():
            if wanted in (" ".join(known.casefold().split()) for known in workload.services):
                return name
        return None


def walk(route: Route, path: str = "routes") -> Iterator[tuple[str, Route]]:
    """Every node of the tree with its path in the file."""
    yield path, route
    for index, child in enumerate(route.routes):
        yield from walk(child, f"{path}.routes[{index}]")


def undefined_names(policy: Policy) -> list[str]:
    """Every name that is used and defined nowhere, as `path: fault (known: ...)`, all at once."""
    faults: list[str] = []

    def need(path: str, what: str, name: str, known: Mapping[str, object], *also: str) -> None:
        if name and name not in known and name not in also:
            names = ", ".join([*known, *also]) or "none"
            faults.append(f"{path}: undefined {what} {name!r} (known: {names})")

    for name, team in policy.teams.items():
        need(f"teams.{name}.channel", "channel", team.channel, policy.channels)
    owners: dict[str, str] = {}
    for name, workload in policy.workloads.items():
        need(f"workloads.{name}.team", "team", workload.team, policy.teams)
        for service in workload.services:
            first = owners.setdefault(" ".join(service.casefold().split()), name)
            if first != name:
                faults.append(f"workloads.{name}.services: {service!r} is already in workloads.{first}; one owner each")
    if policy.routes.match is not None:
        faults.append("routes.match: the root matches everything, so that nothing is lost; move `match` to a child")
    if not policy.routes.team:
        faults.append("routes.team: the root must name a team: it gets what nobody owns")
    for path, route in walk(policy.routes):
        need(f"{path}.team", "team", route.team or "", policy.teams)
        need(f"{path}.ticket", "ticket system", route.ticket or "", policy.tickets)
        for card in route.cards or ():
            need(f"{path}.cards", "channel", card, policy.channels, OWNER)
        for wanted in (route.match.workload or ()) if route.match else ():
            need(f"{path}.match.workload", "workload", wanted, policy.workloads)
    return faults


IMPACTS = get_args(c.Impact)
