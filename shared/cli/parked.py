"""`foresignal parked`: what failed for good, shown and sent again."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.tools import (
    LONGEST_CELL,
    Json,
    State,
    as_json,
    complain,
    fields_of,
    minute,
    printable,
    show_down,
    table,
    with_deployment,
)
from shared.cli.who import signed_in
from shared.core.errors import PermanentError
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.record.parked import ParkedHead
    from shared.usecases.deps import Deps

parked = typer.Typer(help="What failed for good: show it with its reason, and send it again.", no_args_is_help=True)
Key = Annotated[str, typer.Argument(show_default=False, help="As `list` shows it.")]


@parked.command("list")
def list_parked(json_: Json = False, state: State = None) -> None:
    """List everything that is parked, newest first; what only waits for a target that is down stands above it."""
    from shared.record.parked import newest_first, parked_heads, parked_items
    from shared.usecases.pages.health import targets_down

    if json_:
        as_json([fields_of(item) for item in with_deployment(state, lambda deps: parked_items(deps.storage.tables))])
        return

    async def read(deps: "Deps") -> "tuple[list[ParkedHead], list[Mapping[str, Any]]]":
        return newest_first(await parked_heads(deps.storage.tables)), await targets_down(deps)

    items, down = with_deployment(state, read)
    show_down(down)
    if not items:
        typer.echo("nothing is parked")
    else:
        table(
            ("key", "item", "queue", "parked", "reason"),
            ((p.key, p.item, p.queue, minute(p.parked_at), cut(p.reason, LONGEST_CELL)) for p in items),
        )


@parked.command("show")
def show_parked(key: Key, json_: Json = False, state: State = None) -> None:
    """Show one parked item, whole."""
    from shared.record.parked import parked_item

    item = with_deployment(state, lambda deps: parked_item(deps.storage.tables, key))
    if item is None:
        raise PermanentError(f"nothing is parked under {key!r}; `foresignal parked list` shows the keys")
    if json_:
        as_json(fields_of(item))
        return
    for name, value in (("key", item.key), ("item", item.item), ("queue", item.queue), ("reason", item.reason)):
        typer.echo(f"{name:8}{printable(value)}")
    typer.echo(f"{'parked':8}{minute(item.parked_at)}")
    typer.echo(json.dumps(item.content, indent=2))


@parked.command("replay")
def replay_parked(
    key: Annotated[str, typer.Argument(help="As `list` shows it.", show_default=False)] = "",
    all_: Annotated[bool, typer.Option("--all", help="All parked items.")] = False,
    state: State = None,
) -> None:
    """Send parked items again as new."""
    from shared.record.parked import newest_first, parked_heads
    from shared.usecases.delivery import park

    if bool(key) == all_:
        raise typer.BadParameter("name one KEY, or --all")

    async def replayed(deps: "Deps") -> tuple[list[str], list[str]]:
        who = await signed_in()
        keys = [head.key for head in newest_first(await parked_heads(deps.storage.tables))] if all_ else [key]
        done: list[str] = []
        wrong: list[str] = []
        for each in keys:
            try:
                was_there = await park.replay(deps, each, who)
            except PermanentError as error:
                wrong.append(str(error))
            else:
                (done if was_there else wrong).append(each if was_there else f"nothing is parked under {each!r}")
        return done, wrong

    done, wrong = with_deployment(state, replayed)
    for fault in wrong:
        complain(f"error: {printable(fault)}")
    typer.echo(f"replayed {len(done)}")
    if wrong:
        raise typer.Exit(1)


@parked.command("probe")
def probe_now(state: State = None) -> None:
    """Let the next run of the timer (every 15 minutes) try whatever is down, without waiting for its turn."""
    from shared.usecases.delivery.down import probe_soon

    targets = with_deployment(state, probe_soon)
    typer.echo(f"will be tried: {', '.join(targets)}" if targets else "nothing is down")
