"""The page of all changes, and the list on it alone."""

from datetime import date
from typing import Any, Protocol

from shared.adapters.pages.render import render
from shared.core.life.behind import VIEWS
from shared.core.life.listed import ListedChange
from shared.core.life.selected import PAGE
from shared.core.life.selection import CHOICES, SORTS, Selection

FIRST = ("state", "due", "team", "kind")
"""The filters that always stand beside the search; the others are behind "More filters"."""
FURTHER = ("workload", "impact", "tenant", "ticket", "unsure", "unowned", "board", "moved", "age")
_BEHIND_FIGURES = frozenset({"came", "unseen", "untargeted", "ended"})
"""States that only figures lead to: a filter offers them where they are chosen."""
STATE_WORDS = {
    "waits": ("not read yet", "warn"),
    "parked": ("failed", "bad"),
    "closed": ("closed", "good"),
    "lapsed": ("lapsed", ""),
    "overdue": ("overdue", "bad"),
    "over": ("over target", "bad"),
    "about": ("about to be over target", "warn"),
    "open": ("open", "info"),
    "idle": ("not tracked", ""),
}
"""How a change stands, in words, and the colour of its tag."""


class _Options(Protocol):
    @property
    def teams(self) -> tuple[str, ...]: ...
    @property
    def workloads(self) -> tuple[str, ...]: ...
    @property
    def tenants(self) -> tuple[str, ...]: ...


class _View(Protocol):
    @property
    def selection(self) -> Selection: ...
    @property
    def rows(self) -> tuple[ListedChange, ...]: ...
    @property
    def count(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def pages(self) -> int: ...
    @property
    def options(self) -> _Options: ...
    @property
    def faults(self) -> tuple[str, ...]: ...
    @property
    def today(self) -> date: ...
    @property
    def complete(self) -> bool: ...


def changes_page(view: _View) -> str:
    """Search, filters and one page of what they leave."""
    chosen = view.selection.chosen
    return render(
        "changes.html.j2",
        title="Changes",
        views=VIEWS,
        filters={name: _offered(name, view) for name in (*FIRST, *FURTHER)},
        first=FIRST,
        further=[name for name in FURTHER if name != "tenant" or len(view.options.tenants) > 1 or "tenant" in chosen],
        further_chosen=any(name in chosen for name in FURTHER),
        kept={name: value for name, value in chosen.items() if name not in {"q", *FIRST, *FURTHER}},
        sorts=SORTS,
        **_listed(view),
    )


def changes_list(view: _View) -> str:
    """What the search and the filters leave, without the page around it."""
    return render("changes_list.html.j2", **_listed(view))


def _listed(view: _View) -> dict[str, Any]:
    selection = view.selection
    first = (selection.page - 1) * PAGE
    return {
        "view": view,
        "selection": selection,
        "choices": CHOICES,
        "state_words": STATE_WORDS,
        "shown": (first + 1, first + len(view.rows)),
        "chips": [
            (CHOICES[name].label, selection.words(name), selection.without(name).address) for name in selection.chosen
        ],
        "everywhere": Selection(q=selection.q).address,
    }


def _offered(name: str, view: _View) -> dict[str, str]:
    """The values of a filter with their words; what is chosen is always among them."""
    named = {"team": view.options.teams, "workload": view.options.workloads, "tenant": view.options.tenants}
    chosen = getattr(view.selection, name)
    values = {value: value for value in named.get(name, ())} | dict(CHOICES[name].values)
    if name == "state":
        values = {value: words for value, words in values.items() if value not in _BEHIND_FIGURES}
    return values if not chosen or chosen in values else {**values, chosen: view.selection.words(name)}
