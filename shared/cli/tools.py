"""What the commands share: errors in one line, tables, JSON, and the ports of a deployment."""

import asyncio
import contextlib
import errno
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from shared.core.times import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:  # pydantic is half of the time that --help takes
    from shared.core.tickets.register import Entry
    from shared.record.parked import Parked
    from shared.usecases.deps import Deps

T = TypeVar("T")

State = Annotated[
    Path | None,
    typer.Option(help="Act on the sandbox that keeps its state in this folder, not on Azure.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


class Commands(TyperGroup):
    """Commands that end in one clear line where something is wrong: exit code 1, and 2 for wrong usage."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            own = hasattr(error, "exit_code") or isinstance(error, typer.Abort)  # typer's own ways out
            if own or ctx.params.get("debug") or getattr(error, "errno", None) == errno.EPIPE:
                raise
            complain(f"error: {_in_a_line(error)}")
            raise typer.Exit(1) from None


def _in_a_line(error: Exception) -> str:
    if type(error).__module__.startswith(("shared.", "sandbox.")):  # ours: written for the person who reads it
        text = str(error)
    elif isinstance(error, OSError) and error.strerror:
        text = f"{error.filename or type(error).__name__}: {error.strerror}"
    else:
        text = f"{type(error).__name__}: {error} (foresignal --debug ... shows where)"
    return printable(text)


def complain(text: str) -> None:
    typer.echo(text, err=True)


def printable(text: str) -> str:
    """Text of posts and of other systems, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def table(headings: Iterable[str], rows: Iterable[Iterable[object]], *, whole: int = 0) -> None:
    """Rows as a table; the column `whole` is never broken, so that it can be copied."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        drawn.add_column(heading, no_wrap=index == whole, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(printable(str(cell))) for cell in row))
    Console(width=None if sys.stdout.isatty() else 200).print(drawn)


def show_down(targets: Iterable[Mapping[str, Any]]) -> None:
    """What is down, as health says it: since when, how many effects wait, and what to do."""
    for target in targets:
        since = minute(datetime.fromisoformat(target["since"]))
        typer.echo(printable(f"{target['target']} is down since {since}; {target['waiting']} wait: {target['reason']}"))
        typer.echo(printable(f"  {target['what_to_do']}"))


def as_json(data: object) -> None:
    """Times and days as ISO text, what has fields by their names."""
    typer.echo(json.dumps(data, indent=2, default=_as_data))


def _as_data(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value.isoformat()


def with_deployment(state: Path | None, work: "Callable[[Deps], Awaitable[T]]") -> T:
    """Do the work with the ports of the deployment in the environment, or of the sandbox whose state is named."""
    from shared import app

    async def spoken() -> T:
        if state is not None:  # a running sandbox, by its own clock
            from sandbox.surroundings import beside

            app.use(beside(state))
        try:
            return await work(app.current().deps)
        finally:
            await app.close()

    return asyncio.run(spoken())


#: Characters of a title or a reason in a table.
LONGEST_CELL = 90


def fields_of(item: "Parked | Entry") -> dict[str, Any]:
    """The fields of a Parked or an Entry, by name."""
    return {field.name: getattr(item, field.name) for field in fields(item)}


def day(text: str, option: str) -> date:
    """A day that somebody typed; one that nobody can mean is wrong usage."""
    with contextlib.suppress(ValueError):
        typed = date.fromisoformat(text)
        if FIRST_YEAR <= typed.year <= LAST_YEAR:
            return typed
    what = f"{text!r} is no day such as 2026-01-31, between {FIRST_YEAR} and {LAST_YEAR}"
    raise typer.BadParameter(what, param_hint=option)


def minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
