"""The contract of the port `Queues`, over the fake and over real queues."""

import base64
import random
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.queue.aio import QueueClient

from shared.adapters.storage.queues import AzureQueues
from shared.core.errors import PermanentError, TransientError
from shared.core.messages import LIMIT, Envelope, decode
from shared.core.ports.storage import QueueState
from tests.fakes import NOW, FakeQueues


class Real:
    """The adapter, and what the Functions host would take from the queue."""

    def __init__(self, connection):
        self.connection = connection
        self.name = "q" + uuid.uuid4().hex
        self.calls = Counter()
        self.port = AzureQueues.connect(self.calls, connection=connection)

    async def take(self):
        async with QueueClient.from_connection_string(self.connection, self.name) as queue:
            return [decode(base64.b64decode(message.content)) async for message in queue.receive_messages()]

    async def raw(self):
        async with QueueClient.from_connection_string(self.connection, self.name) as queue:
            return [message async for message in queue.receive_messages()]


class Fake:
    def __init__(self):
        self.name, self.port = "posts", FakeQueues()

    async def take(self):
        sent = [envelope for name, envelope, delay in self.port.sent if name == self.name and not delay]
        self.port.sent = [item for item in self.port.sent if item[2]]
        return sent


@pytest.fixture
async def real(storage):
    made = Real(storage)
    await made.port.create([made.name])
    yield made
    await made.port.close()


@pytest.fixture(params=["fake", "azurite"])
async def queue(request):
    if request.param == "fake":
        yield Fake()
        return
    made = Real(request.getfixturevalue("storage"))
    await made.port.create([made.name])
    yield made
    await made.port.close()


@pytest.mark.parametrize(
    "body",
    [{"ids": ["MC1200001"]}, {"posts": [{"title": "ünï 𝔘 \ud800 \x00"}]}, {"posts": ["x" * 100_000]}, {}],
    ids=["small", "odd", "large", "empty"],
)
async def test_a_message_comes_as_it_was_sent(queue, body):
    sent = Envelope(body, NOW, 3)

    await queue.port.send(queue.name, sent)

    assert await queue.take() == [sent]


async def test_a_message_with_a_delay_is_not_there_yet(queue):
    await queue.port.send(queue.name, Envelope({}, NOW), 60)

    assert not await queue.take()


async def test_what_is_in_a_queue_is_counted_and_the_oldest_message_says_how_old_it_is(queue):
    assert await queue.port.look(queue.name) == QueueState(0)

    await queue.port.send(queue.name, Envelope({}, NOW))
    await queue.port.send(queue.name, Envelope({"posts": ["x" * 5000]}, NOW - timedelta(days=3), 7))
    await queue.port.send(queue.name, Envelope({}, NOW - timedelta(days=9)), 60)

    assert await queue.port.look(queue.name) == QueueState(3, NOW - timedelta(days=3))
    assert len(await queue.take()) >= 1, "looking takes nothing"


async def test_what_is_no_message_of_ours_is_as_old_as_it_stands_in_the_queue(real):
    async with QueueClient.from_connection_string(real.connection, real.name) as client:
        await client.send_message(base64.b64encode(b"nothing of ours").decode())

    state = await real.port.look(real.name)

    assert state.messages == 1
    assert datetime.now(UTC) - state.oldest < timedelta(minutes=5)


async def test_a_message_over_the_limit_is_a_permanent_failure_and_nothing_is_sent(queue):
    noise = random.Random(1).randbytes(LIMIT + 100).hex()

    with pytest.raises(PermanentError, match="does not fit"):
        await queue.port.send(queue.name, Envelope({"noise": noise + noise}, NOW))

    assert not await queue.take()


async def test_a_message_just_under_the_limit_is_taken(queue):
    noise = "".join(map(chr, random.Random(1).choices(range(32, 127), k=52_000)))

    await queue.port.send(queue.name, Envelope({"noise": noise}, NOW))

    assert (await queue.take())[0].body["noise"] == noise


@pytest.mark.parametrize("delay", [-5, 0, 0.2, 10**12])
async def test_any_delay_is_taken(queue, delay):
    await queue.port.send(queue.name, Envelope({}, NOW), delay)


async def test_messages_never_expire_and_are_counted(real):
    await real.port.send(real.name, Envelope({}, NOW))

    (message,) = await real.raw()
    assert message.expires_on.year == 9999
    assert real.calls["storage"] == 2, "made and sent"


async def test_a_queue_that_is_not_there_is_a_transient_failure(real):
    with pytest.raises(TransientError, match="nowhere"):
        await real.port.send("nowhere", Envelope({}, NOW))
    with pytest.raises(TransientError, match="nowhere"):
        await real.port.look("nowhere")
