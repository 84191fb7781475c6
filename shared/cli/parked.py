"""`foresignal health`, `parked` and `register`: how it is, what failed for good, and the built-in tickets."""

import json
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from shared.cli.tools import Json, State, as_json, complain, printable, speak, table
from shared.core.errors import PermanentError

if TYPE_CHECKING:
    from shared.core.tickets.register import Entry
    from shared.record.parked import Parked
    from shared.usecases.deps import Deps

parked = typer.Typer(
    help="What failed for good: kept whole with its reason, and can be replayed.", no_args_is_help=True
)
register = typer.Typer(help="The built-in register of change tickets.", no_args_is_help=True)
Key = Annotated[str, typer.Argument(show_default=False, help="As `list` shows it.")]
Number = Annotated[str, typer.Argument(show_default=False, help="The change's number, as `list` shows it.")]
_CUT = 90


def health(json_: Json = False, state: State = None) -> None:
    """How it is: each tenant's last fetch and failure, and what is parked. Exit code 1 where not all is well."""
    from shared.usecases.pages.health import health

    found = speak(state, health)
    if json_:
        as_json(found)
    else:
        typer.echo(f"{found['status']}; {found['parked']} parked")
        typer.echo(printable(f"policy: {found['policy']}"))
        table(
            ("tenant", "source", "posts", "fetched", "failure"),
            ((t["tenant"], t["source"], t["posts"], t["fetched"] or "never", t["failure"]) for t in found["tenants"]),
        )
    if found["status"] != "ok":
        raise typer.Exit(1)


@parked.command("list")
def list_parked(json_: Json = False, state: State = None) -> None:
    """Everything that is parked, newest first."""
    from shared.record.parked import parked_items

    found = speak(state, lambda deps: parked_items(deps.tables))
    if json_:
        as_json([_fields(item) for item in found])
    elif not found:
        typer.echo("nothing is parked")
    else:
        table(
            ("key", "item", "queue", "parked", "reason"),
            ((p.key, p.item, p.queue, _minute(p.parked_at), _cut(p.reason)) for p in found),
        )


@parked.command("show")
def show_parked(key: Key, json_: Json = False, state: State = None) -> None:
    """One parked item, whole."""
    from shared.record.parked import parked_item

    found = speak(state, lambda deps: parked_item(deps.tables, key))
    if found is None:
        raise PermanentError(f"nothing is parked under {key!r}; `foresignal parked list` shows the keys")
    if json_:
        as_json(_fields(found))
        return
    for name, value in (("key", found.key), ("item", found.item), ("queue", found.queue), ("reason", found.reason)):
        typer.echo(f"{name:8}{printable(value)}")
    typer.echo(f"{'parked':8}{_minute(found.parked_at)}")
    typer.echo(json.dumps(found.content, indent=2))


@parked.command("replay")
def replay_parked(
    key: Annotated[str, typer.Argument(help="As `list` shows it.", show_default=False)] = "",
    all_: Annotated[bool, typer.Option("--all", help="Everything that is parked.")] = False,
    state: State = None,
) -> None:
    """Send parked items again, as if they had just come."""
    from shared.record.parked import parked_items
    from shared.usecases.delivery import park

    if bool(key) == all_:
        raise typer.BadParameter("name one KEY, or --all")

    async def replayed(deps: "Deps") -> tuple[list[str], list[str]]:
        keys = [item.key for item in await parked_items(deps.tables)] if all_ else [key]
        done: list[str] = []
        wrong: list[str] = []
        for one in keys:
            try:
                found = await park.replay(deps, one)
            except PermanentError as error:
                wrong.append(str(error))
            else:
                (done if found else wrong).append(one if found else f"nothing is parked under {one!r}")
        return done, wrong

    done, wrong = speak(state, replayed)
    for fault in wrong:
        complain(f"error: {printable(fault)}")
    typer.echo(f"replayed {len(done)}")
    if wrong:
        raise typer.Exit(1)


@register.command("list")
def list_register(json_: Json = False, state: State = None) -> None:
    """Every ticket of the register."""
    from shared.record.register import entries

    found = speak(state, lambda deps: entries(deps.tables))
    if json_:
        as_json([_fields(entry) for entry in found])
    elif not found:
        typer.echo("the register is empty")
    else:
        table(("number", "state", "risk", "group", "planned", "title"), (_row(entry) for entry in found))


@register.command("show")
def show_register(number: Number, json_: Json = False, state: State = None) -> None:
    """One ticket with its history."""
    from shared.record.register import entry_of

    found = speak(state, lambda deps: entry_of(deps.tables, number))
    if found is None:
        raise PermanentError(f"the register holds no {number!r}; `foresignal register list` shows the numbers")
    if json_:
        as_json(_fields(found))
        return
    for name, value in _fields(found).items():
        if name not in {"description", "history"} and value is not None:
            typer.echo(f"{name:14}{printable(str(value))}")
    for at, line in found.history:
        typer.echo(f"  {_minute(at)}  {printable(line)}")


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
    state: State = None,
) -> None:  # fmt: skip
    """Move a ticket to another state; the change closes with it."""
    from shared.core.terms import State as Known
    from shared.record.register import move_entry

    if to not in get_args(Known):
        raise typer.BadParameter(f"unknown state {to!r} (known: {', '.join(get_args(Known))})")
    moved = speak(state, lambda deps: move_entry(deps.tables, number, to, note, deps.clock()))
    typer.echo(f"{moved.number} is {moved.state}")


def _fields(item: "Parked | Entry") -> dict[str, Any]:
    """The fields of a Parked or an Entry, by name."""
    return {field.name: getattr(item, field.name) for field in fields(item)}


def _row(entry: "Entry") -> tuple[object, ...]:
    planned = " to ".join(str(day) for day in (entry.planned_start, entry.planned_end) if day)
    return (entry.number, entry.state, entry.risk, entry.group, planned, _cut(entry.title))


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"
