"""Routing: walks the policy's tree once per workload of a change and unites the effects; each says why (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.core.change import Effect, Event
from shared.core.classification import Classification
from shared.core.policy import OWNER, Match, Policy, Route
from shared.core.post import Post


@dataclass(frozen=True, slots=True)
class Subject:
    """What a match looks at: the post, what was read out of it, and what happened to it this time."""

    post: Post
    classification: Classification
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class _Inherited:
    team: str
    ticket: str | None
    cards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    path: str
    matched: tuple[str, ...]
    own: _Inherited


@dataclass(frozen=True, slots=True)
class Routed:
    """The united effects, the teams and workloads concerned, and the services that nobody owns."""

    effects: tuple[Effect, ...]
    teams: tuple[str, ...]
    workloads: tuple[str, ...]
    unowned: tuple[str, ...]


def route(policy: Policy, subject: Subject) -> Routed:
    """What the policy wants done about this change now. Effects carry the edition and events they stand for."""
    found: dict[str, Effect] = {}
    teams: dict[str, None] = {}
    owned, unowned = _workloads(policy, subject.post.services)
    edition = subject.events[-1].edition if subject.events else ""
    events = tuple(event.id for event in subject.events)
    for workload in owned or (None,):
        owner = policy.workloads[workload].team if workload else None
        for hit in _walk(policy.routes, subject, workload, _Inherited(owner or policy.routes.team or "", None, ())):
            team = hit.own.team
            teams.setdefault(team)
            why = _why(hit, workload, unowned)
            wanted = [("ticket", hit.own.ticket)] if hit.own.ticket else []
            wanted += [("card", _channel(policy, name, team)) for name in hit.own.cards]
            for kind, target in wanted:
                if target:
                    effect = Effect("ticket" if kind == "ticket" else "card", target, team, edition, (why,), events)
                    found[effect.key] = _united(found.get(effect.key), effect)
    return Routed(tuple(found.values()), tuple(teams), owned, unowned)


def _workloads(policy: Policy, services: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    owned: dict[str, None] = {}
    unowned: list[str] = []
    for service in services:
        workload = policy.workload_of(service)
        if workload:
            owned.setdefault(workload)
        else:
            unowned.append(service)
    return tuple(owned), tuple(unowned)


def _walk(
    node: Route, subject: Subject, workload: str | None, above: _Inherited, path: str = "routes"
) -> Iterator[_Hit]:
    """The nodes that apply: the deepest match of each branch; siblings stop at the first unless it continues."""
    own = _Inherited(
        # The root's team is for what nobody owns; a child's team is a deliberate hand-over.
        team=node.team if node.team and path != "routes" else above.team,
        ticket=node.ticket or above.ticket,
        cards=node.cards if node.cards is not None else above.cards,
    )
    deeper = False
    for index, child in enumerate(node.routes):
        if child.match is None or matched(child.match, subject, workload) is not None:
            deeper = True
            yield from _walk(child, subject, workload, own, f"{path}.routes[{index}]")
            if not child.continue_:
                return
    if not deeper:
        yield _Hit(path, matched(node.match, subject, workload) or () if node.match else (), own)


def matched(match: Match, subject: Subject, workload: str | None) -> tuple[str, ...] | None:
    """The conditions that held, in words; None where one did not."""
    post, read = subject.post, subject.classification
    have: dict[str, tuple[object, ...]] = {
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
    words = []
    for name, values in have.items():
        wanted = getattr(match, name)
        if wanted is None:
            continue
        hit = next((v for v in values if (v in wanted if isinstance(wanted, tuple) else v == wanted)), None)
        if hit is None:
            return None
        words.append(f"{name}: {str(hit).lower() if isinstance(hit, bool) else hit}")
    return tuple(words)


def _channel(policy: Policy, name: str, team: str) -> str:
    return policy.teams[team].channel if name == OWNER and team in policy.teams else "" if name == OWNER else name


def _why(hit: _Hit, workload: str | None, unowned: tuple[str, ...]) -> str:
    because = ", ".join(hit.matched) or "every change"
    whose = f"{hit.own.team} owns {workload}" if workload else f"nobody owns {', '.join(unowned) or 'its services'}"
    return f"{because} ({hit.path}); {whose}"


def _united(first: Effect | None, second: Effect) -> Effect:
    if first is None:
        return second
    why = first.why + tuple(w for w in second.why if w not in first.why)
    return Effect(first.kind, first.target, first.team, first.edition, why, first.events)
