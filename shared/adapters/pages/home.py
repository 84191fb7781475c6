"""The first page, and the page that says one thing."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.adapters.pages.render import render


def home_page(counts: Mapping[str, int] = MappingProxyType({}), *, complete: bool = True) -> str:
    """Where everything is. `counts`: label to number, in the order in which they are shown.

    `complete`: whether they are of everything.
    """
    return render("home.html.j2", title="Home", counts=counts, complete=complete)


def message_page(title: str, text: str) -> str:
    """A page that says one thing: what was not found, or what went wrong and what to do."""
    return render("message.html.j2", title=title, text=text)
