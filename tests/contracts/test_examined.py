"""The contract of the port `Examined`, over real storage: it reads, it tries our rights, and nothing is changed."""

import uuid
from collections import Counter

import pytest

from sandbox.microsoft365.serving import serve
from shared.adapters.storage.blobs import AzureBlobs
from shared.adapters.storage.queues import AzureQueues
from shared.adapters.storage.tables import AzureTables
from shared.core.errors import ForbiddenError, NotMadeError, TransientError
from tests.storage_door import Door, behind, endpoints

KINDS = {"table": AzureTables, "queue": AzureQueues, "blob": AzureBlobs}


@pytest.fixture(params=KINDS)
async def examined(request, storage):
    """(The port, the name of one that is there, the door before its service, what was called)."""
    door = Door(endpoints(storage)[request.param])
    runner, port = await serve(door.app())
    doors = endpoints(storage)
    calls = Counter()
    ours = KINDS[request.param].connect(
        calls, connection=behind(storage, {**doors, request.param: f"http://127.0.0.1:{port}"})
    )
    name = "x" + uuid.uuid4().hex
    await ours.create([name])
    calls.clear()
    yield ours, name, door, calls
    await ours.close()
    await runner.cleanup()


async def test_what_is_there_is_read_and_tried_with_a_call_each(examined):
    port, name, _, calls = examined

    ahead = await port.inspect(name)
    await port.try_write(name)

    assert abs(ahead) < 60
    assert calls["storage"] == 2


async def test_nothing_is_left_behind(examined):
    port, name, _, _ = examined
    await port.try_write(name)

    if isinstance(port, AzureTables):
        assert [row async for row in port.scan(name)] == []
    elif isinstance(port, AzureBlobs):
        assert await port.names(name, "") == []
    else:
        assert (await port.look(name)).messages == 0


async def test_what_is_not_there_is_not_made(examined):
    port, _, _, _ = examined

    for ask in (port.inspect, port.try_write, port.inspect):
        with pytest.raises(NotMadeError):
            await ask("none" + uuid.uuid4().hex)


async def test_what_is_refused_says_storages_own_word(examined):
    port, name, door, _ = examined
    door.refuse_writes("AuthorizationPermissionMismatch")
    await port.inspect(name)
    with pytest.raises(ForbiddenError) as failed:
        await port.try_write(name)
    assert failed.value.code == "AuthorizationPermissionMismatch"

    door.refuses, door.of = "AuthorizationFailure", frozenset({"GET", "HEAD"})
    with pytest.raises(ForbiddenError) as failed:
        await port.inspect(name)
    assert failed.value.code == "AuthorizationFailure"


async def test_what_does_not_answer_is_another_failure(examined):
    port, name, door, _ = examined
    door.upstream = "http://127.0.0.1:1"

    with pytest.raises(TransientError) as failed:
        await port.inspect(name)

    assert not isinstance(failed.value, ForbiddenError | NotMadeError)
