"""What people can do on the page of a change: answers of a team, and the fields that they can settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.adapters.pages.settled import choice_words
from shared.core.posts.classification import FieldName
from shared.core.review.assessment import FieldView
from shared.core.review.typed import as_typed, choices

_LONGEST = 1500  # characters of a value that the form has in it
_Way = Literal["choice", "day", "text"]
_WAYS: Mapping[str, _Way] = {"act_by": "day", "rollouts": "text"}


@dataclass(frozen=True, slots=True)
class Settling:
    """How a field is settled. `choices`: what can be chosen, as it is sent and in words; `value`: what counts now."""

    name: FieldName
    way: _Way
    value: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """A button of the panel: the answer that it sends, and the key that presses it."""

    answer: str
    key: str


QUICK = (Key("own", "o"), Key("no_impact", "n"), Key("impact", "i"), Key("done", "d"), Key("board", "b"))
"""The answers that are one press away, in their order."""


def settlings(fields: Sequence[FieldView]) -> dict[str, Settling]:
    """The form of each field, by its name."""
    return {each.name: _settling(each) for each in fields}


def _settling(view: FieldView) -> Settling:
    typed = as_typed(view.value)
    way: _Way = _WAYS.get(view.name, "choice")
    if way == "choice":
        words = ((each, _words(view.name, each)) for each in choices(view.name))
        return Settling(view.name, "choice", typed, tuple(words))
    return Settling(view.name, way, "" if typed == "none" or len(typed) > _LONGEST else typed)


def _words(name: FieldName, typed: str) -> str:
    return "Nothing arrives" if typed == "n/a" else choice_words(name, typed)
