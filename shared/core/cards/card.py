"""What a card says about a change, in words for people; how it looks is the renderer's (shared/adapters/cards)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.core.cards.listing import ListCard
from shared.core.cards.notice import Notice
from shared.core.changes.change import Change, EffectState, Event
from shared.core.changes.moves import Move, moves
from shared.core.changes.timeline import headline, is_partial
from shared.core.links import page_url, post_url
from shared.core.policy.model import GROUP, Policy
from shared.core.policy.our_dates import our_dates_of
from shared.core.posts.classification import Classification
from shared.core.posts.summary import how_to_prepare, what_changes
from shared.core.text.safe import clean
from shared.core.words.doubt import arrival_words, impact_words, kind_words
from shared.core.words.plan import UNDATED, to_do, when_lines

Tone = Literal["act", "moved", "new", "quiet"]


@dataclass(frozen=True, slots=True)
class TicketLink:
    """The change's ticket: what people call it by, and where it is (empty where it has no web address)."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """Everything that a card says. Texts are plain: escaping and cutting are the renderer's.

    `what`: what changes. `services`, `when`, `moved`, `why`: one entry a line. `to_do`: what is asked, and by when;
    `how`: the post's own words on it.
    """

    headline: str
    tone: Tone
    title: str
    change_id: str
    revision: int
    kind: str
    what: str
    services: tuple[str, ...]
    when: tuple[str, ...]
    moved: tuple[Move, ...]
    to_do: str
    how: str
    admin_impact: str
    user_impact: str
    arrives: str
    why: tuple[str, ...]
    team: str
    post_url: str
    page_url: str
    ticket: TicketLink | None


Card = ChangeCard | ListCard | Notice
"""What a channel takes: what is to be said, neutral to the channel, which renders it."""


def change_card(
    change: Change,
    state: EffectState,
    policy: Policy,
    public_url: str,
    ticket: EffectState | None = None,
    *,
    as_of: date,
) -> ChangeCard:
    """What the card of this effect says about the change as it is now.

    `ticket` is the row of the change's ticket where there is one; `public_url` is where our pages are; `as_of`: the
    day on which it goes out.
    """
    post, classification, happened = change.read(), change.classification, newest_events(change, state)
    filed = ticket.ticket if ticket else state.ticket
    return ChangeCard(
        headline=headline(happened, classification.status),
        tone=_tone(happened, classification),
        title=clean(post.title) or change.id,
        change_id=change.id,
        revision=change.revision,
        kind=kind_words(classification),
        what=what_changes(post),
        services=tuple(clean(service) for service in post.services),
        when=when_lines(classification, as_of, our_dates_of(classification, policy).windows),
        moved=moves(change, happened),
        to_do=to_do(classification, as_of),
        how=how_to_prepare(post),
        admin_impact=impact_words(classification, "admin_impact"),
        user_impact=impact_words(classification, "user_impact"),
        arrives=arrival_words(classification),
        why=tuple(clean(reason.words) for reason in state.effect.why),
        team=_team(state.effect.team, state.effect.answers, policy),
        post_url=post_url(change.id, policy.cloud_of()),
        page_url=page_url(change.id, public_url),
        ticket=TicketLink(clean(filed.number), filed.url) if filed.number else None,
    )


def newest_events(change: Change, state: EffectState) -> tuple[Event, ...]:
    """The effect's events of the newest edition that has any; late ones never count."""
    timely = [event for event in change.events if not event.late]
    wanted = set(state.effect.events)
    chosen = [event for event in timely if event.id in wanted]
    chosen = chosen or [event for event in timely if event.edition == state.effect.edition]
    newest = max((event.edition for event in chosen), default="")
    return tuple(event for event in chosen if event.edition == newest)


def _tone(happened: Sequence[Event], classification: Classification) -> Tone:
    types = {event.type for event in happened if not is_partial(event)}
    if types & {"cancelled", "superseded", "paused", "gone"} or classification.status in UNDATED:
        return "quiet"
    if types & {"dates_moved", "act_by_moved"} or len(types) < len(happened):
        return "moved"
    return "act" if classification.action == "required" else "new"


def _team(name: str, answers: str, policy: Policy) -> str:
    team = policy.teams.get(name)
    who = answers or (team.owner if team else "")
    return f"{name} ({who.removeprefix(GROUP)})" if who else name
