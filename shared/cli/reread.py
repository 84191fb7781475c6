"""`foresignal reread`: what a new version of the reader reads otherwise."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.tools import LONGEST_CELL, Json, State, as_json, table, with_deployment
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.usecases.changes.reading import Rereading
    from shared.usecases.deps import Deps


def reread(
    json_: Json = False,
    state: State = None,
    open_: Annotated[bool, typer.Option("--open", help="Only changes that are not closed.")] = False,
) -> None:
    """List what this version reads otherwise in changes that an earlier version read. Nothing is written.

    After an upgrade the nightly `mend` reads open changes anew, 500 a night, and no card or ticket follows from it.
    """

    async def read(deps: "Deps") -> "list[Rereading]":
        from shared.usecases.changes.reading import rereadings

        return [each async for each in rereadings(deps) if not (open_ and each.closed)]

    changes = with_deployment(state, read)
    different = [change for change in changes if change.differences]
    if json_:
        as_json([asdict(change) for change in different])
        return
    if different:
        rows = ((each.change, field.field, field.was, field.now) for each in different for field in each.differences)
        table(("change", "field", "was", "is now"), ([cut(cell, LONGEST_CELL) for cell in row] for row in rows))
    typer.echo(
        f"{len(changes)} changes stand as an earlier version read them; {len(different)} of them are read otherwise now"
    )
