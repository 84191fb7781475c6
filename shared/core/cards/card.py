"""What a card says about a change, in words for people; how it looks is the renderer's (shared/adapters/cards)."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, NamedTuple

from shared.core.cards.act_by import act_by_headline
from shared.core.cards.decided import decided_headline, decided_line
from shared.core.cards.happened import HOLDS_WITH, holds, newest_events
from shared.core.cards.impact import began_line, impact_headline, lesson_lines
from shared.core.cards.listing import ListCard
from shared.core.cards.news import only_news
from shared.core.cards.notice import Notice
from shared.core.cards.occasions import SILENT, URGENT, Occasion, OccasionKind, occasion_of
from shared.core.cards.silent import asked_headline, asked_lines, silence_of, silent_headline, silent_lines
from shared.core.changes.answer_lines import answer_lines
from shared.core.changes.change import Change, Copy, Effect, EffectState, Event, TicketState
from shared.core.changes.halts import halts_of, standing_plan
from shared.core.changes.moves import Move, moves
from shared.core.changes.tenant_lines import lines_by_tenant
from shared.core.changes.timeline import headline, is_partial
from shared.core.classify.particulars.clear import clear_steps
from shared.core.links import answer_url, opened_url, page_url, post_url
from shared.core.policy.freezes import freezes_of
from shared.core.policy.model import GROUP, Policy
from shared.core.policy.our_dates import our_dates
from shared.core.posts.classification import Classification
from shared.core.posts.particulars import Step
from shared.core.posts.summary import what_changes
from shared.core.terms import OVER, Cloud, EventType
from shared.core.text.safe import clean
from shared.core.words.doubt import arrival_words, impact_words, kind_words, probably
from shared.core.words.halts import halt_lines
from shared.core.words.labels import STATUSES
from shared.core.words.language import Language, say, spoken
from shared.core.words.particulars import dated
from shared.core.words.people import people_lines
from shared.core.words.plan import UNDATED, UNKNOWN_ACTION, is_past, to_do, when_lines
from shared.core.words.titles import short_title

Tone = Literal["act", "moved", "new", "quiet"]
_MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class TicketLink:
    """The change's ticket: what people call it by, and where it is (empty where it has no web address)."""

    number: str
    url: str


class Buttons(NamedTuple):
    """Where the buttons lead that answer: two say something, one opens the change page, one leads to the rest.

    `outcome`: of a card that asks how a rollout went, in place of the two.
    """

    own: str
    no_impact: str
    page: str
    more: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """Everything that a card says. Texts are plain: escaping and cutting are the renderer's. Empty is left out.

    `what`: what changes, or was to change where `was_planned`. Tuples have one entry a line: `parts` that do not go on,
    `people` whom it concerns, `steps` to prepare (`more_steps` are left out; `too_late` where all of it is over).
    `to_do`: what is asked, and by when. `reminder`: since when nobody has spoken and who was asked before, or who asked
    to be reminded. `decided`: the board's word, on the card that tells it. `began`, `lessons`: when the rollout began
    that the card asks about, and what was learned of others. `mention`: the address of the person who must act.
    `known`: the channel was told of the change before. `language`: of our words in it. `answers`: what each team said;
    `buttons`: where those lead that answer.
    """

    headline: str
    tone: Tone
    title: str
    change_id: str
    revision: int
    kind: str
    what: str
    was_planned: bool
    services: tuple[str, ...]
    people: tuple[str, ...]
    when: tuple[str, ...]
    parts: tuple[str, ...]
    freezes: tuple[str, ...]
    tenants: tuple[str, ...]
    moved: tuple[Move, ...]
    to_do: str
    reminder: tuple[str, ...]
    decided: str
    steps: tuple[str, ...]
    more_steps: int
    too_late: bool
    admin_impact: str
    user_impact: str
    arrives: str
    why: tuple[str, ...]
    team: str
    mention: str
    post_url: str
    page_url: str
    ticket: TicketLink | None
    known: bool
    answers: tuple[str, ...] = ()
    buttons: Buttons | None = None
    began: str = ""
    lessons: tuple[str, ...] = ()
    language: Language = field(default_factory=spoken)

    @property
    def in_short(self) -> str:
        """Headline and title on one line, as a toast and a subject have them."""
        return f"{self.headline}{' ' if self.headline.endswith('?') else ': '}{self.title}"


Card = ChangeCard | ListCard | Notice
"""What a channel takes: what is to be said, neutral to the channel, which renders it."""


def change_card(
    change: Change,
    state: EffectState,
    policy: Policy,
    public_url: str,
    ticket: EffectState | None = None,
    copies: Sequence[Copy] = (),
    *,
    as_of: date,
    known: bool = False,
    token: str = "",
    states: Sequence[EffectState] = (),
) -> ChangeCard:
    """What the card of this effect says about the change as it is now.

    `ticket` is the row of the change's ticket where there is one; `public_url` is where our pages are; `copies`: the
    tenants' own, where there are several tenants; `as_of`: the day on which it goes out; `known`: the channel was told
    of the change before, so that the card says what is new and nothing else. `token`: the signed word for its buttons.
    `states`: the change's effects, for who was reminded before.
    """
    post, classification = change.read(), standing_plan(change)
    status = classification.status
    over = status in OVER and not classification.is_unsure("status")
    happened = tuple(event for event in newest_events(change, state) if holds(event, status))
    filed = ticket.ticket if ticket else state.ticket
    there = [copy.tenant for copy in copies if not copy.gone and copy.tenant in policy.tenants]
    tenants = {name: policy.tenants[name] for name in there or policy.tenants}
    ours = our_dates(classification, tenants.values()).windows
    steps = () if status in UNDATED else _steps(change.particulars.steps, as_of)
    workloads = change.decision.workloads if change.decision else ()
    occasion = occasion_of(state.effect.occasion)
    mention = _mention(state.effect, policy, occasion, classification)
    card = ChangeCard(
        headline=_of_occasion(occasion, state.effect, classification, filed, as_of)
        or _headline(happened, classification),
        tone=_tone_of(occasion, filed) or _tone(happened, classification),
        title=short_title(post.title, post.services) or change.id,
        change_id=change.id,
        revision=change.revision,
        kind=kind_words(classification),
        what=what_changes(post),
        was_planned=over,
        services=tuple(clean(service) for service in post.services),
        people=people_lines(classification, change.particulars.audience),
        when=when_lines(classification, as_of, ours),
        parts=halt_lines(halts_of(change), {name: tenant.cloud for name, tenant in tenants.items()}),
        freezes=tuple(each.words for each in freezes_of(classification, policy, as_of, there, workloads)),
        tenants=lines_by_tenant(change, policy, copies, as_of),
        moved=_moved(moves(change, happened), classification, {tenant.cloud for tenant in tenants.values()}),
        to_do="" if over else _to_do(classification, as_of, steps),
        reminder=_reminder(occasion, state.effect, change, states),
        decided=decided_line(filed) if occasion and occasion.kind == "ticket" else "",
        steps=steps[:_MOST_STEPS],
        more_steps=max(0, len(steps) - _MOST_STEPS),
        too_late=bool(ours) and all(is_past(window, as_of) for window in ours),
        admin_impact=_impact(classification, "admin_impact", over=over),
        user_impact=_impact(classification, "user_impact", over=over),
        arrives="" if over else arrival_words(classification),
        why=tuple(clean(reason.sentence) for reason in state.effect.why),
        team=clean(state.effect.team) if mention == _who(state.effect, policy) else _team(state.effect, policy),
        mention=mention,
        post_url=post_url(change.id, policy.cloud_of(there)),
        page_url=page_url(change.id, public_url),
        ticket=TicketLink(clean(filed.number), filed.url) if filed.number else None,
        known=known,
        answers=tuple(clean(line) for line in answer_lines(change.assessment)),
        buttons=_buttons(change.id, public_url, token, occasion) if token else None,
        began=began_line(occasion),
        lessons=lesson_lines(state.effect),
    )
    news: list[EventType | OccasionKind] = [occasion.kind] if occasion else [event.type for event in happened]
    if occasion and occasion.kind == "impact":  # it asks, and says nothing else
        return replace(only_news(card, news), what="", answers=(), ticket=None)
    if state.effect.is_reminder:  # it says one thing, and to who never heard of the change what that is about
        return replace(only_news(card, news), what="" if known else card.what)
    return only_news(card, news) if known and news else card


def _buttons(change_id: str, public_url: str, token: str, occasion: Occasion | None) -> Buttons:
    asks = occasion is not None and occasion.kind == "impact"
    return Buttons(
        answer_url(public_url, token, "own"),
        answer_url(public_url, token, "no_impact"),
        opened_url(change_id, public_url, token),
        answer_url(public_url, token),
        answer_url(public_url, token, "outcome") if asks else "",
    )


def _of_occasion(
    occasion: Occasion | None, effect: Effect, classification: Classification, ticket: TicketState, as_of: date
) -> str:
    """The headline of a card that no edition causes; empty for the others."""
    if occasion is None:
        return ""
    if occasion.kind == "asked":
        return asked_headline()
    if occasion.kind == "impact":
        return impact_headline()
    if occasion.kind in SILENT:
        return silent_headline(effect)
    if occasion.kind == "ticket":
        return decided_headline(ticket)
    return act_by_headline(classification.act_by or date.fromisoformat(occasion.about), as_of)


def _tone_of(occasion: Occasion | None, ticket: TicketState) -> Tone | None:
    if occasion is None:
        return None
    if occasion.kind == "ticket":
        return "moved" if ticket.decision == "rejected" else "new"
    if occasion.kind in {"asked", "impact"}:
        return "new"
    return "moved" if occasion.kind in SILENT else "act"


def _reminder(
    occasion: Occasion | None, effect: Effect, change: Change, states: Sequence[EffectState]
) -> tuple[str, ...]:
    if occasion is None or occasion.kind == "impact" or not effect.is_reminder:
        return ()
    return asked_lines(effect, change.assessment, states) if occasion.kind == "asked" else silent_lines(effect, states)


def _must_act(occasion: Occasion | None, classification: Classification) -> bool:
    """Whether they must do something, and soon."""
    if classification.action != "required" or classification.is_unsure("action"):
        return False
    return occasion is not None and occasion.kind in URGENT


def _mention(effect: Effect, policy: Policy, occasion: Occasion | None, classification: Classification) -> str:
    """The address of the person who is mentioned, which notifies them: who is reminded or asked, or must act soon.

    Empty for a group, which cannot be mentioned from outside.
    """
    silence = silence_of(effect)
    is_meant = _must_act(occasion, classification) or (occasion is not None and occasion.kind == "impact")
    who = silence.who if silence else _who(effect, policy) if is_meant else ""
    return who if "@" in who and not who.startswith(GROUP) else ""


def _impact(classification: Classification, field: Literal["admin_impact", "user_impact"], *, over: bool) -> str:
    """Empty for what does not come or is unsure; that people notice little is not promised to them."""
    little = getattr(classification, field) == "low" or classification.is_unsure(field)
    return "" if over or little else impact_words(classification, field)


def _to_do(classification: Classification, as_of: date, steps: Sequence[str]) -> str:
    """What is asked; where nobody knows whether anything is, the steps of the post speak for themselves."""
    words = to_do(classification, as_of, recommends=bool(steps))
    return "" if words == say(UNKNOWN_ACTION) else words


def _headline(happened: Sequence[Event], classification: Classification) -> str:
    """The weightiest of what happened; where that does not say that the plan does not stand, it is said besides."""
    status = classification.status
    if status not in UNDATED or any(status in HOLDS_WITH.get(event.type, ()) for event in happened):
        return headline(happened, status)
    words = say(STATUSES[status])
    words = probably(words) if classification.is_unsure("status") else words
    return f"{headline(happened, status)} · {words[:1].lower()}{words[1:]}" if happened else words


def _tone(happened: Sequence[Event], classification: Classification) -> Tone:
    types = {event.type for event in happened if not is_partial(event)}
    if types & {"cancelled", "superseded", "paused", "gone"} or classification.status in UNDATED:
        return "quiet"
    if types & {"dates_moved", "act_by_moved"} or len(types) < len(happened):
        return "moved"
    asks = classification.action == "required" and not classification.is_unsure("action")
    return "act" if asks else "new"


def _moved(all_moves: Sequence[Move], classification: Classification, clouds: Set[Cloud]) -> tuple[Move, ...]:
    """Those of our clouds first; what is unsure is told as that."""
    unsure = {True: classification.is_unsure("act_by"), False: classification.is_unsure("rollouts")}
    ordered = sorted(all_moves, key=lambda move: bool(move.clouds) and not clouds & set(move.clouds))
    return tuple(
        replace(move, new=move.new + say(" (not sure)")) if unsure[move.what == say("Deadline")] else move
        for move in ordered
    )


def _steps(steps: Sequence[Step], as_of: date) -> tuple[str, ...]:
    """Without those whose day is over."""
    ahead = (step for step in clear_steps(steps) if step.day is None or step.day >= as_of)
    return tuple(dict.fromkeys(clean(dated(step.text, step.day)) for step in ahead))


def _team(effect: Effect, policy: Policy) -> str:
    who = _who(effect, policy)
    return f"{effect.team} ({who.removeprefix(GROUP)})" if who else effect.team


def _who(effect: Effect, policy: Policy) -> str:
    """Who answers for the team: a person or a group; empty where the policy no longer has the team."""
    team = policy.teams.get(effect.team)
    return effect.answers or (team.owner if team else "")
