"""A sample card for a channel, because somebody wants to see one."""

from shared.core.cards.card import Card
from shared.core.cards.samples import sample_card
from shared.core.errors import PermanentError
from shared.core.policy.check import did_you_mean
from shared.usecases.deps import Deps


async def sample_for(deps: Deps, channel: str, moment: str) -> Card:
    """The card; PermanentError where the policy has no such channel."""
    policy = await deps.here.policy.current()
    if channel not in policy.channels:
        known = ", ".join(policy.channels) or "none"
        hint = did_you_mean(channel, policy.channels)
        raise PermanentError(f"the policy has no channel {channel!r} (known: {known}){hint}")
    return sample_card(moment, policy, deps.here.public_url, deps.here.clock().date())


async def send_sample(deps: Deps, channel: str, moment: str) -> None:
    """Send it now, whatever hours the channel has. Errors are the channel's own."""
    card = await sample_for(deps, channel, moment)
    await (await deps.outside.channel(await deps.here.policy.current(), channel)).post(card)
