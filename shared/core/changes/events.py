"""Events: what happened from one edition to the next, whatever the order in which the editions came."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared.core.changes.change import Change, Edition, Event, Facts
from shared.core.changes.sentences import any_says, difference, shown, without_dates
from shared.core.changes.slips import Slip, slips
from shared.core.posts.classification import POSTPONED, Classification, Interval, Window
from shared.core.posts.fingerprints import UPDATED_TAG
from shared.core.terms import Cloud, EventType

_FROM_TENANTS = frozenset({"gone", "returned", "tenant_joined"})
_STATUS: dict[str, EventType] = {
    "cancelled": "cancelled",
    "withdrawn": "cancelled",
    "on_hold": "paused",
    "superseded": "superseded",
}
_STARTED = re.compile(
    r"\b(?:rollout|roll-out|rolling out|deployment|release)\b[^.]{0,60}\b(?:has|have|is|was) (?:now |been |already )*"
    r"(?:begun|started|complete|completed|under ?way|finished)\b"
    r"|\bwe(?:'ve| have) (?:now )?(?:begun|started|completed|finished) (?:the |our |this )?(?:roll|deploy|releas)\w*"
    r"|\b(?:is|are) now (?:generally |fully |globally )?(?:available|rolled out|rolling out)\b"
    r"|\bha(?:s|ve) (?:now )?(?:been )?(?:fully |completely )?(?:rolled out|deployed|released)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(r"\b(?:if|when|once|until|not|after|delayed|rolled back)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EventDraft:
    """What happened at an edition; with the edition and its time it becomes an event, which has the same fields."""

    type: EventType
    old: str = ""
    new: str = ""
    slips: tuple[Slip, ...] = ()
    part: str = ""
    postponed: bool = False


def derive(change: Change, *, reread: bool = False) -> tuple[Event, ...]:
    """Every event of the change, oldest edition first; needs the facts of every edition.

    What was recorded keeps its time and whether it was late; what was and what is are always those of the editions.
    New ones are late unless they stand at an edition that has not been decided yet and did not itself come late.
    `reread`: another reader has read the editions since; what it does not see any more is kept as it was recorded.
    """
    recorded = {event.id: event for event in change.events}
    decided = next((e.key for e in change.editions if change.decision and e.id == change.decision.edition), None)
    events: list[Event] = []
    before: Edition | None = None
    plan: tuple[Window, ...] = ()
    for edition in change.editions:
        late = edition.late or (decided is not None and edition.key <= decided) or not _alike(before, edition)
        for draft in _drafts(before, edition, plan):
            event = _event(draft, edition, late=late)
            known = recorded.get(event.id)
            events.append(replace(event, at=known.at, late=known.late) if known else event)
        before, plan = edition, _dated(edition) or plan
    derived = {event.id for event in events}
    for event in change.events:
        if event.type in _FROM_TENANTS or event.tenant:
            events.append(event)
        elif event.id not in derived and (event.kept or reread):
            events.append(replace(event, kept=True))
    return tuple(sorted(events, key=lambda event: event.at))


def _alike(before: Edition | None, after: Edition) -> bool:
    """Whether one version of the reader read both; two versions differ in what nobody edited."""
    return not (before and before.facts and after.facts) or before.facts.reader == after.facts.reader


def _event(draft: EventDraft, edition: Edition, *, late: bool) -> Event:
    return Event(
        draft.type,
        edition.id,
        edition.observed,
        draft.old,
        draft.new,
        late,
        draft.slips,
        part=draft.part,
        postponed=draft.postponed,
    )


def plan_before(change: Change, edition: str) -> tuple[Window, ...]:
    """The last plan with dates that stood before an edition: what its dates have moved from, also across a pause."""
    plan: tuple[Window, ...] = ()
    for known in change.editions:
        if known.id == edition:
            break
        plan = _dated(known) or plan
    return plan


def _dated(edition: Edition) -> tuple[Window, ...]:
    windows = edition.facts.classification.windows if edition.facts else ()
    return tuple(window for window in windows if window.start or window.end)


def _drafts(before: Edition | None, after: Edition, plan: tuple[Window, ...]) -> Iterator[EventDraft]:
    assert after.facts is not None
    if before is None:
        yield EventDraft("announced", "", after.facts.title)
        return
    assert before.facts is not None
    drafts = list(_differences(before.facts, after.facts, plan))
    yield from drafts
    yield from _text(before.facts, after.facts, explained=bool(drafts))


def _differences(old: Facts, new: Facts, plan: tuple[Window, ...]) -> Iterator[EventDraft]:
    was, now = old.classification, new.classification
    fallen = list(_status(was, now))
    yield from fallen
    gone = {cloud for halt in new.halts for cloud in halt.clouds} - _clouds(new)
    dates = list(_dates(was, now, plan, gone))
    yield from _halts(old, new, moved=bool(dates)) if not fallen else ()
    yield from dates
    if was.act_by != now.act_by and not (_fell_silent(was) or _fell_silent(now)):
        moved: tuple[Slip, ...] = ()
        if was.act_by and now.act_by:
            one, other = Interval(was.act_by, was.act_by), Interval(now.act_by, now.act_by)
            moved = (Slip("act_by", (), "end", one, other, (now.act_by - was.act_by).days),)
        yield EventDraft("act_by_moved", str(was.act_by or ""), str(now.act_by or ""), moved)
    scopes = _scope(old, new, gone), _scope(new, old, gone)
    if scopes[0] != scopes[1]:
        yield EventDraft("scope_changed", *scopes)


def _fell_silent(classification: Classification) -> bool:
    """Whether a plan fell and names no day to act by: that it fell, or goes on again, is the event."""
    return classification.status in _STATUS and classification.act_by is None


def _status(was: Classification, now: Classification) -> Iterator[EventDraft]:
    if was.status == now.status and was.superseded_by == now.superseded_by:
        return
    kind = _STATUS.get(now.status)
    if kind:
        yield EventDraft(kind, was.status, now.superseded_by or now.status)
    elif was.status in _STATUS:
        yield EventDraft("resumed", was.status, now.status)


def _halts(old: Facts, new: Facts, *, moved: bool) -> Iterator[EventDraft]:
    """Parts of the plan that newly do not go on; one event of each kind. A plan can be put off again and again."""
    known = {(halt.kind, halt.scope) for halt in old.halts if not (moved and halt.scope == POSTPONED)}
    kinds: tuple[EventType, ...] = ("cancelled", "paused")
    for kind in kinds:
        scopes = [halt.scope for halt in new.halts if halt.kind == kind and (kind, halt.scope) not in known]
        if scopes:
            part = "; ".join(scope for scope in scopes if scope != POSTPONED)
            yield EventDraft(kind, "", "; ".join(scopes), part=part, postponed=POSTPONED in scopes)


def _dates(
    was: Classification, now: Classification, plan: tuple[Window, ...], gone: set[Cloud]
) -> Iterator[EventDraft]:
    """Dates that moved from the last plan that stood; what a cancelled or paused plan no longer says has not moved.

    `gone`: clouds that the banner took out of the plan.
    """
    if now.status in _STATUS:
        return
    before = plan if was.status in _STATUS or not was.windows else was.windows
    old, new = _without(before, gone), _without(now.windows, gone)
    if _days_of(old) != _days_of(new):
        yield EventDraft("dates_moved", windows_in_words(old), windows_in_words(new), slips(old, new))


def _without(windows: Sequence[Window], gone: set[Cloud]) -> tuple[Window, ...]:
    left = (replace(w, clouds=tuple(cloud for cloud in w.clouds if cloud not in gone)) for w in windows)
    return tuple(window for window in left if window.clouds and (window.start or window.end))


def _days_of(windows: Sequence[Window]) -> frozenset[object]:
    return frozenset((w.phase, cloud, w.start, w.end) for w in windows for cloud in w.clouds)


def _scope(facts: Facts, other: Facts, gone: set[Cloud]) -> str:
    """For whom and how heavy; clouds only where both editions name some (a plan that fell says none)."""
    clouds = _clouds(facts) - gone if _clouds(other) else set()
    tags = sorted(set(facts.tags) - {UPDATED_TAG})
    parts = [facts.category, "major" if facts.major else "", ", ".join(sorted(clouds)), ", ".join(tags)]
    return "; ".join(part for part in parts if part)


def _clouds(facts: Facts) -> set[Cloud]:
    return {cloud for window in facts.classification.windows for cloud in window.clouds}


def _text(old: Facts, new: Facts, *, explained: bool) -> Iterator[EventDraft]:
    """What the text says otherwise: whole where nothing else explains the edit, else what the other events leave."""
    gone, came = difference(old.sentences, new.sentences) if old.sentences and new.sentences else ((), ())
    if not explained:
        started = any_says(came, _STARTED)
        if started and not _NOT_YET.search(started) and new.classification.status not in _STATUS:
            yield EventDraft("rollout_started", "", started)
            came = tuple(sentence for sentence in came if sentence != started)
            explained = True
    if explained:
        gone, came = without_dates(gone, came)
    if gone or came:
        yield EventDraft("text_changed", shown(gone), shown(came))
    elif not explained:
        yield EventDraft("text_changed", *((old.title, new.title) if old.title != new.title else ("", "")))


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
