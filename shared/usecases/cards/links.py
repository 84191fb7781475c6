"""The links of a card's buttons, and the card behind a link that somebody opened."""

import logging

from shared.core.cards.answers import CardLink, LinkFault, expiry, read_token, token_of
from shared.core.changes.change import Change, Effect
from shared.core.errors import PermanentError
from shared.core.policy.model import Policy
from shared.core.signing import Key, keys_of
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.answers")


async def answer_keys(deps: Deps, policy: Policy) -> tuple[Key, ...]:
    """The keys that sign links, the newest first; none where the policy names no secret, or it is not good.

    A card goes out without its buttons then: what is wrong is logged, and stands in health.
    """
    name = policy.answers.key
    if not name or deps.here.secrets is None:
        return ()
    try:
        return keys_of(name, await deps.here.secrets.get(name))
    except PermanentError as error:
        _LOG.error("cards go out without buttons that answer: %s", error)
        return ()


async def token_for(deps: Deps, policy: Policy, change: Change, effect: Effect) -> str:
    """The signed word on the card of an effect; empty where there are no keys."""
    keys = await answer_keys(deps, policy)
    if not keys:
        return ""
    until = expiry(deps.here.clock(), change.classification.act_by)
    return token_of(CardLink(change.id, effect.target, effect.occasion or effect.edition, until), keys[0])


async def card_behind(deps: Deps, policy: Policy, token: str, change_id: str = "") -> CardLink | LinkFault:
    """The card on which a link stands, or what is wrong with it."""
    return read_token(token, await answer_keys(deps, policy), deps.here.clock(), change_id)
