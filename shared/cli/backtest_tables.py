"""A backtest's report as tables, as JSON and as CSV."""

import csv
import sys
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from shared.cli.tools import printable, table
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.core.backtest.difference import Differs
    from shared.core.backtest.report import Report, Tally

_ROWS = 15
"""Lines of a table that can be long; JSON, CSV and the page have them all."""
_TITLE = 70
_HEADINGS = ("policy", "week", "day", "change", "title", "revision", "events", "kind", "target", "team", "new", "why")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def show(new: "Report", old: "Report | None", differs: "Sequence[Differs]") -> None:
    """The tables, one under the other."""
    _headline(new, old)
    _heading("By week")
    table(
        ("week of", "tickets", "updates", "cards"),
        ((week, each.tickets, each.updates, each.cards) for week, each in list(new.weeks.items())[-_ROWS:]),
    )
    _more(len(new.weeks), "weeks before")
    _heading("By team")
    table(
        ("team", "tickets", "updates", "cards", "of all cards"),
        ((name, t.tickets, t.updates, t.cards, _part(t.cards, new.total.cards)) for name, t in new.teams.items()),
    )
    _heading("Noisiest routes")
    rows = ((r.name or r.path, r.tally.tickets, r.tally.updates, r.tally.cards, r.words) for r in new.routes[:_ROWS])
    _table(("route", "tickets", "updates", "cards", "asks for"), rows, "no route asked for anything")
    _heading("Services that nobody owns")
    _table(
        ("service", "changes", "for example"),
        ((each.service, each.changes, ", ".join(each.examples)) for each in new.unowned[:_ROWS]),
        "every service has an owner",
    )
    _heading("Would have been missed: neither ticket nor card")
    _table(
        ("change", "seen", "title", "although"),
        ((m.change, m.at.date(), cut(m.title, _TITLE), ", ".join(m.concerns)) for m in new.missed[:_ROWS]),
        "nothing that is for the board, asks for action, or has high impact",
    )
    _more(len(new.missed), "more")
    if old:
        _differences(old, differs)


def _headline(new: "Report", old: "Report | None") -> None:
    span = f"{new.first} to {new.last}"
    typer.echo(f"{new.name}: {_many(new.changes, 'change')} in {_many(new.editions, 'edition')}, {span}")
    for each in filter(None, (new, old)):
        name = "" if old is None else f"{each.name}: "
        total, (team, part) = each.total, each.busiest
        typer.echo(
            f"{name}{_many(total.tickets, 'ticket')} ({_part(each.ticketed, each.changes)} of the changes), "
            f"{_many(total.updates, 'update')} of them, {_many(total.cards, 'card')}"
            + (f" ({part:.0%} of them to {team})" if total.cards else "")
            + f"; {len(each.missed)} missed, {each.unticketed} for the board without a ticket, "
            f"{_part(each.ownerless, each.changes)} with a service that nobody owns"
        )
    if new.old:
        typer.echo(f"{new.old} were old when they were first seen: known, and nobody told")


def _differences(old: "Report", differs: "Sequence[Differs]") -> None:
    _heading(f"What differs from {old.name}")
    _table(
        ("change", "what", "kind", "target", "team", "title", "why"),
        (
            (d.change, d.what, d.kind, d.target, _team(d), cut(d.title, _TITLE), "; ".join(d.why))
            for d in differs[: 2 * _ROWS]
        ),
        "nothing: the same tickets and cards for the same teams",
    )
    if len(differs) > 2 * _ROWS:
        typer.echo(f"... and {len(differs) - 2 * _ROWS} more (--json, --html)")


def _team(differs: "Differs") -> str:
    return f"{differs.was} -> {differs.team}" if differs.was and differs.team else differs.team or differs.was


def _heading(text: str) -> None:
    typer.echo(f"\n{text}")


def _table(headings: Sequence[str], rows: Iterable[Iterable[object]], empty: str) -> None:
    all_rows = list(rows)
    if all_rows:
        table(headings, all_rows)
    else:
        typer.echo(empty)


def _more(count: int, what: str) -> None:
    if count > _ROWS:
        typer.echo(f"... and {count - _ROWS} {what} (--json, --html)")


def _part(count: int, whole: int) -> str:
    return f"{count / whole:.1%}" if whole else "0%"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def as_data(new: "Report", old: "Report | None", differs: "Sequence[Differs]") -> dict[str, Any]:
    """The whole report for programs; `against` and `differences` are null where there is no other policy."""
    return {
        **_report(new),
        "against": _report(old) if old else None,
        "differences": [_fields(each) for each in differs] if old else None,
    }


def _report(report: "Report") -> dict[str, Any]:
    return {
        "policy": report.name,
        "first": report.first,
        "last": report.last,
        "changes": report.changes,
        "editions": report.editions,
        "old": report.old,
        "ticketed": report.ticketed,
        "carded": report.carded,
        "with_unowned_services": report.ownerless,
        "board_without_ticket": report.unticketed,
        **_counts(report.total),
        "weeks": [{"week": week, **_counts(tally)} for week, tally in report.weeks.items()],
        "teams": [{"team": team, **_counts(tally)} for team, tally in report.teams.items()],
        "weeks_and_teams": [
            {"week": week, "team": team, **_counts(tally)} for (week, team), tally in report.cells.items()
        ],
        "routes": [
            {"route": row.path, "name": row.name, "asks_for": row.words, **_counts(row.tally)} for row in report.routes
        ],
        "unowned": [_fields(each) for each in report.unowned],
        "missed": [_fields(each) for each in report.missed],
    }


def _counts(tally: "Tally") -> dict[str, int]:
    return {"tickets": tally.tickets, "updates": tally.updates, "cards": tally.cards}


def _fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in type(entry).__slots__}


def write_csv(file: Path, reports: "Sequence[Report]") -> None:
    """Every ticket and card, one a line, for a spreadsheet."""
    from shared.core.backtest.report import monday

    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for report in reports:
        for sent in report.sent:
            played, effect = sent.played, sent.effect
            writer.writerow(
                _cell(value)
                for value in (
                    report.name, monday(played.at), played.at.date(), played.change, played.title, played.revision,
                    " ".join(played.events), effect.kind, effect.target, sent.team, "yes" if effect.first else "no",
                    "; ".join(reason.words for reason in effect.why),
                )
            )  # fmt: skip
    if str(file) == "-":
        sys.stdout.write(text.getvalue())
    else:
        file.write_text(text.getvalue(), encoding="utf-8-sig")  # the mark tells Excel that it is UTF-8


def _cell(value: object) -> str:
    """Without what a spreadsheet would take for a formula: titles are Microsoft's words, not ours."""
    text = printable(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
