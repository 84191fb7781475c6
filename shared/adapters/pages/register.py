"""The pages of the built-in register."""

from collections.abc import Sequence

from shared.adapters.pages.render import render
from shared.core.links import post_url
from shared.core.terms import Cloud
from shared.core.tickets.register import Entry


def register_page(entries: Sequence[Entry]) -> str:
    """Every ticket of the built-in register, in the order given."""
    return render("register.html.j2", title="Change register", entries=entries, states=_states(entries))


def ticket_page(entry: Entry, cloud: Cloud = "worldwide") -> str:
    return render(
        "ticket.html.j2",
        title=f"{entry.number}: {entry.title}",
        entry=entry,
        history=[f"{at:%Y-%m-%d %H:%M}  {text}" for at, text in entry.history],
        post_url=post_url(entry.change_id, cloud),
    )


def _states(entries: Sequence[Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.state] = counts.get(entry.state, 0) + 1
    return counts
