"""`notify`: renders and posts one card. A webhook cannot be looked up, so the order is claim, send, record."""

from shared.core.cards.card import change_card
from shared.core.errors import PermanentError, TransientError
from shared.core.messages import Envelope
from shared.usecases import effects
from shared.usecases.deps import Deps


async def notify(deps: Deps, envelope: Envelope) -> bool:
    """One message: `id` and `effect`. Whether a card was sent.

    The one gap: a process that dies between the webhook's answer and our record sends the card again once its claim
    has run out (docs/operating.md).
    """
    due = await effects.due(deps, envelope)
    if due is None:
        return False
    record, effect = due
    change_id, state = record.change.id, effect.state
    policy = await deps.here.policy.current()
    channel = await deps.outside.channel(policy, state.effect.target)
    ticket = next((other for other in record.states if other.effect.kind == "ticket" and other.ticket.number), None)
    card = change_card(record.change, state, policy, deps.here.public_url, ticket)
    claimed = await effects.claim(deps, change_id, effect)
    try:
        await channel.post(card)
    except (TransientError, PermanentError):
        await effects.abandon_claim(deps, change_id, claimed)
        raise
    await effects.record(deps, change_id, claimed, lambda current: current, deps.here.clock())
    return True
