"""What we wrote into tasks, as it stands in storage."""

from datetime import UTC, datetime

import pytest

from shared.core.errors import ConflictError
from shared.core.ports.storage import Row
from shared.core.tasks.merging import FieldMemory, TaskMemory
from shared.record.planner import (
    WriteRun,
    WrittenRecord,
    delete_write_run,
    put_write_run,
    put_written,
    read_written,
    write_run,
    written_of,
    written_row,
    written_task,
)
from tests.fakes import FakeTables

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
FIELDS = {"due": FieldMemory("", "2026-10-01", None, None), "ref|https://x.example/": FieldMemory(theirs="")}
MEMORY = TaskMemory(FIELDS, "E1", "D1", "digest", 2, 1, 3, "MaximumReferencesOnTask")
RECORD = WrittenRecord("MC1200001", "contoso", "task/1 #", MEMORY)


def test_a_row_is_read_back_as_it_was_written():
    row = written_row(RECORD)
    assert row.key == "w|0001200001|contoso|task%2F1%20%23"
    assert read_written(row).memory == MEMORY
    assert (read_written(row).change_id, read_written(row).task) == ("MC1200001", "task/1 #")


def test_what_a_later_version_wrote_beside_it_stays():
    row = written_row(RECORD)
    later = Row(row.partition, row.key, {**row.values, "mood": "good"}, "7")
    assert written_row(read_written(later)).values["mood"] == "good"


async def test_of_two_that_write_at_once_one_is_refused():
    tables = FakeTables()
    first = await put_written(tables, RECORD, MEMORY)
    with pytest.raises(ConflictError):
        await put_written(tables, RECORD, MEMORY)
    await put_written(tables, first, TaskMemory(etag="E2"))
    with pytest.raises(ConflictError):
        await put_written(tables, first, MEMORY)
    assert {key: each.memory.etag for key, each in (await written_of(tables, "MC1200001")).items()} == {
        ("contoso", "task/1 #"): "E2"
    }
    assert (await written_task(tables, "MC1200001", "contoso", "task/1 #")).etag == "E2"
    assert await written_task(tables, "MC1200001", "contoso", "other") == TaskMemory()


async def test_how_far_the_write_back_is_is_kept_and_forgotten():
    tables = FakeTables()
    run = WriteRun("live", AT, AT, "rules", "2026-09-01", "MC1200001")
    assert await put_write_run(tables, run)
    assert not await put_write_run(tables, run)
    kept = await write_run(tables)
    assert (kept.mode, kept.since, kept.until, kept.cursor) == ("live", AT, AT, "MC1200001")
    assert await delete_write_run(tables, kept)
    assert await write_run(tables) is None
