"""Versions of posts through the pure core, one after the other: as `foresignal replay` takes them (no storage)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.core.changes.change import Change, Copy, Edition, Event
from shared.core.changes.events import derive
from shared.core.changes.facts import facts_of
from shared.core.changes.merge import Arrival, merge

_TENANT = "replay"


class Replay:
    """The organisation's changes as they grow with every version that is taken."""

    def __init__(self) -> None:
        self.changes: dict[str, Change] = {}
        self._copies: dict[tuple[str, str], Copy] = {}

    def take(
        self, raw: Mapping[str, Any], observed: datetime, tenant: str = _TENANT
    ) -> tuple[Change, tuple[Event, ...]]:
        """The change after this version, and the events that it brought; PermanentError for what is no post."""
        arrival = Arrival.of(tenant, observed, raw)
        change_id = arrival.post.id
        before, copy = self.changes.get(change_id), self._copies.get((change_id, tenant))
        merged = merge(before, copy, arrival)
        self._copies[change_id, tenant] = merged.copy
        change = merged.change
        if merged.edition:
            change = replace(change, editions=tuple(_read(e, merged.edition, raw) for e in change.editions))
            change = replace(change, events=derive(change), stage="decided")
        self.changes[change_id] = change
        earlier = {event.id for event in before.events} if before else set()
        return change, tuple(event for event in change.events if event.id not in earlier)


def _read(edition: Edition, arrived: Edition, raw: Mapping[str, Any]) -> Edition:
    return replace(edition, facts=facts_of(raw)) if edition.id == arrived.id and not edition.facts else edition
