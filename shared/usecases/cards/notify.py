"""`notify`: renders and posts one card. A webhook cannot be looked up, so the order is claim, send, record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shared.core import ids
from shared.core.cards.card import ChangeCard, change_card
from shared.core.cards.delivery import Keep, is_urgent_occasion
from shared.core.cards.happened import why_not_sent
from shared.core.cards.waited import TOLD, LeftToSay, is_heard, is_to_come, left_to_say
from shared.core.changes.change import Change, Copy, EffectState
from shared.core.decisions.urgent import is_urgent
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.core.words.language import speaking
from shared.record.changes import ChangeRecord
from shared.record.copies import copies_of
from shared.record.digests import KeptCard
from shared.record.effects import EffectRecord
from shared.usecases import effects
from shared.usecases.cards.links import token_for
from shared.usecases.delivery import channels, down
from shared.usecases.deps import Deps
from shared.usecases.people import deciders, nameless, names_of, with_decider, with_people
from shared.usecases.telling import tell


async def notify(deps: Deps, envelope: Envelope) -> bool:
    """One message: `id` and `effect`, besides `at` and `claim` once it has its second. Whether a card was sent.

    What is not sent now waits for its channel's digest, for the channel to be back, or for its second; what says
    nothing new is stopped. The one gap: a process that dies between the webhook's answer and our record sends the card
    again once its claim has run out (docs/operating.md).
    """
    due = await effects.due(deps, envelope)
    if due is None:
        return False
    policy, record, effect = await deps.here.policy.current(), *due
    said = _what_to_say(deps, policy, record, effect)
    own = str(envelope.body.get("claim", ""))
    if isinstance(said, str):
        await effects.set_aside(deps, record.change.id, effect, stopped=said, own=own)
        return False
    if not await _is_its_turn(deps, policy, record, effect, envelope):
        return False
    try:
        await _post(deps, policy, record, effect, said, own)
    except TargetDownError as error:
        await down.report(deps, policy, effect.state.effect, envelope, error)
        return False
    return True


def _what_to_say(deps: Deps, policy: Policy, record: ChangeRecord, effect: EffectRecord) -> EffectState | str:
    """The card of an effect, with what older ones have not told yet; or why it is not sent any more."""
    state = effect.state
    if state.stopped:
        return state.stopped
    now = deps.here.clock()
    own = [other for other in cards_for(record, state.effect.target) if other.effect.key != state.effect.key]
    unsaid = [] if state.effect.occasion else [other for other in own if _joins(other, state, now)]
    others = [other for other in own if other not in unsaid]
    left = worth_sending(record, [state, *unsaid], others, policy, now)
    return next(
        (card for card in left.cards if card.effect.key == state.effect.key), left.stopped.get(state.effect.key, TOLD)
    )


def worth_sending(
    record: ChangeRecord,
    waiting: Sequence[EffectState],
    others: Sequence[EffectState],
    policy: Policy,
    now: datetime,
) -> LeftToSay:
    """Of cards for one channel those that still say something, at the last moment; and why the rest is stopped."""
    left = left_to_say(record.change, waiting, others, now)
    ticket, stopped = _ticket(record), dict(left.stopped)
    for state in left.cards:
        if reason := why_not_sent(record.change, state, ticket, policy, known=_knows(record, state)):
            stopped[state.effect.key] = reason
    return LeftToSay(tuple(state for state in left.cards if state.effect.key not in stopped), stopped)


def _joins(other: EffectState, state: EffectState, now: datetime) -> bool:
    """Whether an older card, which is still to come, is told with this one."""
    older = not other.effect.occasion and other.effect.edition < state.effect.edition
    return older and is_to_come(other) and not is_heard(other, now)


async def _is_its_turn(
    deps: Deps, policy: Policy, record: ChangeRecord, effect: EffectRecord, envelope: Envelope
) -> bool:
    """Whether the card is to be sent now. If not, it is recorded where it waits, and its message is done."""
    state = effect.state
    name, entry = state.effect.target, policy.channels.get(state.effect.target)
    if entry is None:  # whoever asks for the channel is told what there is
        return True
    own = str(envelope.body.get("claim", ""))
    effects.refuse_claimed(deps, record.change.id, state, own)  # before it costs the channel a second
    urgent = is_urgent_card(record.change, state, policy, deps.here.clock())
    waits_for_digest = entry.digest is not None and not urgent and "at" not in envelope.body
    if not waits_for_digest and await down.must_wait(deps, policy, state.effect, envelope):
        return False
    if "at" in envelope.body:
        return True
    turn = await channels.send_or_keep(deps, name, entry, urgent=urgent)
    if isinstance(turn, Keep):
        card = KeptCard(name, turn.slot, record.change.id, state.effect.key, turn.why, envelope.first_seen)
        await channels.keep(deps, card)
        await effects.set_aside(deps, record.change.id, effect, place=card.place, held=turn.why == "limit")
        return False
    delay = (turn - deps.here.clock()).total_seconds()
    if delay > 0:  # claimed until then, so that a second message of the same card takes no second of its own
        await effects.claim(deps, record.change.id, effect, since=turn)
        later = replace(envelope, body={**envelope.body, "at": turn.isoformat(), "claim": deps.here.worker})
        await deps.storage.queues.send("cards", later, delay * deps.here.pace)
    return delay <= 0


def is_urgent_card(change: Change, state: EffectState, policy: Policy, now: datetime) -> bool:
    """Whether a card goes out at once also to a channel with a digest."""
    if state.effect.occasion:
        return is_urgent_occasion(state.effect.occasion)
    return is_urgent(change, state, policy, now)


def cards_for(record: ChangeRecord, channel: str) -> list[EffectState]:
    """Every card of a change that was ever meant for a channel."""
    return [state for state in record.states if (state.effect.kind, state.effect.target) == ("card", channel)]


async def post_card(deps: Deps, envelope: Envelope) -> bool:
    """The same, also where the channel is known to be down: TargetDownError where it still is."""
    due = await effects.due(deps, envelope)
    if due is None:
        return False
    policy, record, effect = await deps.here.policy.current(), *due
    said = _what_to_say(deps, policy, record, effect)
    if isinstance(said, str):
        await effects.set_aside(deps, record.change.id, effect, stopped=said)
        return False
    name = effect.state.effect.target
    if name in policy.channels:
        at = await channels.reserve(deps, name, policy.channels[name])
        await deps.here.pause(max(0.0, (at - deps.here.clock()).total_seconds()) * deps.here.pace)
    await _post(deps, policy, record, effect, said)
    return True


async def card_of(
    deps: Deps, policy: Policy, record: ChangeRecord, state: EffectState, copies: Sequence[Copy] = ()
) -> ChangeCard:
    """What the card of an effect says now, with its buttons. `copies`: the tenants' own, for what differs between them.

    One call where people answered, for their names.
    """
    names = await names_of(deps, {*record.change.assessment.people, *deciders(record.states)})
    token = await token_for(deps, policy, record.change, state.effect)
    return _card(deps, policy, record, state, names, copies, token)


def listed_card(deps: Deps, policy: Policy, record: ChangeRecord, state: EffectState) -> ChangeCard:
    """The same as a line of a list, which names no people and has no buttons that answer: no call."""
    return _card(deps, policy, record, state, nameless({*record.change.assessment.people, *deciders(record.states)}))


def _card(
    deps: Deps,
    policy: Policy,
    record: ChangeRecord,
    state: EffectState,
    names: Mapping[str, str],
    copies: Sequence[Copy] = (),
    token: str = "",
) -> ChangeCard:
    today, known, ticket = deps.here.clock().date(), _knows(record, state), _ticket(record)
    ticket = ticket and with_decider(ticket, names)
    change, url = with_people(record.change, names), deps.here.public_url
    with speaking(policy.language_of(state.effect.target)):
        return change_card(
            change, state, policy, url, ticket, copies, as_of=today, known=known, token=token, states=record.states
        )


def _ticket(record: ChangeRecord) -> EffectState | None:
    """The change's ticket, where there is one."""
    return next((other for other in record.states if other.effect.kind == "ticket" and other.ticket.number), None)


def _knows(record: ChangeRecord, state: EffectState) -> bool:
    """Whether the channel got a card of the change before this one."""
    effect = state.effect
    return any(
        other.done and not other.stopped and other.effect.target == effect.target and other.effect.key != effect.key
        for other in record.states
        if other.effect.kind == "card" and not other.effect.is_reminder
    )


async def _post(
    deps: Deps, policy: Policy, record: ChangeRecord, effect: EffectRecord, said: EffectState, own: str = ""
) -> None:
    """`said`: the effect with what its card tells, which may be more than its own. `own`: who claimed it before us."""
    change_id, state = record.change.id, effect.state
    channel = await deps.outside.channel(policy, state.effect.target)
    card = await card_of(deps, policy, record, said, await copies_for(deps, policy, change_id))
    claimed = await effects.claim(deps, change_id, effect, own)
    try:
        await channel.post(card)
    except TargetDownError:
        await effects.undo_claim(deps, change_id, replace(state, claim=None) if own else state)
        raise
    except (TransientError, PermanentError):
        await effects.abandon_claim(deps, change_id, claimed)
        raise
    await effects.record(deps, change_id, claimed, lambda current: replace(current, place=None), deps.here.clock())
    tell(deps, "card_sent", change=change_id, target=state.effect.target)


async def copies_for(deps: Deps, policy: Policy, change_id: str) -> tuple[Copy, ...]:
    """One range query where there are several tenants, which may differ."""
    if len(policy.tenants) == 1:
        return ()
    copies = await copies_of(deps.storage.tables, ids.partition(change_id), [change_id])
    return tuple(each.copy for each in copies.get(change_id, ()))
