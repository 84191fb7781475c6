"""Routing: walks the policy's tree once per workload of a change and unites the effects; each says why (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shared.core.change import Effect, Event
from shared.core.classification import Classification
from shared.core.policy import OWNER, Match, Policy, Route, plain
from shared.core.post import Post

_ANY_SPELLING = frozenset({"service", "category", "tag"})
"""Microsoft's own words, compared without case and odd blanks; the others are ours and checked by the model."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a match looks at: the post, what was read out of it, and what happened to it this time."""

    post: Post
    classification: Classification
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """The united effects, the teams and workloads concerned, and the services that nobody owns."""

    effects: tuple[Effect, ...]
    teams: tuple[str, ...]
    workloads: tuple[str, ...]
    unowned: tuple[str, ...]


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
    ticket: str | None = None
    cards: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


def route(policy: Policy, subject: Subject) -> Routed:
    """What the policy wants done about this change now. Effects carry the edition and events they stand for."""
    found: dict[str, Effect] = {}
    teams: dict[str, None] = {}
    shares = _shares(policy, subject.post.services)
    for share in shares:
        # A route that names a service speaks of this owner's services, not of all that the post names.
        mine = replace(subject, post=replace(subject.post, services=share.services))
        for node in _walk(policy.routes, mine, share.workload, _Node("routes", share.team)):
            teams.setdefault(node.team)
            for effect in _effects(policy, subject, share, node):
                found[effect.key] = _united(found.get(effect.key), effect)
    return Routed(
        effects=tuple(found.values()),
        teams=tuple(teams),
        workloads=tuple(share.workload for share in shares if share.workload),
        unowned=tuple(service for share in shares if not share.workload for service in share.services),
    )


def _shares(policy: Policy, services: tuple[str, ...]) -> list[_Share]:
    """The services by workload, in the post's order; what nobody owns comes last and goes to the root's team."""
    by_workload: dict[str | None, list[str]] = {}
    for service in services or ():
        by_workload.setdefault(policy.workload_of(service), []).append(service)
    unowned = by_workload.pop(None, [])
    shares = [_Share(w, tuple(names), policy.workloads[w].team) for w, names in by_workload.items() if w]
    if unowned or not shares:
        shares.append(_Share(None, tuple(unowned), policy.routes.team or ""))
    return shares


def _walk(route_: Route, subject: Subject, workload: str | None, node: _Node) -> Iterator[_Node]:
    """The nodes that apply: the deepest match of each branch; siblings stop at the first unless it continues."""
    node = replace(
        node,
        # The root's team is for what nobody owns; a child's team is a deliberate hand-over.
        team=route_.team if route_.team and node.path != "routes" else node.team,
        ticket=route_.ticket if route_.ticket is not None else node.ticket,
        cards=route_.cards if route_.cards is not None else node.cards,
    )
    deeper = False
    for index, child in enumerate(route_.routes):
        words = matched(child.match or Match(), subject, workload)
        if words is None:
            continue
        deeper = True
        below = replace(node, path=f"{node.path}.routes[{index}]", because=node.because + words)
        yield from _walk(child, subject, workload, below)
        if not child.continue_:
            return
    if not deeper:
        yield node


def matched(match: Match, subject: Subject, workload: str | None) -> tuple[str, ...] | None:
    """The conditions that held, in words; None where one did not."""
    words = []
    for name, values in _values(subject, workload).items():
        wanted = getattr(match, name)
        if wanted is None:
            continue
        spelt = _spelt if name in _ANY_SPELLING else _as_is
        known = {spelt(value) for value in (wanted if isinstance(wanted, tuple) else (wanted,))}
        hit = next((value for value in values if spelt(value) in known), None)
        if hit is None:
            return None
        words.append(f"{name}: {str(hit).lower() if isinstance(hit, bool) else hit}")
    return tuple(words)


def _values(subject: Subject, workload: str | None) -> dict[str, tuple[object, ...]]:
    """What the change holds, by the keys of Match."""
    post, read = subject.post, subject.classification
    return {
        "service": post.services,
        "workload": (workload,),
        "kind": (read.kind,),
        "status": (read.status,),
        "admin_impact": (read.admin_impact,),
        "user_impact": (read.user_impact,),
        "action": (read.action,),
        "default": (read.default,),
        "event": tuple(event.type for event in subject.events),
        "category": (post.category,),
        "tag": post.tags,
        "crb": (read.crb,),
        "training": (read.training,),
        "major": (post.major,),
    }


def _spelt(value: object) -> object:
    return plain(str(value))


def _as_is(value: object) -> object:
    return value


def _effects(policy: Policy, subject: Subject, share: _Share, node: _Node) -> Iterator[Effect]:
    edition = subject.events[-1].edition if subject.events else ""
    events = tuple(event.id for event in subject.events)
    why = (_why(share, node),)
    if node.ticket:
        yield Effect("ticket", node.ticket, node.team, edition, why, events)
    for name in node.cards:
        channel = _channel_of(policy, node.team) if name == OWNER else name
        if channel:
            yield Effect("card", channel, node.team, edition, why, events)


def _channel_of(policy: Policy, team: str) -> str:
    """The team's channel; one that has none shares that of the root's team, so that its cards are not lost."""
    return policy.teams[team].channel or policy.teams[policy.routes.team or team].channel


_SAID = {
    "crb: true": "for the Change Review Board",
    "crb: false": "not for the Change Review Board",
    "major: true": "a major change",
    "major: false": "not a major change",
    "training: true": "users must be told",
    "training: false": "users need not be told",
}
"""Conditions that read better in other words; the rest are said as they stand in the policy."""


def _why(share: _Share, node: _Node) -> str:
    """For people: what the change is, whose it is, and the place in the policy that says so."""
    because = ", ".join(_SAID.get(words, words.replace("_", " ")) for words in node.because) or "every change"
    return f"{because}; {_whose(share, node.team)} (policy: {node.path})"


def _whose(share: _Share, team: str) -> str:
    if share.workload:
        handed = "" if team == share.team else f", this route hands it to {team}"
        return f"{share.team} owns {share.workload}{handed}"
    if share.services:
        return f"nobody owns {', '.join(share.services)}, so it goes to {team}"
    return f"the post names no service, so it goes to {team}"


def _united(first: Effect | None, second: Effect) -> Effect:
    if first is None:
        return second
    return replace(first, why=first.why + tuple(why for why in second.why if why not in first.why))
