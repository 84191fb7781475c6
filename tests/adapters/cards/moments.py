"""A card for each moment in the life of a change that is read from a post."""

import re
from calendar import month_name
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from shared.adapters.cards.adaptive import render
from shared.core.cards.card import ChangeCard, change_card
from shared.core.changes.change import Change, Edition, Effect, EffectState, Event
from shared.core.changes.events import derive
from shared.core.changes.facts import facts_of
from shared.core.changes.lessons import Lesson
from shared.core.changes.reasons import AskedReason, ImpactReason, Reason, SentenceReason, SilenceReason
from shared.core.changes.settled import Asked, Assessment
from shared.core.posts.fingerprints import content_hash
from shared.core.terms import Status
from tests.adapters.cards.changes import PUBLIC, a_policy, a_ticket_state

BY = date(2026, 12, 14)
_AS_OF = {"act-7": date(2026, 12, 7), "act-2": date(2026, 12, 12), "act-0": BY, "overdue": date(2026, 12, 17)}
_FALLEN: dict[str, Status] = {"cancelled": "cancelled", "on-hold": "on_hold"}
_SINCE = datetime(2026, 4, 13, 9, tzinfo=UTC)
_LESSON = Lesson("MC1200077", "much", "Tell the users of shared mailboxes a week before, in their own words. " * 4, BY)
_REMINDERS: dict[str, tuple[str, tuple[Reason, ...]]] = {
    "silent": ("silent-3@0", (SilenceReason("process_owner", "eva@contoso.example", 15, _SINCE),)),
    "asked": (f"asked@{BY}", (AskedReason(),)),
    "impact": ("impact@2026-05-01", (ImpactReason(10, (_LESSON, _LESSON, _LESSON)),)),
}
MOMENTS = ("new", "moved", *_FALLEN, *_AS_OF, "decided", *_REMINDERS)


def change_of(*raws: Mapping[str, Any]) -> Change:
    """The change whose editions these are, oldest first, as it is read."""
    editions = []
    for day, raw in enumerate(raws):
        at = datetime(2026, 5, 4 + day, 18, 30, tzinfo=UTC)
        editions.append(Edition(at, at, content_hash(raw), "contoso", facts=facts_of(raw)))
    change = Change(str(raws[0]["id"]), raws[-1], editions[0].observed, tuple(editions), "decided")
    return replace(change, events=derive(change))


def moved_later(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same post once every month in it is the next one."""
    later = deepcopy(dict(raw))
    names = re.compile(rf"\b({'|'.join(month_name[1:])})\b")
    later["body"]["content"] = names.sub(_next_month, later["body"]["content"])
    return later


def _next_month(match: re.Match[str]) -> str:
    return month_name[list(month_name).index(match[0]) % 12 + 1]


def card_at(moment: str, raw: Mapping[str, Any]) -> ChangeCard:
    """The neutral card of the moment; what a post must say for it is set where it does not."""
    change = change_of(raw, moved_later(raw)) if moment == "moved" else change_of(raw)
    as_of, occasion = _AS_OF.get(moment, date(2026, 5, 6)), ""
    if moment in _AS_OF:
        change = _with(change, act_by=BY, action="required", why={})
        occasion = f"{moment}@{BY}"
    ticket = a_ticket_state()
    if moment == "decided":
        occasion = "ticket@20260504T210000"
    if moment in _FALLEN:
        change = _with(change, status=_FALLEN[moment], why={})
        at = change.current
        type_ = "cancelled" if moment == "cancelled" else "paused"
        change = replace(change, events=(*change.events, Event(type_, at.id, at.modified, "scheduled", moment)))
    news = [event.id for event in change.events if not (moment != "new" and event.type == "announced")]
    why: tuple[Reason, ...] = tuple(
        map(SentenceReason, ("route “Ticket for the board”: it is for the board", "messaging owns exchange"))
    )
    if moment in _REMINDERS:
        occasion, why = _REMINDERS[moment]
        asked = (Asked(BY, "workplace", "workplace", "Ana Sommer"),)
        change = replace(change, assessment=Assessment(1, asked=asked))
    effect = Effect("card", "workplace", "workplace", change.current.id, why, tuple(news), occasion=occasion)
    return change_card(
        change, EffectState(effect), a_policy(), PUBLIC, ticket if moment != "new" else None, as_of=as_of,
        known=moment != "new",
    )  # fmt: skip


def rendered(moment: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    return render(card_at(moment, raw))


def _with(change: Change, **fields: Any) -> Change:
    editions = []
    for edition in change.editions:
        assert edition.facts
        facts = replace(edition.facts, classification=replace(edition.facts.classification, **fields))
        editions.append(replace(edition, facts=facts))
    return replace(change, editions=tuple(editions))
