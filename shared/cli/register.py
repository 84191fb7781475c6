"""`foresignal register`: the built-in register's tickets."""

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from shared.cli.tools import LONGEST_CELL, Json, State, as_json, fields_of, minute, printable, table, with_deployment
from shared.core.errors import PermanentError
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.core.tickets.register import Entry
    from shared.usecases.deps import Deps

register = typer.Typer(help="The built-in register of change tickets.", no_args_is_help=True)
_LONGEST_NOTE = 2000  # characters of a note that the audit keeps
Number = Annotated[str, typer.Argument(show_default=False, help="The ticket's number, as `list` shows it.")]


@register.command("list")
def list_register(json_: Json = False, state: State = None) -> None:
    """List every ticket of the register."""
    from shared.record.register import entries

    listed = with_deployment(state, lambda deps: entries(deps.storage.tables))
    if json_:
        as_json([fields_of(entry) for entry in listed])
    elif not listed:
        typer.echo("the register is empty")
    else:
        table(("number", "state", "risk", "group", "planned", "title"), (_row(entry) for entry in listed))


@register.command("show")
def show_register(number: Number, json_: Json = False, state: State = None) -> None:
    """Show one ticket with its history."""
    from shared.record.register import entry_of

    entry = with_deployment(state, lambda deps: entry_of(deps.storage.tables, number))
    if entry is None:
        raise PermanentError(f"the register holds no {number!r}; `foresignal register list` shows the numbers")
    if json_:
        as_json(fields_of(entry))
        return
    shown = {**fields_of(entry), "steps": "; ".join(step.text for step in entry.steps)}
    shown["configuration_items"] = ", ".join(entry.configuration_items)
    for name, value in shown.items():
        if name not in {"description", "history"} and value not in {None, ""}:
            typer.echo(f"{name.replace('_', ' '):20}{printable(str(value))}")
    for at, line in entry.history:
        typer.echo(f"  {minute(at)}  {printable(line)}")


@register.command("move")
def move_register(
    number: Number,
    to: Annotated[
        str,
        typer.Argument(
            metavar="STATE", show_default=False,
            help="new, assess, authorize, scheduled, implement, review, closed or cancelled.",
        ),
    ],
    note: Annotated[str, typer.Option(help="Why, for the ticket's history.")] = "",
    by: Annotated[
        str,
        typer.Option(show_default="your name on this machine", help="Who moves it, for the ticket's history."),
    ] = "",
    state: State = None,
) -> None:  # fmt: skip
    """Move a ticket to another state. A closed or cancelled ticket closes its change."""
    from shared.core.terms import State as Known
    from shared.record.audit import Entry as AuditEntry
    from shared.record.audit import insert_entry
    from shared.record.register import move_entry

    if to not in get_args(Known):
        raise typer.BadParameter(f"unknown state {to!r} (known: {', '.join(get_args(Known))})")
    who = cut(" ".join(by.split()) or _person(), LONGEST_CELL)

    async def move(deps: "Deps") -> "Entry":
        now = deps.here.clock()
        entry = await move_entry(deps.storage.tables, number, to, note, now, who)
        details = {"state": to, "note": note[:_LONGEST_NOTE], "change": entry.change_id}
        await insert_entry(deps.storage.tables, AuditEntry(now, number, "move", who, "command", to, details))
        return entry

    moved = with_deployment(state, move)
    typer.echo(f"{moved.number} is {moved.state}; its history says by {who}")


def _person() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container whose user has no name
        raise typer.BadParameter("this machine does not know your name: give it", param_hint="--by") from error


def _row(entry: "Entry") -> tuple[object, ...]:
    planned = " to ".join(str(day) for day in (entry.planned_start, entry.planned_end) if day)
    return (entry.number, entry.state, entry.risk, entry.group, planned, cut(entry.title, LONGEST_CELL))
