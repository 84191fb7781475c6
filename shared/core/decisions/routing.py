"""Routing: walks the policy's tree once per workload of a change and unites the effects; each says why (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.core.changes.change import Effect
from shared.core.changes.reasons import MetCondition, RouteReason
from shared.core.decisions.conditions import Condition, Subject, conditions, met_conditions
from shared.core.policy.answering import Answer, answers
from shared.core.policy.model import OWNER, Match, Policy, Route
from shared.core.posts.fingerprints import plain_title
from shared.core.posts.post import Post
from shared.core.posts.privacy import is_private


@dataclass(frozen=True, slots=True)
class Routed:
    """The united effects, the teams and workloads concerned, and the services that nobody owns.

    `withheld`: why effects that a route wanted do not follow, one line each.
    """

    effects: tuple[Effect, ...]
    teams: tuple[str, ...]
    workloads: tuple[str, ...]
    unowned: tuple[str, ...]
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One node that a walk looked at. `taken`: it decides; `matched`: it held, and its children were looked at.

    `path` is its place in the file, `name` what people call it. `services` are those that the walk is for, and
    `workload` is theirs.
    """

    path: str
    name: str
    depth: int
    workload: str | None
    services: tuple[str, ...]
    matched: bool
    taken: bool
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class _Share:
    """One walk: the services of one workload of the change, or those that nobody owns (`workload` is None)."""

    workload: str | None
    services: tuple[str, ...]
    team: str


@dataclass(frozen=True, slots=True)
class _Node:
    """Where a walk stands: what holds there, its own or inherited, and the conditions met on the way."""

    path: str
    team: str
    name: str = ""
    ticket: str | None = None
    cards: tuple[str, ...] = ()
    conditions: tuple[MetCondition, ...] = ()


def route(policy: Policy, subject: Subject) -> Routed:
    """What the policy wants done about this change now. Effects carry the edition and events they stand for."""
    effects: dict[str, Effect] = {}
    teams: dict[str, None] = {}
    withheld: dict[str, None] = {}
    shares = _shares(policy, subject.post)
    for share in shares:
        for node in _walk(policy.routes, _mine(subject, share), share.workload, _Node("routes", share.team)):
            teams.setdefault(node.team)
            for effect in _effects(policy, subject, share, node):
                if no := refusal(policy, subject.post, effect.kind, effect.target):
                    withheld.setdefault(no)
                else:
                    effects[effect.key] = _united(effects.get(effect.key), effect)
    return Routed(
        effects=tuple(effects.values()),
        teams=tuple(teams),
        workloads=tuple(share.workload for share in shares if share.workload),
        unowned=tuple(service for share in shares if not share.workload for service in share.services),
        withheld=tuple(withheld),
    )


def trace(policy: Policy, subject: Subject) -> tuple[RouteStep, ...]:
    """Every node that was looked at, in order, one walk after the other; for people who ask why."""
    steps: list[RouteStep] = []
    for share in _shares(policy, subject.post):
        mine = _mine(subject, share)
        alone = not _goes_on(policy.routes, mine, share)
        steps.append(RouteStep("routes", policy.routes.name, 0, share.workload, share.services, True, alone, ()))
        steps += _traced(policy.routes, mine, share, "routes", 1)
    return tuple(steps)


def _traced(node: Route, subject: Subject, share: _Share, path: str, depth: int) -> Iterator[RouteStep]:
    for index, child in enumerate(node.routes):
        looked = tuple(conditions(child.match or Match(), subject, share.workload))
        matched = all(condition.met for condition in looked)
        below = f"{path}.routes[{index}]"
        deeper = matched and _goes_on(child, subject, share)
        yield RouteStep(
            below, child.name, depth, share.workload, share.services, matched, matched and not deeper, looked
        )
        if matched:
            yield from _traced(child, subject, share, below, depth + 1)
            if not child.continue_:
                return


def _goes_on(node: Route, subject: Subject, share: _Share) -> bool:
    """Whether any child of the node matches, so that the node itself does not decide."""
    return any(met_conditions(child.match or Match(), subject, share.workload) is not None for child in node.routes)


def _mine(subject: Subject, share: _Share) -> Subject:
    """A route that names a service speaks of this owner's services, not of all that the post names."""
    return replace(subject, post=replace(subject.post, services=share.services))


def _shares(policy: Policy, post: Post) -> list[_Share]:
    """The services by workload, in the post's order; what nobody owns comes last and goes to the root's team."""
    by_workload: dict[str | None, list[str]] = {}
    title = plain_title(post.title)
    for service in post.services:
        by_workload.setdefault(policy.workload_of(service, title), []).append(service)
    unowned = by_workload.pop(None, [])
    shares = [_Share(w, tuple(names), policy.workloads[w].team) for w, names in by_workload.items() if w]
    if unowned or not shares:
        shares.append(_Share(None, tuple(unowned), policy.routes.team or ""))
    return shares


def _walk(route_: Route, subject: Subject, workload: str | None, node: _Node) -> Iterator[_Node]:
    """The nodes that apply: the deepest match of each branch; siblings stop at the first unless it continues."""
    node = replace(
        node,
        name=route_.name,
        # The root's team is for what nobody owns; a child's team is a deliberate hand-over.
        team=route_.team if route_.team and node.path != "routes" else node.team,
        ticket=route_.ticket if route_.ticket is not None else node.ticket,
        cards=route_.cards if route_.cards is not None else node.cards,
    )
    deeper = False
    for index, child in enumerate(route_.routes):
        met = met_conditions(child.match or Match(), subject, workload)
        if met is None:
            continue
        deeper = True
        below = replace(node, path=f"{node.path}.routes[{index}]", conditions=node.conditions + met)
        yield from _walk(child, subject, workload, below)
        if not child.continue_:
            return
    if not deeper:
        yield node


def _effects(policy: Policy, subject: Subject, share: _Share, node: _Node) -> Iterator[Effect]:
    edition = subject.events[-1].edition if subject.events else ""
    events = tuple(event.id for event in subject.events)
    answer = answers(policy, node.team, subject.today)
    why = (_reason(share, node, answer),)
    if node.ticket:
        yield Effect("ticket", node.ticket, node.team, edition, why, events, answer.who)
    for name in dict.fromkeys(_private(policy, subject.post, node.cards)):
        channel = channel_of(policy, answer.team) if name == OWNER else _named_channel(policy, name)
        if channel:
            yield Effect("card", channel, node.team, edition, why, events, answer.who)


def _private(policy: Policy, post: Post, cards: tuple[str, ...]) -> tuple[str, ...]:
    """Whoever was to get a card: of a post on data privacy only its readers do."""
    return ("privacy_readers",) if cards and is_private(post) and policy.roles.privacy_readers else cards


def refusal(policy: Policy, post: Post, kind: str, target: str) -> str:
    """Why an effect must not be: what is on data privacy reaches its readers only. Empty where it may."""
    if not is_private(post):
        return ""
    if kind == "ticket":
        entry = policy.tickets.get(target)
        if entry and entry.privacy:
            return ""
        return f"a data privacy post, and ticket system {target} is not marked `privacy: true`"
    readers = policy.roles.privacy_readers
    if readers is None:
        return "a data privacy post, and the policy names no privacy readers"
    return "" if target == readers.channel else f"a data privacy post; channel {target} is not its readers'"


def allowed(policy: Policy, post: Post, kind: str, target: str) -> bool:
    return not refusal(policy, post, kind, target)


def _named_channel(policy: Policy, name: str) -> str:
    """A channel's own name, or that of a role's channel."""
    if name in policy.channels:
        return name
    role = policy.roles.get(name)
    return role.channel if role else name


def channel_of(policy: Policy, team: str) -> str:
    """The team's channel; one that has none shares that of the root's team, so that its cards are not lost."""
    return policy.teams[team].channel or policy.teams[policy.routes.team or team].channel


def _reason(share: _Share, node: _Node, answer: Answer) -> RouteReason:
    return RouteReason(
        path=node.path,
        name=node.name,
        conditions=node.conditions,
        team=node.team,
        workload=share.workload or "",
        owner=share.team if share.workload else "",
        services=() if share.workload else share.services,
        away=answer.away,
    )


def _united(first: Effect | None, second: Effect) -> Effect:
    if first is None:
        return second
    return replace(first, why=first.why + tuple(why for why in second.why if why not in first.why))
