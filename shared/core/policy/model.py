"""The policy: who owns what, and what is done with which change; one strict YAML file (docs/policy.md)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pydantic import Field, StrictBool, field_validator, model_validator

from shared.core.policy.delivery import WEEKDAYS, Digest, Quiet, TimeZone, Weekday
from shared.core.policy.parts import FreezeName, Many, Name, Pattern, RouteName, SecretName, Some, Strict
from shared.core.policy.planner import PlannerWrites
from shared.core.policy.reports import Reports
from shared.core.posts import classification as c
from shared.core.posts.services import canonical
from shared.core.terms import (
    CLOSED_BY,
    REMINDER_ROLES,
    Action,
    ClosedBy,
    Cloud,
    ComplianceTopic,
    Default,
    EventType,
    Impact,
    Kind,
    Phase,
    ReaderUse,
    ReminderRole,
    Status,
)
from shared.core.words.language import Language

__all__ = ["SecretName", "Strict"]  # what adapters take from here

OWNER = "owner"
"""As a card's channel: the channel of the team that owns the workload."""
ANY_SPELLING = frozenset({"service", "category", "tag"})
"""Keys of a match that hold Microsoft's own words, compared without case and odd blanks; the others are ours."""
GROUP = "group:"
"""How a Teams group is written where people can stand."""


class Auth(Strict):
    """How a tenant is signed in to: `managed_identity` for our own tenant, the others for a foreign one.

    `federated`: our identity as a federated credential of `client_id`, no secret. `secret`: the name of a client
    secret in Key Vault.
    """

    kind: Literal["managed_identity", "federated", "secret"] = "managed_identity"
    client_id: str = ""
    secret: SecretName = ""


class Tenant(Strict):
    """One Microsoft 365 organisation. `plan`: the Planner plans that Message Center is synced to, if there are any.

    `required`: whether it is an outage when this tenant cannot be read; one that is not is only reported.
    """

    tenant_id: str = ""
    cloud: Cloud = "worldwide"
    ring: Literal["standard", "targeted"] = "standard"
    auth: Auth = Auth()
    graph_url: str = ""
    plan: Many[str] = ()
    required: StrictBool = True

    @field_validator("plan")
    @classmethod
    def _named_plans(cls, plans: tuple[str, ...]) -> tuple[str, ...]:
        """Each once; an empty id is none."""
        return tuple(dict.fromkeys(plan.strip() for plan in plans if plan.strip()))


class Absence(Strict):
    """Days on which somebody does not answer, both included."""

    from_: date = Field(alias="from")
    until: date
    who: Literal["owner", "deputy"] = "owner"

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Absence":
        if self.until < self.from_:
            raise ValueError(f"ends on {self.until}, before it begins")
        return self

    def holds(self, day: date) -> bool:
        return self.from_ <= day <= self.until


class Team(Strict):
    """People who own workloads; `channel` gets their cards, `crb_group` is the ticket's assignment group.

    `owner` and `deputy` are a person's address, or `group:` and the name or address of a Teams group. `owner_id`: the
    owner's object id in Entra ID, so that Planner tasks can be given to them. `cover_for`: the teams for which this one
    answers while both their people are away. `holidays`: the lists of `calendar.holidays` that hold for the team.
    """

    owner: str = Field(min_length=1)
    owner_id: str = Field(default="", pattern=r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$")
    deputy: str = ""
    absent: Many[Absence] = ()
    channel: str = ""
    crb_group: str = ""
    cover_for: Many[str] = ()
    holidays: Many[str] = ()


class Workload(Strict):
    """What a team owns: Microsoft's service names.

    `aliases`: other names of the same services, old ones and new ones. `titles`: how titles of its posts begin, for
    posts that stand under a catch-all service. `catch_all`: its services are such ones, as "Microsoft 365 suite" is:
    a post goes by the beginning of its title where a workload names that. `configuration_item`: what a change of it
    touches, by the name or id that the ticket system knows.
    """

    services: Some[str]
    aliases: Many[str] = ()
    titles: Many[str] = ()
    catch_all: StrictBool = False
    configuration_item: str = ""
    team: str


class Role(Strict):
    """People with a part in the process, and the channel that reaches them."""

    who: Some[str]
    channel: str = ""


class Roles(Strict):
    """Who takes part besides the owners. Every name can stand in a route's `cards`, if its role has a channel."""

    executive_sponsor: Role | None = None
    service_owner: Role | None = None
    process_owner: Role | None = None
    user_communications_lead: Role | None = None
    training_lead: Role | None = None
    help_desk: Role | None = None
    privacy_readers: Role | None = None

    def get(self, name: str) -> Role | None:
        role: Role | None = getattr(self, name, None) if name in Roles.model_fields else None
        return role


class People(Strict):
    """Who may do more than read on our pages, by the name with which they sign in, such as `ana@contoso.example`.

    It counts for whoever has no app role in Entra at all (`core/review/roles.py`).
    """

    reviewers: Many[str] = ()
    board: Many[str] = ()
    admins: Many[str] = ()
    privacy: Many[str] = ()


class Target(Strict):
    """Working days until somebody has looked at a change, the board has decided, and it is closed.

    The first two run from when it was first seen; the last from its first ticket or task, without what it stood closed.
    """

    triage: int = Field(ge=0)
    decide: int = Field(ge=0)
    close: int = Field(ge=0)


class Targets(Strict):
    """By the higher of the two impacts."""

    high: Target = Target(triage=2, decide=10, close=30)
    medium: Target = Target(triage=5, decide=20, close=60)
    low: Target = Target(triage=10, decide=30, close=90)

    def of(self, classification: c.Classification) -> Target:
        return {"high": self.high, "medium": self.medium, "low": self.low}[classification.impact]

    def of_impact(self, impact: str) -> Target | None:
        """The same by the impact's name; None of one that nobody tells."""
        return {"high": self.high, "medium": self.medium, "low": self.low}.get(impact)


class Outside(Strict):
    """A channel or ticket system: `kind` is the adapter's file name, `settings` are the adapter's own."""

    kind: str
    settings: dict[str, Any] = Field(default={})


class Channel(Outside):
    """Where cards go, and when: at once, unless something here says otherwise.

    `digest`: when what is not urgent comes as one card. `quiet`: hours in which nothing is sent. `time_zone`: of both,
    and of the day that `most_a_day` is for: beyond so many cards the others of the day share one, at most one an hour.
    `fallback`: the channel that gets urgent cards once this one has been down for `fallback_after` hours. `language`:
    of our own words on its cards; the post's words stay as they are.
    """

    time_zone: TimeZone = "UTC"
    digest: Digest | None = None
    quiet: Quiet | None = None
    most_a_day: int = Field(default=50, ge=1)
    fallback: str = ""
    fallback_after: int = Field(default=4, ge=1)
    language: Language = "en"


class TicketSystemEntry(Outside):
    """A ticket system, and what is done with its tickets.

    `mode`: `dry_run` files nothing and shows what it would file. `on_cancel`: what becomes of a ticket whose change
    Microsoft cancels: it is cancelled, or only told. `reopen`: when a ticket that has ended is opened again: `never`,
    when Microsoft takes a change up again (`resumed`), or for everything that asks people to look again (`material`).
    `on_move`: what becomes of a ticket that the board has approved when dates move by more than `on_move_days`: it asks
    people to assess it again (`note`), or is sent back to assessment besides (`reassess`), in systems that can.
    `inbound`: the name of the secret with which the system tells us of moved tickets. `privacy`: whether posts on data
    privacy may be filed there. `tasks`: whether each step of the plan becomes a task under the ticket. `requested_by`:
    the address of who asks for our changes; without it the first of `roles.service_owner`, else our own account.
    """

    mode: Literal["live", "dry_run"] = "live"
    on_cancel: Literal["cancel", "note"] = "cancel"
    reopen: Literal["never", "resumed", "material"] = "resumed"
    on_move: Literal["note", "reassess"] = "note"
    on_move_days: int = Field(default=7, ge=0)
    inbound: SecretName = ""
    privacy: StrictBool = False
    tasks: StrictBool = False
    requested_by: str = ""


class Match(Strict):
    """All that are named must hold; each is one value or a list of which one must.

    `starts_within`: days until our own rollout begins, or it is under way. `act_by_within`: days until the deadline,
    which is not over. `phase` and `cloud` are those of any of its rollouts, `tenant` those in which the post stands.
    `audience` and `control` match the names that were read out of the post, `compliance` the topics of its table.
    """

    service: Some[str] | None = None
    workload: Some[str] | None = None
    title: Some[Pattern] | None = None
    text: Some[Pattern] | None = None
    kind: Some[Kind] | None = None
    status: Some[Status] | None = None
    impact_at_least: Impact | None = None
    admin_impact: Some[Impact] | None = None
    admin_impact_at_least: Impact | None = None
    user_impact: Some[Impact] | None = None
    user_impact_at_least: Impact | None = None
    action: Some[Action] | None = None
    default: Some[Default] | None = None
    event: Some[EventType] | None = None
    phase: Some[Phase] | None = None
    cloud: Some[Cloud] | None = None
    tenant: Some[str] | None = None
    starts_within: int | None = Field(default=None, ge=0)
    act_by_within: int | None = Field(default=None, ge=0)
    audience: Some[Pattern] | None = None
    control: Some[Pattern] | None = None
    compliance: Some[ComplianceTopic] | None = None
    category: Some[str] | None = None
    tag: Some[str] | None = None
    crb: StrictBool | None = None
    training: StrictBool | None = None
    major: StrictBool | None = None


URGENT = (
    Match(act_by_within=7),
    Match(starts_within=7, impact_at_least="high"),
    Match(event=("cancelled", "paused", "superseded", "dates_moved", "act_by_moved"), starts_within=14),
    Match(event=("cancelled", "paused", "superseded", "dates_moved", "act_by_moved"), act_by_within=14),
)
"""What is urgent where the policy does not say: what must be acted on, or begins with high impact, within a week; and
what is cancelled or moved within two weeks of its day."""


class ReminderStep(NamedTuple):
    """One step of an escalation: its number from 1 on, whom it reminds, and after how many working days of silence."""

    number: int
    who: ReminderRole
    days: int


class Reminders(Strict):
    """Working days without a person's word on an open change until somebody is reminded of it; None: they are not.

    `owner` and `deputy` of its team, then the people of two roles. `changes`: the changes that are looked at, each of
    which meets one of these; all of them where there is none.
    """

    owner: int | None = Field(default=None, ge=1)
    deputy: int | None = Field(default=None, ge=1)
    process_owner: int | None = Field(default=None, ge=1)
    executive_sponsor: int | None = Field(default=None, ge=1)
    changes: Many[Match] = ()

    @property
    def steps(self) -> tuple[ReminderStep, ...]:
        """Those that the policy has, the first one first; a number means the same person whatever others there are."""
        days = ((number, who, getattr(self, who)) for number, who in enumerate(REMINDER_ROLES, 1))
        return tuple(ReminderStep(number, who, least) for number, who, least in days if least is not None)


class ImpactQuestion(Strict):
    """`ask_after`: working days after a rollout began until its owner is asked how it went; None: nobody is asked."""

    ask_after: int | None = Field(default=None, ge=1)


class Route(Strict):
    """One node of the routing tree. Children inherit `team`, `ticket` and `cards` where they set none.

    `name`: what people call it, in every reason that it is behind; without one they read its path in the file.
    """

    name: RouteName = ""
    match: Match | None = None
    team: str | None = None
    ticket: str | None = None
    cards: Many[str] | None = None
    continue_: StrictBool = Field(default=False, alias="continue")
    routes: tuple["Route", ...] = ()


class FirstLoad(Strict):
    """Posts published more than `days` before they are first read are known, and nobody is told.

    `tickets`, `cards`: how many of the others, the most urgent ones, each ticket system and each channel gets at once;
    the rest waits until a person releases it.
    """

    days: int = Field(default=30, ge=0)
    tickets: int = Field(default=10, ge=0)
    cards: int = Field(default=5, ge=0)


class Roadmap(Strict):
    """Where the Microsoft 365 roadmap is read, once a day and without signing in."""

    enabled: bool = True
    url: str = Field(default="https://www.microsoft.com/releasecommunications/api/v1/m365", pattern=r"^https?://\S+$")


class Freeze(Strict):
    """Days on which the organisation wants no change, both included. `name`: what people call them.

    `tenants`, `workloads`: those that it holds for; without them it holds for all.
    """

    name: FreezeName
    from_: date = Field(alias="from")
    until: date
    tenants: Many[str] = ()
    workloads: Many[str] = ()

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Freeze":
        if self.until < self.from_:
            raise ValueError(f"ends on {self.until}, before it begins")
        return self


class Calendar(Strict):
    """Days of the organisation itself. A rollout that falls into a freeze is told on ticket and card.

    `week`: the days on which people work; `holidays`: lists of days on which they do not, which a team names;
    `time_zone`: by whose clock such a day begins.
    """

    time_zone: TimeZone = "UTC"
    week: Some[Weekday] = WEEKDAYS[:5]
    holidays: dict[Name, Many[date]] = Field(default={})
    freezes: Many[Freeze] = ()


class Closing(Strict):
    """What closes a change, the one that weighs most first whatever the order here, and what opens it again.

    `page`: a person says so; `ticket`: its tickets have ended; `task`: its Planner tasks are done; `answer`: every team
    said that it has no impact, or that all is done. `reopen`: what Microsoft says that opens a closed change again.
    """

    through: Many[ClosedBy] = CLOSED_BY
    reopen: Many[EventType] = ("resumed",)


class Answers(Strict):
    """Answers from a card. `key`: the name of the secret with the keys that sign its links.

    The secret has a key a line, `ID:KEY`, the newest first. Without it, cards have no buttons that answer.
    """

    key: SecretName = ""


class ReaderEntry(Outside):
    """A language model that reads posts besides our own reader (docs/second-reader.md).

    `use`: it is asked about posts of which a field is unsure, or about all. `budget`: how many questions a month it is
    asked at most.
    """

    use: ReaderUse = "unsure"
    budget: int = Field(default=300, ge=0)


class Policy(Strict):
    """The whole file. The root route matches everything, so that no change is lost for want of an owner.

    `asleep`: the deployment asks and tells nobody outside, and takes nothing from people, until it is woken.
    """

    include: Many[str] = ()
    tenants: dict[Name, Tenant] = Field(min_length=1)
    teams: dict[Name, Team] = Field(min_length=1)
    workloads: dict[Name, Workload] = Field(default={})
    roles: Roles = Roles()
    people: People = People()
    targets: Targets = Targets()
    calendar: Calendar = Calendar()
    closing: Closing = Closing()
    planner: PlannerWrites = PlannerWrites()
    reports: Reports = Reports()
    channels: dict[Name, Channel] = Field(default={})
    urgent: Many[Match] = URGENT
    reminders: Reminders = Reminders()
    impact: ImpactQuestion = ImpactQuestion()
    tickets: dict[Name, TicketSystemEntry] = Field(default={})
    routes: Route
    answers: Answers = Answers()
    first_load: FirstLoad = FirstLoad()
    roadmap: Roadmap = Roadmap()
    reader: ReaderEntry | None = None
    asleep: StrictBool = False

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Service, as `service_key` has it, to workload; a name that Microsoft gave up counts as its new one."""
        by_service = {
            service_key(service): name
            for name, load in self.workloads.items()
            for service in (*load.services, *load.aliases)
        }
        renamed = {service_key(canonical(service)): by_service[service_key(service)] for service in by_service}
        return {**renamed, **by_service}

    def channel_named(self, name: str) -> str:
        """The channel of that name, or of the role of that name; empty where a role has none."""
        if name in self.channels:
            return name
        role = self.roles.get(name)
        return role.channel if role else ""

    def language_of(self, channel: str) -> Language:
        """The language of a channel's cards; English of one that the policy does not have."""
        return self.channels[channel].language if channel in self.channels else "en"

    @cached_property
    def beginnings(self) -> tuple[tuple[str, str], ...]:
        """How titles begin, as `service_key` has it, and whose workload that is; the longest first."""
        prefixes = [(service_key(begin), name) for name, load in self.workloads.items() for begin in load.titles]
        return tuple(sorted(prefixes, key=lambda pair: -len(pair[0])))

    def workload_of(self, service: str, title: str = "") -> str | None:
        """The workload that names this service (case and blanks do not matter).

        Under a catch-all service, and one that nobody names, the beginning of the post's title decides first.
        """
        owner = self.owners.get(service_key(service)) or self.owners.get(service_key(canonical(service)))
        if title and (owner is None or self.workloads[owner].catch_all):
            key = service_key(title)
            owner = next((name for begin, name in self.beginnings if key.startswith(begin)), owner)
        return owner

    def cloud_of(self, tenants: Iterable[str] = ()) -> Cloud:
        """The cloud of these tenants, else of all; of several the first, but worldwide before any other."""
        known = [self.tenants[name].cloud for name in tenants if name in self.tenants]
        clouds = known or [tenant.cloud for tenant in self.tenants.values()]
        return "worldwide" if "worldwide" in clouds else clouds[0]

    @cached_property
    def matches_on_tenants(self) -> bool:
        """Whether any route, or what is urgent or reminds, asks in which tenants a post stands."""
        return any(match.tenant for match in self._matches)

    @cached_property
    def tenants_asked_for(self) -> frozenset[str]:
        """The tenants that these ask for."""
        return frozenset(name for match in self._matches for name in match.tenant or ())

    @cached_property
    def _matches(self) -> tuple[Match, ...]:
        routed = (route.match for _, route in walk(self.routes))
        return tuple(match for match in (*routed, *self.urgent, *self.reminders.changes) if match)


def service_key(name: str) -> str:
    """A service's name without case and odd blanks: Microsoft writes "Microsoft Clipchamp " with one behind."""
    return " ".join(name.casefold().split())


def walk(route: Route, path: str = "routes") -> Iterator[tuple[str, Route]]:
    """Every node of the tree with its path in the file."""
    yield path, route
    for index, child in enumerate(route.routes):
        yield from walk(child, f"{path}.routes[{index}]")
