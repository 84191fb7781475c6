"""The way of a change through the routes as a tree in words, for a terminal and for a page (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.core.decisions.routing import RouteStep
from shared.core.decisions.what_if import WhatIf
from shared.core.policy.model import Route

State = Literal["taken", "matched", "missed", "unreached"]
"""A route that decides; one that holds, and whose children were looked at; one that does not; one nobody looked at."""


@dataclass(frozen=True, slots=True)
class Said:
    """One condition in words, and whether the change meets it."""

    words: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """One route on the way. `path`: where it stands in the policy; `name`: what people call it, where it has one."""

    path: str
    name: str
    state: State
    said: tuple[Said, ...] = ()
    below: tuple["Branch", ...] = ()

    @property
    def place(self) -> str:
        return _place(self.path, self.name)


@dataclass(frozen=True, slots=True)
class Walk:
    """The way for the services of one workload. `headline`: which services, and who owns them.

    `root`: that the root decides, because no route below it matches; empty where one does.
    """

    headline: str
    branches: tuple[Branch, ...]
    root: str = ""


@dataclass(frozen=True, slots=True)
class Follows:
    """A ticket or card that follows: for whom, and each reason in words."""

    what: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The whole answer. `subject`: what the change was read as; `remarks`: why less follows, or who is missing."""

    id: str
    title: str
    subject: str
    walks: tuple[Walk, ...]
    follows: tuple[Follows, ...]
    remarks: tuple[str, ...]


def explained(answer: WhatIf) -> Explained:
    """Which routes the change takes and which condition failed at the others, and who gets what, with why."""
    routed = answer.routed
    remarks = ["nothing follows: no route that it takes asks for a ticket or card"] if not routed.effects else []
    remarks += [f"withheld: {why}" for why in routed.withheld]
    if answer.silent:
        remarks.append(f"but nobody is told now: {answer.silent}")
    if routed.unowned:
        remarks.append(f"nobody owns: {', '.join(routed.unowned)}; give them to a team under `workloads`")
    follows = tuple(
        Follows(
            f"{effect.kind} {effect.target}, for {effect.team} ({answer.owner(effect.team)})",
            tuple(reason.words for reason in effect.why),
        )
        for effect in routed.effects
    )
    walks = tuple(_walk(answer, steps) for steps in _walks(answer))
    return Explained(answer.id, answer.title, _subject(answer), walks, follows, tuple(remarks))


def _subject(answer: WhatIf) -> str:
    classification = answer.subject.classification
    crb = ", for the Change Review Board" if classification.crb else ""
    events = ", ".join(event.type for event in answer.subject.events)
    impact = f"users {classification.user_impact}, admins {classification.admin_impact}"
    return f"{classification.kind}, {classification.status}, {impact}{crb}; {events}"


def _walks(answer: WhatIf) -> list[dict[str, RouteStep]]:
    """The nodes that were looked at, by path; one walk for each workload of the change."""
    walks: list[dict[str, RouteStep]] = []
    for step in answer.steps:
        if step.depth == 0:
            walks.append({})
        walks[-1][step.path] = step
    return walks


def _walk(answer: WhatIf, steps: Mapping[str, RouteStep]) -> Walk:
    root = steps["routes"]
    services = ", ".join(root.services) or "no service"
    whose = f"{answer.policy.workloads[root.workload].team} owns {root.workload}" if root.workload else "nobody owns it"
    if not root.workload:
        whose += f", so it goes to {answer.policy.routes.team}"
    decides = f"{_place(root.path, root.name)}: no route below matches, so the root decides" if root.taken else ""
    return Walk(f"{services}: {whose}", _branches(answer.policy.routes, "routes", steps), decides)


def _branches(node: Route, path: str, steps: Mapping[str, RouteStep]) -> tuple[Branch, ...]:
    below = [f"{path}.routes[{index}]" for index in range(len(node.routes))]
    branches = [
        Branch(
            here,
            step.name,
            "taken" if step.taken else "matched" if step.matched else "missed",
            _said(step),
            _branches(child, here, steps) if step.matched else (),
        )
        for here, child in zip(below, node.routes, strict=True)
        if (step := steps.get(here))
    ]
    if rest := [here for here in below if here not in steps]:
        last = f" to {rest[-1]}" if len(rest) > 1 else ""
        branches.append(Branch(f"{rest[0]}{last}", "", "unreached"))
    return tuple(branches)


def _said(step: RouteStep) -> tuple[Said, ...]:
    if not step.conditions:
        return (Said("every change", holds=True),)
    return tuple(
        Said(condition.met.words, holds=True)
        if condition.met
        else Said(f"{condition.name}: wants {condition.wanted}, finds {condition.actual or 'nothing'}", holds=False)
        for condition in step.conditions
    )


def _place(path: str, name: str) -> str:
    """A route by its place and, where it has one, its name."""
    return f"{path} “{name}”" if name else path
