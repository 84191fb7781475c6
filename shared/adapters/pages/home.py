"""The first page, and the page that says one thing."""

from collections.abc import Sequence
from types import MappingProxyType

from shared.adapters.pages.render import render
from shared.core.life.behind import HOME, HomeFigures
from shared.core.life.listed import ListedChange

_TILES = MappingProxyType(
    {
        "open": "Open",
        "overdue": "Overdue",
        "due": "Due within 7 days",
        "over": "Over target",
        "about": "About to be over target",
        "quiet": "Nobody spoke yet",
        "board": "For the board",
        "unsure": "Unsure",
        "unowned": "Unowned",
        "ticketed": "With a ticket",
        "revised": "Revised by Microsoft",
        "closed": "Closed",
    }
)
"""The figures in the order in which they are shown."""
_BAD = frozenset({"overdue", "over"})


def home_page(
    figures: HomeFigures,
    due: Sequence[ListedChange] = (),
    quiet: Sequence[ListedChange] = (),
    *,
    complete: bool = True,
) -> str:
    """Where everything is: each figure leads to its list. `due`, `quiet`: the first of this week.

    `complete`: whether the figures are of everything.
    """
    notes = {
        "open": (f"of {figures.changes:,} changes", HOME["changes"].address),
        "ticketed": (f"{figures.cancelled:,} cancelled", HOME["cancelled"].address) if figures.cancelled else None,
        "revised": (f"{figures.revisions:,} revisions", "") if figures.revised else None,
        "closed": (f"{figures.closings:,} closings", "") if figures.closings > figures.closed else None,
    }
    tiles = [
        (label, getattr(figures, name), HOME[name].address, notes.get(name), name in _BAD)
        for name, label in _TILES.items()
    ]
    return render(
        "home.html.j2", title="Home", figures=figures, tiles=tiles, due=due, quiet=quiet, lists=HOME, complete=complete
    )


def message_page(title: str, text: str) -> str:
    """A page that says one thing: what was not found, or what went wrong and what to do."""
    return render("message.html.j2", title=title, text=text)
