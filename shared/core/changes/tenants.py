"""What differs between tenants: services that one of them gained or lost, who joined when, and another text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any

from shared.core.changes.change import Change, Copy, Event
from shared.core.posts.post import Post, read_post
from shared.core.posts.services import canonical_set
from shared.core.text.html import plain_text
from shared.core.text.wording import sentences

_TOGETHER = timedelta(hours=1)
"""Tenants are read one after the other, and a post takes a while to reach them all: so far it is one announcement."""
_NAMED = 5
_SHOWN = 300
_LOOKED_AT = 500  # sentences: comparing takes their square at worst


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two texts differ: the sentences of the change, and those of the tenant; one may be empty."""

    ours: str
    theirs: str


def with_scope(change: Change, before: Copy | None, after: Copy) -> Change:
    """The change with the event that this tenant's services are others than in its own earlier copy.

    A rename is no such event. An edition has at most one, and it is only shown: nobody gets a card
    (docs/decisions/0006-roadmap-and-tenants.md).
    """
    if before is None or before is after or canonical_set(before.services) == after.services:
        return change
    old, new = ", ".join(canonical_set(before.services)), ", ".join(after.services)
    event = Event("scope_changed", after.edition, after.observed, old, new, late=True, tenant=after.tenant)
    if any(earlier.id == event.id for earlier in change.events):
        return change
    return replace(change, events=(*change.events, event))


def with_joined(change: Change, copies: Iterable[Copy]) -> Change:
    """The change with an event for each day on which it reached further tenants: for pages, never stored."""
    days: dict[date, list[Copy]] = {}
    for copy in sorted(copies, key=lambda copy: (copy.first_seen, copy.tenant)):
        if copy.first_seen > change.first_seen + _TOGETHER:
            days.setdefault(copy.first_seen.date(), []).append(copy)
    joined = [
        Event("tenant_joined", change.current.id, joiners[0].first_seen, new=_names([copy.tenant for copy in joiners]))
        for joiners in days.values()
    ]
    return replace(change, events=tuple(sorted((*change.events, *joined), key=lambda e: e.at))) if joined else change


def differences(ours: Post, raw: Mapping[str, Any], most: int = 3) -> tuple[Difference, ...]:
    """The first places where a tenant's text says something else than the change's own."""
    theirs = read_post(raw)
    left, right = _sentences(ours), _sentences(theirs)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return tuple(
        Difference(" ".join(left[a:b])[:_SHOWN], " ".join(right[c:d])[:_SHOWN])
        for what, a, b, c, d in blocks
        if what != "equal"
    )[:most]


def _sentences(post: Post) -> list[str]:
    text = f"{post.title}\n{plain_text(post.body, post.body_type)}"
    lines = (" ".join(sentence.split()) for line in text.splitlines() for sentence in sentences(line))
    return [line for line in lines if line][:_LOOKED_AT]


def _names(tenants: list[str]) -> str:
    more = len(tenants) - _NAMED
    return ", ".join(tenants[:_NAMED]) + (f" and {more} more" if more > 0 else "")
