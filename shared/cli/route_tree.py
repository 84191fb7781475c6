"""The way of a change through the routes, as a tree for a terminal."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from shared.cli.tools import printable

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from shared.core.decisions.routing import RouteStep
    from shared.core.decisions.what_if import WhatIf
    from shared.core.policy.model import Route


def show(answer: "WhatIf") -> None:
    """The tree of every walk, then what follows."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    if answer.id or answer.title:
        title = ": ".join(filter(None, (answer.id, answer.title)))
        console.print(Text(printable(title), style="bold"))
    classification = answer.subject.classification
    crb = ", for the Change Review Board" if classification.crb else ""
    events = ", ".join(event.type for event in answer.subject.events)
    impact = f"users {classification.user_impact}, admins {classification.admin_impact}"
    console.print(Text(f"{classification.kind}, {classification.status}, {impact}{crb}; {events}"))
    for steps in _walks(answer):
        console.print()
        console.print(_tree(answer, steps))
    console.print()
    _effects(answer)


def _walks(answer: "WhatIf") -> "list[dict[str, RouteStep]]":
    """The nodes that were looked at, by path; one walk for each workload of the change."""
    walks: list[dict[str, RouteStep]] = []
    for step in answer.steps:
        if step.depth == 0:
            walks.append({})
        walks[-1][step.path] = step
    return walks


def _tree(answer: "WhatIf", steps: "Mapping[str, RouteStep]") -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    root = steps["routes"]
    services = ", ".join(root.services) or "no service"
    whose = f"{answer.policy.workloads[root.workload].team} owns {root.workload}" if root.workload else "nobody owns it"
    if not root.workload:
        whose += f", so it goes to {answer.policy.routes.team}"
    tree = Tree(Text(printable(f"{services}: {whose}")), guide_style="dim")
    _grow(tree, answer.policy.routes, "routes", steps)
    if root.taken:
        tree.add(Text(f"{_called(root)}: no route below matches, so the root decides", style="green"))
    return tree


def _grow(tree: "Tree", node: "Route", path: str, steps: "Mapping[str, RouteStep]") -> None:
    from rich.text import Text

    below = [f"{path}.routes[{index}]" for index in range(len(node.routes))]
    for here, child in zip(below, node.routes, strict=True):
        if step := steps.get(here):
            branch = tree.add(_line(step))
            if step.matched:
                _grow(branch, child, here, steps)
    if rest := [here for here in below if here not in steps]:
        last = f" to {rest[-1]}" if len(rest) > 1 else ""
        tree.add(Text(f"{rest[0]}{last}: not reached, the one before was taken", style="dim"))


def _called(step: "RouteStep") -> str:
    """A route by its place and, where it has one, its name."""
    return printable(f"{step.path} “{step.name}”") if step.name else step.path


def _line(step: "RouteStep") -> "Text":
    from rich.text import Text

    sign, style = ("=>", "bold green") if step.taken else ("->", "green") if step.matched else ("x ", "")
    text = Text.assemble((f"{sign} {_called(step)}", style))
    for condition in step.conditions:
        missed = f"{condition.name}: wants {condition.wanted}, finds {condition.actual or 'nothing'}"
        words = condition.met.words if condition.met else missed
        text.append(f"\n     {printable(words)}", style="green" if condition.met else "red")
    if not step.conditions:
        text.append("\n     every change", style="green")
    return text


def _effects(answer: "WhatIf") -> None:
    routed = answer.routed
    for effect in routed.effects:
        typer.echo(f"{effect.kind} {effect.target}, for {effect.team} ({answer.owner(effect.team)})")
        for reason in effect.why:
            typer.echo(printable(f"  because: {reason.words}"))
    if not routed.effects:
        typer.echo("nothing follows: no route that it takes asks for a ticket or card")
    for why in routed.withheld:
        typer.echo(printable(f"withheld: {why}"))
    if answer.silent:
        typer.echo(printable(f"but nobody is told now: {answer.silent}"))
    if routed.unowned:
        typer.echo(printable(f"nobody owns: {', '.join(routed.unowned)}; give them to a team under `workloads`"))
