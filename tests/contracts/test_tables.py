"""The contract of the port `Tables`, over the fake and over real Table storage."""

import asyncio
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.storage.tables import AzureTables, _filter
from shared.core.errors import ConflictError, RefusedError
from shared.core.ports.storage import Condition, Row, Write
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


async def test_conditions_are_storages_own_and_what_a_row_lacks_is_neither_more_nor_less(tables):
    port, name = tables
    old, new = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
    rows = {"a": {"at": old, "n": 0}, "b": {"at": new, "n": 2}, "c": {"n": 0}, "d": {"at": new, "n": 0}, "e": {}}
    await port.commit(name, [Write("insert", Row("p", key, values)) for key, values in rows.items()])
    await port.commit(name, [Write("insert", Row("q", "a", {"at": old}))])
    early, some = Condition("at", "le", old), Condition("n", "gt", 0)

    async def read(**how):
        return [(row.partition, row.key) async for row in port.scan(name, **how)]

    assert await read(where=[early]) == [("p", "a"), ("q", "a")]
    assert await read(any_of=[early, some]) == [("p", "a"), ("p", "b"), ("q", "a")]
    assert await read(where=[Condition("n", "lt", 1), Condition("PartitionKey", "eq", "p")], limit=2) == [
        ("p", "a"),
        ("p", "c"),
    ]
    assert await read(where=[Condition("PartitionKey", "gt", "p")]) == [("q", "a")]
    assert [row.key for row in await port.range(name, "p", "b", "~", any_of=[early, some])] == ["b"]
    (first,) = await port.range(name, "p", "b", "~", only=("n",), limit=1)
    assert (first.key, dict(first.values)) == ("b", {"n": 2})
    assert first.etag == (await port.get(name, "p", "b")).etag


async def test_keys_are_read_alone(tables):
    port, name = tables
    for partition, key in (("p", "x"), ("p", "y"), ("q", "x")):
        await port.commit(name, [Write("insert", Row(partition, key, {"n": 1}))])

    assert await port.read_keys(name, "RowKey") == ["x", "y", "x"]
    assert await port.read_keys(name, "PartitionKey", [Condition("RowKey", "eq", "x")]) == ["p", "q"]
    assert await port.read_keys(name, "RowKey", [Condition("n", "gt", 0)], limit=2) == ["x", "y"]
    assert await port.read_keys(name, "RowKey", [Condition("n", "gt", 1)]) == []


async def test_a_filter_of_more_comparisons_than_storage_takes_is_refused():
    real = AzureTables.connect(Counter(), connection="UseDevelopmentStorage=true")

    with pytest.raises(ValueError, match="16 comparisons"):
        await real.read_keys("changes", "RowKey", [Condition("n", "gt", 0)] * 16)
    await real.close()


def test_numbers_stand_in_a_filter_as_numbers():
    text, values = _filter([Condition("n", "gt", 0), Condition("m", "le", 1), Condition("k", "eq", "x")], ())

    assert text == "n gt 0 and m le 1 and k eq @v2"
    assert values == {"v2": "x"}


async def test_storage_knows_when_it_last_wrote_a_row(tables):
    port, name = tables

    async def written():
        return await port.written_at(name, "p", "a"), await port.written_at(name, "q", "b")

    async def since(at):
        return [(row.partition, row.key) async for row in port.scan(name, where=[Condition("Timestamp", "ge", at)])]

    await port.commit(name, [Write("insert", Row("p", "a", {"n": 1}))])
    await _a_moment(port)
    await port.commit(name, [Write("insert", Row("q", "b", {"n": 1}))])
    first, second = await written()
    assert first < second
    assert await since(first) == [("p", "a"), ("q", "b")]
    assert await since(second) == [("q", "b")]

    await _a_moment(port)
    await port.commit(name, [Write("merge", Row("p", "a", {"m": 2}, (await port.get(name, "p", "a")).etag))])
    again, still = await written()
    assert still == second
    assert again > second
    assert await since(again) == [("p", "a")]
    either = [Condition("Timestamp", "ge", again), Condition("n", "eq", 1)]
    assert [row.key async for row in port.scan(name, only=("n",), any_of=either)] == ["a", "b"]
    assert await port.written_at(name, "p", "none") is None


async def _a_moment(port):
    if isinstance(port, FakeTables):
        now = port.clock()
        port.clock = lambda: now + timedelta(seconds=1)
    else:
        await asyncio.sleep(0.02)
