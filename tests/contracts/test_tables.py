"""The contract of the port `Tables`, over the fake and over real Table storage."""

import uuid
from collections import Counter
from datetime import UTC, datetime

import pytest

from shared.adapters.storage.tables import AzureTables
from shared.core.errors import ConflictError, RefusedError
from shared.core.ports.storage import Row, Write
from tests.fakes import FakeTables


@pytest.fixture(params=["fake", "azurite"])
async def tables(request):
    if request.param == "fake":
        yield FakeTables(), "changes"
        return
    real = AzureTables.connect(Counter(), connection=request.getfixturevalue("storage"))
    name = "t" + uuid.uuid4().hex
    await real.create([name])
    yield real, name
    await real.close()


async def test_a_row_comes_back_as_it_was_written(tables):
    port, name = tables
    values = {
        "text": "ünï ' code",
        "n": 3,
        "f": 0.5,
        "yes": True,
        "raw": b"\x00\x01",
        "at": datetime(2026, 1, 2, tzinfo=UTC),
    }
    await port.commit(name, [Write("insert", Row("p", "k", values))])

    row = await port.get(name, "p", "k")

    assert row is not None
    assert dict(row.values) == values
    assert row.etag


async def test_a_scan_reads_only_the_properties_that_are_asked_for(tables):
    port, name = tables
    at = datetime(2026, 1, 2, tzinfo=UTC)
    await port.commit(name, [Write("insert", Row("p", "k", {"large": "x" * 30_000, "n": 3, "at": at}))])
    await port.commit(name, [Write("insert", Row("p", "l", {"large": "x"}))])

    async def read(**how):
        return [(row.key, dict(row.values)) async for row in port.scan(name, **how)]

    assert await read(only=("n", "at", "none")) == [("k", {"n": 3, "at": at}), ("l", {})]
    assert await read(only=()) == [("k", {}), ("l", {})]
    assert [key for key, values in await read() if "large" in values] == ["k", "l"]


async def test_a_row_that_is_not_there_is_none(tables):
    port, name = tables

    assert await port.get(name, "p", "nothing") is None


async def test_inserting_twice_conflicts(tables):
    port, name = tables
    await port.commit(name, [Write("insert", Row("p", "k", {"n": 1}))])

    with pytest.raises(ConflictError):
        await port.commit(name, [Write("insert", Row("p", "k", {"n": 2}))])


@pytest.mark.parametrize("how", ["replace", "merge", "delete"])
async def test_writing_over_a_version_that_is_no_longer_there_conflicts(tables, how):
    port, name = tables
    await port.commit(name, [Write("insert", Row("p", "k", {"n": 1}))])
    old = await port.get(name, "p", "k")
    await port.commit(name, [Write("replace", Row("p", "k", {"n": 2}, old.etag))])

    with pytest.raises(ConflictError):
        await port.commit(name, [Write(how, Row("p", "k", {"n": 3}, old.etag))])
    assert (await port.get(name, "p", "k")).values["n"] == 2


async def test_writing_over_a_row_that_was_deleted_conflicts(tables):
    port, name = tables
    await port.commit(name, [Write("insert", Row("p", "k", {"n": 1}))])
    old = await port.get(name, "p", "k")
    await port.commit(name, [Write("delete", old)])

    with pytest.raises(ConflictError):
        await port.commit(name, [Write("merge", Row("p", "k", {"n": 3}, old.etag))])


async def test_merge_leaves_what_it_does_not_name(tables):
    port, name = tables
    await port.commit(name, [Write("insert", Row("p", "k", {"due": "e1", "claim": "me"}))])
    row = await port.get(name, "p", "k")

    await port.commit(name, [Write("merge", Row("p", "k", {"due": "e2"}, row.etag))])

    assert dict((await port.get(name, "p", "k")).values) == {"due": "e2", "claim": "me"}


async def test_a_transaction_is_written_whole_or_not_at_all(tables):
    port, name = tables
    await port.commit(name, [Write("insert", Row("p", "b", {"n": 1}))])

    with pytest.raises(ConflictError):
        await port.commit(name, [Write("insert", Row("p", k, {"n": 2})) for k in ("a", "b", "c")])

    assert [row.key for row in await port.range(name, "p", "", "~")] == ["b"]


async def test_a_range_is_in_order_and_half_open(tables):
    port, name = tables
    await port.commit(name, [Write("insert", Row("p", k, {"n": k})) for k in ("c", "a", "b", "d")])

    assert [row.key for row in await port.range(name, "p", "a", "d")] == ["a", "b", "c"]
    assert [row.key for row in await port.range(name, "p", "a", "d", {"n": "b"})] == ["b"]
    assert await port.range(name, "q", "a", "d") == []
    assert [row.key for row in await port.range(name, "p", "a", "d", limit=2)] == ["a", "b"]
    assert [row.key for row in await port.range(name, "p", "a", "d", limit=9)] == ["a", "b", "c"]


async def test_a_range_is_paged_to_the_end(tables):
    port, name = tables
    for start in range(0, 1200, 100):
        await port.commit(name, [Write("insert", Row("p", f"{n:05}", {"n": n})) for n in range(start, start + 100)])

    assert len(await port.range(name, "p", "0", "9")) == 1200
    assert len(await port.range(name, "p", "0", "9", limit=1100)) == 1100
    assert len([row async for row in port.scan(name)]) == 1200


@pytest.mark.parametrize(
    "values", [{"text": "x" * 32_769}, {"raw": b"x" * 65_537}, {f"c{n}": b"x" * 65_000 for n in range(17)}]
)
async def test_a_row_that_storage_would_never_take_is_named(storage, values):
    port = AzureTables.connect(Counter(), connection=storage)
    name = "t" + uuid.uuid4().hex
    await port.create([name])

    with pytest.raises(RefusedError) as refused:
        await port.commit(name, [Write("insert", Row("p", "good", {})), Write("insert", Row("p", "large", values))])

    assert refused.value.key == "large"
    assert await port.range(name, "p", "", "~") == []
    await port.close()


async def test_the_largest_property_that_fits_is_taken(storage):
    calls: Counter[str] = Counter()
    port = AzureTables.connect(calls, connection=storage)
    name = "t" + uuid.uuid4().hex
    await port.create([name])
    before = calls["storage"]
    await port.commit(name, [Write("insert", Row("p", "k", {"text": "x" * 32_768, "raw": b"x" * 65_536}))])

    assert calls["storage"] == before + 1
    await port.close()
