"""Events: what happened from one edition to the next, derived from the sorted editions (rule 6)."""

from collections.abc import Iterator
from dataclasses import replace

from shared.core.change import Change, Edition, Event, EventType, Facts
from shared.core.classification import Classification, Interval, Window

_FROM_TENANTS = frozenset({"gone", "returned", "tenant_joined"})
_STATUS: dict[str, EventType] = {
    "cancelled": "cancelled",
    "withdrawn": "cancelled",
    "on_hold": "paused",
    "superseded": "superseded",
}


def derive(change: Change) -> tuple[Event, ...]:
    """Every event of the change, oldest edition first; needs the facts of every edition.

    What was recorded keeps its time and whether it was late; what was and what is are always those of the editions.
    New ones are late unless they stand at an edition that has not been decided yet and did not itself come late.
    """
    recorded = {event.id: event for event in change.events}
    decided = next((e.key for e in change.editions if change.decision and e.id == change.decision.edition), None)
    events: list[Event] = []
    before: Edition | None = None
    for edition in change.editions:
        late = edition.late or (decided is not None and edition.key <= decided)
        for kind, old, new in _step(before, edition):
            event = Event(kind, edition.id, edition.observed, old, new, late)
            known = recorded.get(event.id)
            events.append(replace(event, at=known.at, late=known.late) if known else event)
        before = edition
    events += [event for event in change.events if event.type in _FROM_TENANTS or event.tenant]
    return tuple(sorted(events, key=lambda event: event.at))


def _step(before: Edition | None, after: Edition) -> Iterator[tuple[EventType, str, str]]:
    assert after.facts is not None
    if before is None:
        yield "announced", "", after.facts.title
        return
    assert before.facts is not None
    found = list(_differences(before.facts, after.facts))
    yield from found or [("text_changed", before.facts.title, after.facts.title)]


def _differences(old: Facts, new: Facts) -> Iterator[tuple[EventType, str, str]]:
    was, now = old.classification, new.classification
    yield from _status(was, now)
    if was.windows and now.windows and _dates(was) != _dates(now):
        yield "dates_moved", windows_in_words(was.windows), windows_in_words(now.windows)
    if was.act_by != now.act_by:
        yield "act_by_moved", str(was.act_by or ""), str(now.act_by or "")
    if _scope(old) != _scope(new):
        yield "scope_changed", _scope(old), _scope(new)


def _status(was: Classification, now: Classification) -> Iterator[tuple[EventType, str, str]]:
    if was.status == now.status:
        return
    kind = _STATUS.get(now.status)
    if kind:
        yield kind, was.status, now.superseded_by or now.status
    elif was.status in _STATUS:
        yield "resumed", was.status, now.status


def _dates(read: Classification) -> frozenset[object]:
    return frozenset((w.phase, cloud, w.start, w.end) for w in read.windows for cloud in w.clouds)


def _scope(facts: Facts) -> str:
    clouds = sorted({cloud for window in facts.classification.windows for cloud in window.clouds})
    parts = [facts.category, "major" if facts.major else "", ", ".join(clouds)]
    return "; ".join(part for part in parts if part)


def windows_in_words(windows: tuple[Window, ...]) -> str:
    """One line a window, with its days: for events and tickets."""
    return "\n".join(
        f"{window.phase} ({', '.join(window.clouds)}): {_days(window.start)} to {_days(window.end)}"
        for window in windows
    )


def _days(interval: Interval | None) -> str:
    if interval is None:
        return "not said"
    first, last = interval.first.isoformat(), interval.last.isoformat()
    return first if first == last else f"{first}..{last}"
