"""A word to somebody with a part in the process, about the deployment itself and not about a change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Notice:
    """`lines`: one fact each. `who` it is for, and `links`: name and address. `bad`: something is wrong."""

    title: str
    text: str
    lines: tuple[str, ...]
    who: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    bad: bool
