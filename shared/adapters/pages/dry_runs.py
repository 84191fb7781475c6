"""The pages of dry runs."""

import json
from collections.abc import Sequence

from shared.adapters.pages.render import render
from shared.core.tickets.dry_run import DryTicket


def dry_runs_page(entries: Sequence[DryTicket]) -> str:
    """What the dry runs would have filed, the newest first."""
    newest = sorted(entries, key=lambda entry: entry.updated, reverse=True)
    return render("dry_runs.html.j2", title="Dry runs", entries=newest)


def dry_run_page(entry: DryTicket) -> str:
    """One ticket that a dry run would have filed, field by field."""
    values = [(name, text if isinstance(text, str) else _as_text(text)) for name, text in entry.fields.items()]
    return render("dry_run.html.j2", title=f"{entry.number}: {entry.title}", entry=entry, fields=values)


def _as_text(value: object) -> str:
    return "–" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
