"""The way of a change through the routes, as a tree for a terminal."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from shared.cli.tools import printable

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from shared.core.decisions.explained import Branch, Explained, Walk

_SIGNS = {"taken": ("=>", "bold green"), "matched": ("->", "green"), "missed": ("x ", "")}


def show(answer: "Explained") -> None:
    """The tree of every walk, then what follows."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    if answer.id or answer.title:
        title = ": ".join(filter(None, (answer.id, answer.title)))
        console.print(Text(printable(title), style="bold"))
    console.print(Text(answer.subject))
    for walk in answer.walks:
        console.print()
        console.print(_tree(walk))
    console.print()
    for effect in answer.follows:
        typer.echo(effect.what)
        for reason in effect.reasons:
            typer.echo(printable(f"  because: {reason}"))
    for remark in answer.remarks:
        typer.echo(printable(remark))


def _tree(walk: "Walk") -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(printable(walk.headline)), guide_style="dim")
    _grow(tree, walk.branches)
    if walk.root:
        tree.add(Text(printable(walk.root), style="green"))
    return tree


def _grow(tree: "Tree", branches: "Iterable[Branch]") -> None:
    from rich.text import Text

    for branch in branches:
        if branch.state == "unreached":
            tree.add(Text(f"{branch.place}: not reached, the one before was taken", style="dim"))
        else:
            _grow(tree.add(_line(branch)), branch.below)


def _line(branch: "Branch") -> "Text":
    from rich.text import Text

    sign, style = _SIGNS[branch.state]
    text = Text.assemble((f"{sign} {printable(branch.place)}", style))
    for said in branch.said:
        text.append(f"\n     {printable(said.words)}", style="green" if said.holds else "red")
    return text
