"""`notify`: renders and posts one card. A webhook cannot be looked up, so the order is claim, send, record."""

from collections.abc import Sequence

from shared.core import ids
from shared.core.cards.card import ChangeCard, change_card
from shared.core.changes.change import Copy, EffectState
from shared.core.errors import PermanentError, TargetDownError, TransientError
from shared.core.messages import Envelope
from shared.core.policy.model import Policy
from shared.record.changes import ChangeRecord
from shared.record.copies import copies_of
from shared.record.effects import EffectRecord
from shared.usecases import effects
from shared.usecases.delivery import down
from shared.usecases.deps import Deps


async def notify(deps: Deps, envelope: Envelope) -> bool:
    """One message: `id` and `effect`. Whether a card was sent; while its channel is down, the effect waits.

    The one gap: a process that dies between the webhook's answer and our record sends the card again once its claim
    has run out (docs/operating.md).
    """
    due = await effects.due(deps, envelope)
    if due is None:
        return False
    policy, effect = await deps.here.policy.current(), due[1].state.effect
    if await down.must_wait(deps, policy, effect, envelope):
        return False
    try:
        await _post(deps, policy, *due)
    except TargetDownError as error:
        await down.report(deps, policy, effect, envelope, error)
        return False
    return True


async def post_card(deps: Deps, envelope: Envelope) -> bool:
    """The same, also where the channel is known to be down: TargetDownError where it still is."""
    due = await effects.due(deps, envelope)
    if due is None:
        return False
    await _post(deps, await deps.here.policy.current(), *due)
    return True


def card_of(
    deps: Deps, policy: Policy, record: ChangeRecord, state: EffectState, copies: Sequence[Copy] = ()
) -> ChangeCard:
    """What the card of an effect says now. `copies`: the tenants' own, for what differs between them."""
    ticket = next((other for other in record.states if other.effect.kind == "ticket" and other.ticket.number), None)
    today, known = deps.here.clock().date(), _knows(record, state)
    return change_card(record.change, state, policy, deps.here.public_url, ticket, copies, as_of=today, known=known)


def _knows(record: ChangeRecord, state: EffectState) -> bool:
    """Whether the channel got a card of the change before this one."""
    effect = state.effect
    return any(
        other.done and not other.stopped and other.effect.target == effect.target and other.effect.key != effect.key
        for other in record.states
        if other.effect.kind == "card"
    )


async def _post(deps: Deps, policy: Policy, record: ChangeRecord, effect: EffectRecord) -> None:
    change_id, state = record.change.id, effect.state
    channel = await deps.outside.channel(policy, state.effect.target)
    card = card_of(deps, policy, record, state, await _copies(deps, policy, change_id))
    claimed = await effects.claim(deps, change_id, effect)
    try:
        await channel.post(card)
    except TargetDownError:
        await effects.undo_claim(deps, change_id, state)
        raise
    except (TransientError, PermanentError):
        await effects.abandon_claim(deps, change_id, claimed)
        raise
    await effects.record(deps, change_id, claimed, lambda current: current, deps.here.clock())


async def _copies(deps: Deps, policy: Policy, change_id: str) -> tuple[Copy, ...]:
    """One range query where there are several tenants, which may differ."""
    if len(policy.tenants) == 1:
        return ()
    copies = await copies_of(deps.storage.tables, ids.partition(change_id), [change_id])
    return tuple(each.copy for each in copies.get(change_id, ()))
