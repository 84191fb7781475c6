"""What a card leaves out for a channel that knows the change: it says what is new, and nothing else."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final, TypeVar

from shared.core.cards.occasions import SILENT, OccasionKind
from shared.core.terms import EventType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

_PLAN: Final = ("when", "parts", "freezes", "tenants")
_ASKED: Final = ("to_do", "steps", "more_steps", "too_late")
_TELLS: dict[EventType | OccasionKind, tuple[str, ...]] = {
    "dates_moved": ("moved", *_PLAN, "to_do"),
    "act_by_moved": ("moved", *_ASKED),
    "scope_changed": ("what", "people", "admin_impact", "user_impact", "services", "kind", "arrives", *_PLAN, *_ASKED),
    "cancelled": _PLAN,
    "superseded": _PLAN,
    "paused": (*_PLAN, "to_do"),
    "resumed": (*_PLAN, *_ASKED),
    "rollout_started": (*_PLAN, *_ASKED),
    "gone": _PLAN,
    "returned": (*_PLAN, *_ASKED),
    "act-7": ("people", *_ASKED),
    "act-2": ("people", *_ASKED),
    "act-0": ("people", *_ASKED),
    "overdue": ("people", *_ASKED),
    "ticket": ("decided", "when", "to_do"),
    "asked": ("reminder", "when", "to_do"),
    "impact": ("began", "lessons"),
    **dict.fromkeys(SILENT, ("reminder", "when", "to_do")),
}
"""Which parts of a card each event or occasion is about. One that is not here, such as `announced`, is about all."""
_ALWAYS: Final = frozenset(
    {"headline", "tone", "title", "change_id", "revision", "was_planned", "why", "team", "mention", "post_url",
     "page_url", "ticket", "known", "language", "answers", "buttons"}
)  # fmt: skip


def only_news(card: T, happened: Iterable[EventType | OccasionKind]) -> T:
    """The card without what the channel knows already."""
    parts: set[str] = set(_ALWAYS)
    for each in happened:
        if each not in _TELLS:
            return card
        parts.update(_TELLS[each])
    left_out = {field.name: type(getattr(card, field.name))() for field in fields(card) if field.name not in parts}
    return replace(card, **left_out)
