"""Whatever the order, lag and repetition of messages, the record is the same and there is one ticket (rule 6)."""

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.usecases.upkeep.mend_walk import Mended
from tests.fakes import NOW
from tests.properties import unhurried
from tests.usecases.world import CANCELLED, NOVEMBER, OCTOBER, World, batch, post

EDITIONS = [(OCTOBER, "a"), (NOVEMBER, "b"), (OCTOBER, "a"), (CANCELLED, "c"), (NOVEMBER, "b")]
LAGS = {"contoso": 0, "fabrikam": 3}
SEEN = [(index, tenant) for index in range(len(EDITIONS)) for tenant in LAGS]


def message(index, tenant):
    when, title = EDITIONS[index]
    edition = post(when=when, title=title, modified=(NOW + timedelta(minutes=index)).isoformat())
    return batch(edition, tenant=tenant, observed=NOW + timedelta(minutes=index + LAGS[tenant]))


async def record(order, pauses):
    """What is held after these messages; at a pause all that follows is done before the next one comes."""
    world = World()
    for (index, tenant), pause in zip(order, pauses, strict=True):
        await world.deps.storage.queues.send("posts", message(index, tenant))
        if pause == "decided":
            await world.drain()
        elif pause == "merged":
            await world.drain_only("posts")
    await world.drain()
    held = await world.held()
    assert held.change.stage == "decided"
    assert not [state for state in held.states if state.due or state.parked]
    assert len(await world.all("register")) == 1
    await world.mend()
    assert await world.mend() == Mended(full=True)
    return (
        [edition.id for edition in held.change.editions],
        {(event.type, event.edition, event.old, event.new) for event in held.change.events},
        held.change.post["title"],
    )


@unhurried
@given(
    st.permutations(SEEN * 2),
    st.lists(st.sampled_from(["", "merged", "decided"]), min_size=len(SEEN) * 2, max_size=len(SEEN) * 2),
)
def test_every_order_of_messages_leaves_the_same_record_and_one_ticket(order, pauses):
    expected = asyncio.run(record(SEEN, ["decided"] * len(SEEN)))

    assert asyncio.run(record(order, pauses)) == expected
