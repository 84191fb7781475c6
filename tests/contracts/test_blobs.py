"""The contract of the port `Blobs`, over the fake and over real Blob storage."""

import uuid
from collections import Counter

import pytest

from shared.adapters.storage.blobs import AzureBlobs
from shared.core.errors import ConflictError
from tests.fakes import FakeBlobs


@pytest.fixture(params=["fake", "azurite"])
async def blobs(request):
    """The port, the name of a container, and how many calls were made."""
    if request.param == "fake":
        fake = FakeBlobs()
        yield fake, "lists", lambda: fake.calls
        return
    calls = Counter()
    real = AzureBlobs.connect(calls, connection=request.getfixturevalue("storage"))
    name = "c" + uuid.uuid4().hex
    await real.create([name])
    yield real, name, lambda: calls["storage"]
    await real.close()


async def test_a_blob_comes_back_as_it_was_written_in_one_call(blobs):
    port, place, calls = blobs
    await port.put(place, "live.z", b"one")
    before = calls()

    blob = await port.read(place, "live.z")

    assert (blob.data, blob.modified) == (b"one", True)
    assert blob.etag
    assert calls() == before + 1


async def test_a_blob_that_the_reader_knows_is_not_read_again(blobs):
    port, place, calls = blobs
    await port.put(place, "live.z", b"one")
    known = (await port.read(place, "live.z")).etag
    before = calls()

    same = await port.read(place, "live.z", known)

    assert (same.data, same.etag, same.modified) == (b"", known, False)
    assert calls() == before + 1
    await port.put(place, "live.z", b"two")
    assert (await port.read(place, "live.z", known)).data == b"two"


async def test_a_blob_that_is_not_there_is_none_also_for_who_knew_one(blobs):
    port, place, _ = blobs
    await port.put(place, "live.z", b"one")
    known = (await port.read(place, "live.z")).etag
    await port.delete(place, "live.z")

    assert await port.read(place, "live.z", known) is None
    assert await port.read(place, "nothing") is None


async def test_a_blob_is_replaced_only_over_the_version_that_was_read(blobs):
    port, place, _ = blobs
    await port.replace(place, "live.z", b"one", "")
    with pytest.raises(ConflictError):
        await port.replace(place, "live.z", b"again", "")
    first = await port.read(place, "live.z")
    await port.replace(place, "live.z", b"two", first.etag)

    with pytest.raises(ConflictError):
        await port.replace(place, "live.z", b"three", first.etag)
    assert (await port.read(place, "live.z")).data == b"two"
