"""`foresignal release`: the tickets and cards of a first load that wait for a person."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.tools import LONGEST_CELL, Json, State, as_json, complain, table, with_deployment
from shared.cli.who import signed_in
from shared.core import ids
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.usecases.deps import Deps
    from shared.usecases.upkeep.first_load import KeptEffect


def release(
    changes: Annotated[list[str] | None, typer.Argument(help="Only these changes.", show_default=False)] = None,
    system: Annotated[str, typer.Option(help="Only tickets for this ticket system.", show_default=False)] = "",
    channel: Annotated[str, typer.Option(help="Only cards for this channel.", show_default=False)] = "",
    all_: Annotated[bool, typer.Option("--all", help="Release everything that is listed.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be released, and release nothing.")
    ] = False,
    json_: Json = False,
    state: State = None,
) -> None:
    """File and send what waits since the first load. Without changes and --all: list it, the most urgent first."""
    if changes and all_:
        raise typer.BadParameter("name changes, or --all")
    named = {ids.normalise(text) for text in changes or ()}
    chosen, released = with_deployment(
        state, lambda deps: _release(deps, named, system, channel, go=bool(named or all_) and not dry_run)
    )
    if json_:
        as_json({"released": released, "effects": [_fields(each) for each in chosen]})
    else:
        _show(chosen, released, listed=not (named or all_), dry_run=dry_run)
    missing = sorted(named - {each.change for each in chosen})
    for change in missing:
        complain(f"error: {change}: nothing of it waits for release{' there' if system or channel else ''}")
    if missing:
        raise typer.Exit(1)


async def _release(
    deps: "Deps", named: set[str], system: str, channel: str, *, go: bool
) -> "tuple[list[KeptEffect], int]":
    from shared.usecases.upkeep import first_load

    places = {("ticket", system)} if system else set()
    places |= {("card", channel)} if channel else set()
    kept = await first_load.waiting(deps)
    chosen = [
        each
        for each in kept
        if (not named or each.change in named) and (not places or (each.kind, each.target) in places)
    ]
    if not go:
        return chosen, 0
    rest = [each for each in kept if each not in chosen]
    return chosen, await first_load.release(deps, chosen, rest, by=await signed_in())


def _show(chosen: "list[KeptEffect]", released: int, *, listed: bool, dry_run: bool) -> None:
    if chosen:
        table(
            ("change", "what", "where", "next day", "title"),
            ((each.change, each.kind, each.target, each.day or "", cut(each.title, LONGEST_CELL)) for each in chosen),
        )
    counts = Counter(each.kind for each in chosen)
    what = " and ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in counts.items()) or "nothing"
    if listed:
        typer.echo(
            f"{what} of the first load waits" if not chosen else f"{what} wait; name changes, or --all for all of these"
        )
    elif dry_run:
        typer.echo(f"would release {what}")
    else:
        typer.echo(f"released {released}")


def _fields(each: "KeptEffect") -> dict[str, object]:
    return {"change": each.change, "kind": each.kind, "target": each.target, "day": each.day, "title": each.title}
