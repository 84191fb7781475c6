"""Versions of posts through the pure core, one after the other: what `foresignal replay` prints (no storage)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.core.change import Change, Copy, Edition, Event, Facts
from shared.core.classify import classify
from shared.core.errors import PermanentError
from shared.core.events import derive
from shared.core.merge import Arrival, merge
from shared.core.post import read_post, when

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


def _read(edition: Edition, arrived: Edition, raw: Mapping[str, Any]) -> Edition:
    return replace(edition, facts=facts_of(raw)) if edition.id == arrived.id and not edition.facts else edition


def facts_of(raw: Mapping[str, Any]) -> Facts:
    """What is kept of an edition to derive events from."""
    post = read_post(raw)
    return Facts(classify(post), post.category, post.major, post.tags, post.title)


def replay(lines: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One object per line of a history: `{"observed", "post"}`, or a post alone."""
    world = Replay()
    for line in lines:
        raw = line.get("post", line)
        if not isinstance(raw, Mapping):
            raise PermanentError("a line without a post")
        observed = when(line.get("observed")) or when(raw.get("lastModifiedDateTime")) or datetime.fromtimestamp(0, UTC)
        change, events = world.take(raw, observed)
        yield {
            "id": change.id,
            "modified": raw.get("lastModifiedDateTime"),
            "revision": change.revision,
            "events": [event_to_json(event) for event in events],
        }


def event_to_json(event: Event) -> dict[str, Any]:
    """An event as commands print it."""
    shown: dict[str, Any] = {"type": event.type, "at": event.at.isoformat(), "old": event.old, "new": event.new}
    return shown | ({"late": True} if event.late else {})
