"""Several changes in one plain card: what waited while a channel was down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One change: what happened to it, its title, what is asked, and where to read on."""

    headline: str
    title: str
    change_id: str
    to_do: str
    page_url: str


@dataclass(frozen=True, slots=True)
class ListCard:
    """`text`: why these come together. `entries`: oldest first; those that do not fit are counted by the renderer.

    `home_url`: the page that leads to all of them.
    """

    title: str
    text: str
    entries: tuple[ListEntry, ...]
    home_url: str
