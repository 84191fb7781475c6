"""A sentence of a ticket that speaks for us, with its source: what was read, decided, or computed (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence or line. `source`: where it comes from, for a person who doubts it: “the post: …”, “the policy”."""

    text: str
    source: str


def text_of(parts: Iterable[Part], between: str = " ") -> str:
    """The parts as one text."""
    return between.join(part.text for part in parts)
