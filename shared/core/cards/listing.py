"""Several changes in one card: a digest, or what waited while a channel was down."""

from dataclasses import dataclass, field

from shared.core.words.language import Language, spoken


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One change: what happened to it, its title, what is asked, where to read on, and the group that it stands in."""

    headline: str
    title: str
    change_id: str
    to_do: str
    page_url: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class ListCard:
    """`text`: why these come together. `entries`: in the order in which they are told, those of a group together.

    Entries that do not fit are counted by the renderer, together with `left`, which is how many were left out before.
    `home_url`: the page that leads to all of them, and `link`: what that is called, where it is no list of all changes.
    `language`: of our words in it.
    """

    title: str
    text: str
    entries: tuple[ListEntry, ...]
    home_url: str
    left: int = 0
    link: str = ""
    language: Language = field(default_factory=spoken)
