"""Versions of posts through the pure core, one after the other: what `foresignal replay` prints (no storage)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.core.changes.change import Change, Copy, Edition, Event
from shared.core.changes.events import derive
from shared.core.changes.facts import facts_of
from shared.core.changes.merge import Arrival, merge
from shared.core.errors import PermanentError
from shared.core.times import when
from shared.record.codec import slip_to_json

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
        known = {event.id for event in before.events} if before else set()
        return change, tuple(event for event in change.events if event.id not in known)

    def line(self, line: object) -> dict[str, Any]:
        """What one line of a history brought: `{"observed", "post"}`, or a post alone."""
        raw = line.get("post", line) if isinstance(line, Mapping) else None
        if not isinstance(line, Mapping) or not isinstance(raw, Mapping):
            raise PermanentError("a line without a post")
        observed = when(line.get("observed")) or when(raw.get("lastModifiedDateTime")) or datetime.fromtimestamp(0, UTC)
        change, events = self.take(raw, observed)
        return {
            "id": change.id,
            "modified": raw.get("lastModifiedDateTime"),
            "revision": change.revision,
            "events": [event_to_json(event) for event in events],
        }


def _read(edition: Edition, arrived: Edition, raw: Mapping[str, Any]) -> Edition:
    return replace(edition, facts=facts_of(raw)) if edition.id == arrived.id and not edition.facts else edition


def event_to_json(event: Event) -> dict[str, Any]:
    """An event as commands print it."""
    shown: dict[str, Any] = {"type": event.type, "at": event.at.isoformat(), "old": event.old, "new": event.new}
    if event.slips:
        shown["slips"] = [slip_to_json(slip) for slip in event.slips]
    return shown | ({"late": True} if event.late else {})
