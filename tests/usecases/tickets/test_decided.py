"""What the board decides is told to the channels that know the change, once."""

from shared.core.tickets.ticket import TicketRef
from tests.usecases.world import World, post


class Board:
    """A ticket system whose board says what it is told to say."""

    searches_late = 0.0

    def __init__(self):
        self.answer = {"state": "new"}

    async def open(self, ticket):
        return TicketRef("T1", "u", "new")

    async def states(self, numbers):
        return {number: TicketRef(number, "u", **self.answer) for number in numbers}


async def with_ticket():
    world = World()
    world.systems["crb"] = Board()
    await world.arrive(post())
    return world


async def decided(world, verdict="approved", state="scheduled"):
    at = world.clock()
    world.systems["crb"].answer = {"state": state, "decision": verdict, "decided_by": "Ana", "decided_at": at}
    await world.follow()


def told(world):
    return [(channel, card.headline) for channel, card in zip(world.inbox.channels, world.inbox.cards, strict=True)]


async def test_each_channel_that_got_a_card_hears_of_the_decision_once():
    world = await with_ticket()
    before = len(world.inbox.cards)

    await decided(world)
    await world.follow()
    await world.mend()

    assert sorted(told(world)[before:]) == [
        ("messaging", "Approved by the board: T1"), ("workplace", "Approved by the board: T1")
    ]  # fmt: skip
    assert await world.all("parked") == []


async def test_a_decision_that_is_reversed_is_told_again():
    world = await with_ticket()
    await decided(world)
    before = len(world.inbox.cards)
    world.clock.forward(days=1)

    await decided(world, "rejected")

    assert {headline for _, headline in told(world)[before:]} == {"Rejected by the board: T1"}


async def test_a_decision_that_this_version_finds_already_there_is_told_to_nobody():
    world = await with_ticket()
    await decided(world)
    before = len(world.inbox.cards)
    world.clock.forward(days=1)
    world.systems["crb"].answer |= {"state": "implement", "remote_state": "At work"}

    await world.follow()

    assert len(world.inbox.cards) == before
