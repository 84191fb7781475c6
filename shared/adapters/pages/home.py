"""The first page, and the page that says one thing."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.adapters.pages.render import render

_LINKS = MappingProxyType({"over target": "/api/metrics#targets", "about to be over target": "/api/metrics#targets"})
"""Where a number's changes stand one by one."""


def home_page(counts: Mapping[str, int] = MappingProxyType({}), *, complete: bool = True) -> str:
    """Where everything is. `counts`: label to number, in the order in which they are shown.

    `complete`: whether they are of everything.
    """
    return render("home.html.j2", title="Home", counts=counts, links=_LINKS, complete=complete)


def message_page(title: str, text: str) -> str:
    """A page that says one thing: what was not found, or what went wrong and what to do."""
    return render("message.html.j2", title=title, text=text)
