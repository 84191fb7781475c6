"""What a card says about a change, in words for people; how it looks is the renderer's (shared/adapters/cards)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Literal

from shared.core.changes.change import Change, EffectState, Event
from shared.core.changes.moves import Move, moves
from shared.core.policy.model import GROUP, Policy
from shared.core.posts.classification import POSTPONED, Action, Classification, Status
from shared.core.posts.post import Post
from shared.core.text.html import Block, blocks
from shared.core.words.dates import NO_DATE, day, line
from shared.core.words.labels import ARRIVALS, HEADLINES, IMPACTS, KINDS, STATUSES

Tone = Literal["act", "moved", "new", "quiet"]

_UNDATED: dict[Status, str] = {
    "cancelled": "Cancelled: will not be rolled out",
    "on_hold": "On hold: there is no date now",
    "superseded": "Replaced by another announcement",
    "withdrawn": "Withdrawn by Microsoft",
}
_ACTIONS: dict[Action, tuple[str, str]] = {
    "required": ("Action required", "Action required by {}"),
    "optional": ("Action is optional", "Review by {}"),
    "none": ("Nothing to do", "Deadline {}"),
}
_BANNER = re.compile(r"^\W*(updated?\b|we have (made )?updated?\b|(please )?note\b|thank you for)", re.IGNORECASE)
_PREPARE = re.compile(r"prepare|need to do|action (is )?(required|needed)|next steps", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(read|learn|find out|see) (more|about)\b", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class TicketLink:
    """The change's ticket: what people call it by, and where it is (empty where it has no web address)."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class CardView:
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


def card_view(
    change: Change, state: EffectState, policy: Policy, public_url: str, ticket: EffectState | None = None
) -> CardView:
    """What the card of this effect says about the change as it is now.

    `ticket` is the row of the change's ticket where there is one; `public_url` is where our pages are.
    """
    post, found, happened = change.read(), change.classification, newest_events(change, state)
    filed = ticket if ticket and ticket.number else state
    return CardView(
        headline=headline(happened, found.status),
        tone=_tone(happened, found),
        title=clean(post.title) or change.id,
        change_id=change.id,
        revision=change.revision,
        kind=KINDS.get(found.kind, found.kind),
        what=what_changes(post),
        services=tuple(clean(service) for service in post.services),
        when=when_lines(found),
        moved=moves(change, happened),
        to_do=to_do(found),
        how=how_to_prepare(post),
        admin_impact=IMPACTS.get(found.admin_impact, found.admin_impact),
        user_impact=IMPACTS.get(found.user_impact, found.user_impact),
        arrives=ARRIVALS.get(found.default, found.default),
        why=tuple(clean(reason) for reason in state.effect.why),
        team=_team(state.effect.team, state.effect.answers, policy),
        post_url=post_url(change.id),
        page_url=page_url(change.id, public_url),
        ticket=TicketLink(clean(filed.number), filed.url) if filed.number else None,
    )


def teams_message(card: Mapping[str, Any]) -> dict[str, Any]:
    """A card in the envelope that Teams' Workflows webhook takes; its size is what Teams limits.

    The full width is Teams' own word, unknown to the published schema, so it is added here and not in the card.
    """
    content = {**card, "msteams": {"width": "Full"}}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def post_url(change_id: str) -> str:
    return f"https://admin.microsoft.com/#/MessageCenter/:/messages/{change_id}"


def page_url(change_id: str, public_url: str) -> str:
    return f"{public_url.rstrip('/')}/api/changes/{change_id}"


def newest_events(change: Change, state: EffectState) -> tuple[Event, ...]:
    """The effect's events of the newest edition that has any; late ones never count."""
    timely = [event for event in change.events if not event.late]
    wanted = set(state.effect.events)
    chosen = [event for event in timely if event.id in wanted]
    chosen = chosen or [event for event in timely if event.edition == state.effect.edition]
    newest = max((event.edition for event in chosen), default="")
    return tuple(event for event in chosen if event.edition == newest)


def headline(happened: Iterable[Event], status: Status) -> str:
    """The weightiest of what happened; where only a part fell, or the plan got other dates, that is said."""
    events = {event.type: event for event in happened}
    weightiest = next((type_ for type_ in HEADLINES if type_ in events), None)
    if weightiest is None:
        return "Changed"
    if weightiest == "cancelled" and status == "withdrawn":
        return STATUSES["withdrawn"]
    return happened_in_words(events[weightiest])


def happened_in_words(event: Event) -> str:
    """The headline of one event."""
    if event.type == "paused" and event.new == POSTPONED:
        return "Postponed"
    words = HEADLINES.get(event.type, event.type.replace("_", " "))
    return f"Partly {words.lower()}" if is_partial(event) else words


def is_partial(event: Event) -> bool:
    """Whether only a part of the plan fell, or it was only put off, so that the rest stands."""
    return event.type in {"cancelled", "paused"} and (event.new == POSTPONED or event.new.startswith("only "))


def what_changes(post: Post) -> str:
    """The summary that came with the post, else the first paragraph that says something, else nothing."""
    summary = next((value for value in post.detail("Summary") if value.strip()), "")
    if summary:
        return clean("\n".join(block.text for block in blocks(summary)))
    paragraphs = [block.text for block in blocks(post.body, post.body_type) if block.kind != "heading"]
    telling = (text for text in paragraphs if len(text) >= 40 and not _BANNER.match(text))
    return clean(next(telling, paragraphs[0] if paragraphs else ""))


def how_to_prepare(post: Post) -> str:
    """The post's section on what to do, up to its first three lines; nothing where it has none."""
    return clean("\n".join(_section(blocks(post.body, post.body_type))))


def when_lines(found: Classification) -> tuple[str, ...]:
    """One line per rollout; where there is none, one that says why."""
    if found.windows:
        return tuple(line(each) for each in found.windows)
    return (_UNDATED.get(found.status, NO_DATE.capitalize()),)


def to_do(found: Classification) -> str:
    """What is asked of the organisation, with its day: "Action required by 14 March 2027"."""
    plain, dated = _ACTIONS[found.action]
    return dated.format(day(found.act_by)) if found.act_by else plain


def clean(text: str) -> str:
    """The text as it may be shown: trimmed, its lines ended by newlines, and printable."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def printable(text: str) -> str:
    """Without control characters and halves of surrogate pairs, which no JSON or page can carry."""
    return _CONTROLS.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _section(found: Sequence[Block]) -> list[str]:
    at = next((i for i, block in enumerate(found) if block.kind == "heading" and _PREPARE.search(block.text)), None)
    if at is None:
        return []
    section = takewhile(lambda block: block.kind != "heading", found[at + 1 :])
    told = [block for block in section if not _ELSEWHERE.match(block.text)]
    return [f"• {block.text}" if block.kind == "item" else block.text for block in told[:3]]


def _tone(happened: Sequence[Event], found: Classification) -> Tone:
    types = {event.type for event in happened if not is_partial(event)}
    if types & {"cancelled", "superseded", "paused", "gone"} or found.status in _UNDATED:
        return "quiet"
    if types & {"dates_moved", "act_by_moved"} or len(types) < len(happened):
        return "moved"
    return "act" if found.action == "required" else "new"


def _team(name: str, answers: str, policy: Policy) -> str:
    team = policy.teams.get(name)
    who = answers or (team.owner if team else "")
    return f"{name} ({who.removeprefix(GROUP)})" if who else name
