"""Who owns what, what each team has to do, who is away, and which services nobody owns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shared.core.life.figures import visible
from shared.core.life.load import Load, loads, unowned_services
from shared.core.policy.answering import Answer, answers
from shared.core.policy.model import Absence, Policy, Roles
from shared.usecases.deps import Deps
from shared.usecases.life.lines import live_lines


@dataclass(frozen=True, slots=True)
class Owned:
    """A workload of a team, with Microsoft's names of its services; `aliases`: other names of the same."""

    workload: str
    services: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    catch_all: bool = False


@dataclass(frozen=True, slots=True)
class TeamView:
    """One team. `answer`: who answers for it today, and why; `absences`: those that are not over, the next one first.

    `gets_the_rest`: whether it is the root's team, which gets what nobody owns.
    """

    name: str
    owner: str
    deputy: str
    channel: str
    group: str
    covers: tuple[str, ...]
    answer: Answer
    absences: tuple[Absence, ...]
    owned: tuple[Owned, ...]
    load: Load
    gets_the_rest: bool = False


@dataclass(frozen=True, slots=True)
class RoleView:
    """People with a part in the process."""

    name: str
    who: tuple[str, ...]
    channel: str


@dataclass(frozen=True, slots=True)
class OwnersView:
    """The page. `unowned`: services that nobody owns with their open changes; `unowned_changes`: how many those are.

    `elsewhere`: open changes of teams that the policy has no more. `complete`: whether the lists are built.
    """

    teams: tuple[TeamView, ...]
    roles: tuple[RoleView, ...]
    unowned: tuple[tuple[str, int], ...]
    unowned_changes: int
    elsewhere: Mapping[str, Load]
    today: date
    complete: bool


async def owners(deps: Deps, *, privacy: bool) -> OwnersView:
    """At most 5 calls. `privacy`: whether posts on data privacy count."""
    policy, lines, now = await deps.here.policy.current(), await live_lines(deps), deps.here.clock()
    shown, today = visible(lines.by_id.values(), privacy=privacy), now.date()
    load = loads(shown, policy, now)
    return OwnersView(
        tuple(_team(policy, name, load[name], today) for name in policy.teams),
        tuple(
            RoleView(name, role.who, role.channel)
            for name in Roles.model_fields
            if (role := policy.roles.get(name)) is not None
        ),
        tuple(unowned_services(shown, today)),
        sum(1 for line in shown if line.unowned and line.is_open(today)),
        {name: each for name, each in load.items() if name not in policy.teams},
        today,
        complete=lines.mark is not None,
    )


def _team(policy: Policy, name: str, load: Load, today: date) -> TeamView:
    team = policy.teams[name]
    owned = (
        Owned(workload, each.services, each.aliases, each.catch_all)
        for workload, each in policy.workloads.items()
        if each.team == name
    )
    return TeamView(
        name, team.owner, team.deputy, team.channel, team.crb_group, team.cover_for, answers(policy, name, today),
        _to_come(team.absent, today), tuple(owned), load, name == policy.routes.team,
    )  # fmt: skip


def _to_come(absences: Iterable[Absence], today: date) -> tuple[Absence, ...]:
    return tuple(sorted((each for each in absences if each.until >= today), key=lambda each: each.from_))
