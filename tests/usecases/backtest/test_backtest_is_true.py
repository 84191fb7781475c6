"""The backtest against the product itself: the sample history through every use case, and the same counts."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from shared.adapters.policy import file
from shared.core.backtest.play import in_order, play_all, versions_of
from shared.core.changes.reasons import TakeoverReason
from shared.core.times import when
from shared.record import change_keys
from shared.record.effects import read_effect
from tests.usecases.world import World

SAMPLES = Path(__file__).parents[3] / "sandbox" / "samples" / "history.jsonl"
POLICY = Path(__file__).parents[3] / "sandbox" / "policy.yaml"
TENANTS = "tenants:\n  contoso: {}\n  fabrikam: {tenant_id: 11111111-1111-1111-1111-111111111111}\n"


@pytest.fixture(scope="module")
def lines():
    return [json.loads(line) for line in SAMPLES.read_text().splitlines()]


@pytest.fixture(scope="module")
def policy():
    text = POLICY.read_text()
    start, end = text.index("\ntenants:"), text.index("\n# The people")
    return file.load(text[:start] + "\n" + TENANTS + text[end:], "sandbox/policy.yaml")


@pytest.fixture
async def product(lines, policy):
    """What the product has recorded once the whole story went through it: effects by change, and its inbox."""
    world = World(policy)
    for line in lines:
        world.clock.now = max(world.clock.now, when(line["observed"]))
        for tenant in line["tenants"]:
            if "post" in line:
                await world.arrive(line["post"], tenant=tenant, observed=when(line["observed"]))
            else:
                await world.arrive(tenant=tenant, observed=when(line["observed"]), gone=[line["gone"]])
    effects = defaultdict(list)
    for row in await world.all("changes"):
        if "|x|" in row.key:
            effects[change_keys.id_of(row.key)].append(read_effect(row))
    return effects, world.inbox.cards


async def test_it_tells_the_same_tickets_and_cards_as_the_product_makes(product, lines, policy):
    effects, delivered = product
    changes = defaultdict(list)
    for line in lines:
        for change, version in versions_of(line):
            changes[change].append(version)
    told = [
        (decision.change, each.kind, each.target, each.first)
        for decision in in_order(play_all(changes.values(), [policy]))
        for each in decision.outcomes[0].sent
    ]
    made = Counter(
        (change, state.effect.kind, state.effect.target)
        for change, states in effects.items()
        for state in states
        # what one post takes over from another is no decision of the policy
        if not any(isinstance(reason, TakeoverReason) for reason in state.effect.why)
    )

    tickets = Counter((change, kind, target) for change, kind, target, first in told if kind == "ticket" and first)
    cards = Counter((change, kind, target) for change, kind, target, _ in told if kind == "card")
    assert len(tickets) > 5
    assert len(cards) > 20
    assert tickets + cards == made
    assert len(delivered) == cards.total()
