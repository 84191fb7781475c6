"""`foresignal planner`: what would be written into Planner tasks."""

from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.tools import LONGEST_CELL, Json, State, as_json, complain, table, with_deployment
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.usecases.deps import Deps
    from shared.usecases.tasks.write_back import Preview


def planner(
    all_: Annotated[
        bool, typer.Option("--all", help="Also changes that were there before it was switched on.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="With --all: let the timer write those as well, 100 tasks an hour.")
    ] = False,
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="List so many tasks at most.")] = 100,
    json_: Json = False,
    state: State = None,
) -> None:
    """List what would be written into Planner tasks, and what is left to people. It reads the tasks, and writes none.

    What is written, and whether, says `planner` in the policy (docs/planner.md).
    """
    if write and not all_:
        raise typer.BadParameter("--write goes with --all; without it the timer writes by itself")
    if write:
        if not with_deployment(state, _start_over):
            complain("error: nothing is written yet: set `planner: {mode: live}` in the policy, and wait for a run")
            raise typer.Exit(1)
        typer.echo("the timer writes the tasks of all changes, 100 an hour")
        return
    previews = with_deployment(state, lambda deps: _preview(deps, all_=all_, most=most))
    if json_:
        as_json([_fields(each) for each in previews])
        return
    rows = [
        (each.change, each.tenant, each.task, field, cut(value or "(removed)", LONGEST_CELL))
        for each in previews
        for field, value in _writes(each).items()
    ]
    if rows:
        table(("change", "tenant", "task", "field", "would be"), rows)
    typer.echo(f"{len(previews)} task{'s' * (len(previews) != 1)} would be written" if rows else "nothing to write")


async def _preview(deps: "Deps", *, all_: bool, most: int) -> "list[Preview]":
    from shared.usecases.tasks.write_back import preview

    return await preview(deps, everything=all_, most=most)


async def _start_over(deps: "Deps") -> bool:
    from shared.usecases.tasks.write_back import start_over

    return await start_over(deps)


def _writes(preview: "Preview") -> dict[str, str]:
    merged = preview.merged
    return {**merged.writes, **({"complete": "100 %"} if merged.completes else {})}


def _fields(preview: "Preview") -> dict[str, object]:
    held = {name: each.theirs for name, each in preview.merged.known.fields.items() if each.theirs is not None}
    return {
        "change": preview.change,
        "tenant": preview.tenant,
        "task": preview.task,
        "writes": _writes(preview),
        "people": held,
    }
