"""`foresignal ticket`: the ticket of a change as it would be filed now, with the source of each line."""

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.tools import Json, State, as_json, printable, with_deployment
from shared.core.errors import PermanentError
from shared.core.posts.privacy import shown_title
from shared.core.terms import ENDED

if TYPE_CHECKING:
    from shared.core.tickets.ticket import Ticket
    from shared.usecases.tickets.wanted import TicketView

HELP = """Show the ticket of a change as it would be filed now, with the source of each line. Nothing is written.

\b
foresignal ticket MC1234567
foresignal ticket MC1234567 --system crb
foresignal ticket MC1234567 --fields
foresignal ticket MC1234567 --diff

--diff asks the ticket system what stands there. A field that somebody filled
in since we wrote it is marked as theirs: it stays as it is.
"""
_FIELDS = (
    ("audience", "For whom"), ("affected", "Affected"), ("services", "Services"), ("tenants", "Tenants"),
    ("differences", "Tenants that differ"), ("kind", "Kind"), ("arrives", "Arrives"), ("when", "When"),
    ("planned_start", "Planned start"), ("planned_end", "Planned end"), ("act_by", "Act by"), ("to_do", "To do"),
    ("freezes", "Freezes"), ("why_board", "Why the board"), ("why", "Why this ticket"), ("risk", "Risk"),
    ("risk_why", "Why that risk"), ("impact_words", "Impact"), ("impact_why", "Why that impact"),
    ("unsure", "Not sure"), ("if_nobody_acts", "If nobody acts"), ("implementation_plan", "Implementation plan"),
    ("test_plan", "Test plan"), ("communication_plan", "Communication plan"), ("backout", "Back-out"),
    ("compliance", "Compliance"), ("configuration_items", "Configuration items"), ("group", "Group"),
    ("assigned_to", "Assigned to"), ("requested_by", "Requested by"), ("notes", "Notes"),
)  # fmt: skip
"""What is shown of a ticket, in this order, by what it is called for people."""


def ticket(
    change: Annotated[str, typer.Argument(metavar="ID", show_default=False, help="The change, such as MC1234567.")],
    system: Annotated[
        str, typer.Option("--system", metavar="NAME", show_default="the one there is", help="The ticket system.")
    ] = "",
    diff: Annotated[bool, typer.Option("--diff", help="Show how what stands there differs.")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="Show the fields as the system would get them.")] = False,
    json_: Json = False,
    state: State = None,
) -> None:
    from shared.usecases.tickets.wanted import ticket_view

    if diff and fields:
        raise typer.BadParameter("say --diff or --fields")
    view = with_deployment(state, lambda deps: ticket_view(deps, change, system, compare=diff))
    if view is None:
        raise PermanentError(f"there is no change {change}")
    if json_:
        as_json(_as_data(view, diff=diff))
        return
    _head(view)
    if diff:
        _differences(view)
    elif fields:
        for name, value in view.preview.fields.items():
            _field(name, list(_shown(value)))
    else:
        _parts(view.ticket)


def _head(view: "TicketView") -> None:
    typer.echo(printable(f"{view.change.id}: {shown_title(view.change.read())}"))
    number = view.state.number
    stands = f"ticket {number} ({view.state.remote_state or view.state.state})" if number else "no ticket yet"
    asked = "" if view.asked else "; the policy asks for none of this change"
    typer.echo(printable(f"{view.system} ({view.kind}): {stands}{asked}"))
    if view.ticket.cancelled:
        typer.echo("It would be cancelled: Microsoft will not make this change.")
    typer.echo("")


def _parts(ticket: "Ticket") -> None:
    """Each line, and under it where it comes from."""
    _field("Title", [ticket.title])
    for name, label in _FIELDS:
        parts = ticket.sources.get(name, ())
        if parts:
            _field(label, [line for part in parts for line in (part.text, f"  <- {part.source}")])
        elif lines := _lines(getattr(ticket, name)):
            _field(label, lines)


def _shown(value: object) -> Iterator[str]:
    """A field as the system would get it: texts as they are, the rest as JSON, what is nested line by line."""
    if isinstance(value, list):
        for each in value:
            yield from _shown(each)
    elif isinstance(value, str):
        yield value or "(empty)"
    else:
        yield "(empty)" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _lines(value: object) -> list[str]:
    if isinstance(value, tuple):
        return [str(each) for each in value]
    if isinstance(value, date):
        return [value.isoformat()]
    return [str(value)] if value else []


def _field(label: str, lines: list[str]) -> None:
    typer.echo(printable(f"{label}:"))
    for line in lines:
        for each in line.split("\n"):
            typer.echo(f"  {printable(each)}".rstrip())


def _differences(view: "TicketView") -> None:
    if view.is_gone:
        typer.echo("The ticket is no longer there: the next thing that happens to the change opens another one.")
        return
    if not view.differences:
        has_ended = view.state.state in ENDED
        typer.echo("The ticket has ended: it is left as it is." if has_ended else "Nothing of it would be written now.")
        return
    for each in view.differences:
        typer.echo(printable(f"{each.name}{' (theirs: it stays)' if each.is_theirs else ''}:"))
        typer.echo(printable(f"  there: {each.there or '(empty)'}"))
        typer.echo(printable(f"  now:   {each.wanted or '(empty)'}"))


def _as_data(view: "TicketView", *, diff: bool) -> dict[str, object]:
    shown = {
        "change": view.change.id,
        "system": view.system,
        "kind": view.kind,
        "number": view.state.number or None,
        "asked": view.asked,
        "cancelled": view.ticket.cancelled,
    }
    if diff:
        theirs = [
            {"field": each.name, "there": each.there, "now": each.wanted, "theirs": each.is_theirs}
            for each in view.differences or ()
        ]
        return {**shown, "gone": view.is_gone, "differences": theirs}
    parts = [{"field": name, "lines": list(_with_sources(view.ticket, name))} for name, _ in (("title", ""), *_FIELDS)]
    return {
        **shown,
        "where": view.preview.where,
        "parts": [each for each in parts if each["lines"]],
        "fields": view.preview.fields,
    }


def _with_sources(ticket: "Ticket", name: str) -> Iterator[dict[str, str | None]]:
    parts = ticket.sources.get(name, ())
    for part in parts:
        yield {"text": part.text, "source": part.source}
    for line in () if parts else _lines(getattr(ticket, name)):
        yield {"text": line, "source": None}
