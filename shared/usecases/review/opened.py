"""A card's page was opened by a person: counted once a person and card, and nobody can tell who it was."""

from shared.core.cards.answers import CardLink, opener
from shared.record.opens import insert_open, month_of
from shared.usecases.cards.links import answer_keys
from shared.usecases.deps import Deps


async def count_open(deps: Deps, card: CardLink, person_id: str) -> bool:
    """Whether it is counted now; False where it was before, or there are no keys to count under: one call."""
    keys = await answer_keys(deps, await deps.here.policy.current())
    if not keys:
        return False
    at = deps.here.clock()
    return await insert_open(deps.storage.tables, card, opener(keys[-1], month_of(at), person_id), at)
