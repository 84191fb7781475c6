"""What is too long for a page, cut, with how much is left out."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")


class Cut(NamedTuple, Generic[Item]):
    """What is shown of a list, and how many more there are."""

    shown: list[Item]
    more: int


def shortened(items: Sequence[Item], most: int, size: Callable[[Item], int] | None = None, room: int = 0) -> Cut[Item]:
    """The first items: at most so many, and no more than have room; `size`: the characters of one."""
    shown: list[Item] = []
    for item in items[:most]:
        room -= size(item) if size else 0
        if shown and room < 0:
            break
        shown.append(item)
    return Cut(shown, len(items) - len(shown))
