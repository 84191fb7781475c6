"""Closings: what is written is read back, also what an earlier version wrote; and which of them nothing has undone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shared.core.changes.change import Change, Closing, Days, Edition
from shared.core.life.entries import ClosedChange
from shared.core.life.moments import Moments
from shared.core.ports.storage import Row
from shared.record.closings import ClosingIndex, closing_row, closings_in, insert_closing, note_reopened, read_closing
from tests.fakes import FakeTables

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(days=9)
MOMENTS = Moments(
    AT, AT + timedelta(days=1), AT - timedelta(days=1), AT + timedelta(days=2), AT + timedelta(days=1),
    AT + timedelta(days=3), AT + timedelta(days=4), AT, date(2026, 9, 30), date(2026, 10, 1), None,
)  # fmt: skip
WHOLE = ClosedChange(
    "MC1200001", 2, "A title", "messaging", ("exchange",), AT, MOMENTS.opened, MOMENTS.assigned, LATER, "page", "",
    MOMENTS, "retirement", "high", False, "0f8e", timedelta(days=2), Days(1, None, 4), Days(2, 10, 30), False, None,
)  # fmt: skip
BARE = ClosedChange("MC1200002", 1, "", "workplace", (), AT, AT, None, LATER, "ticket", "CHG1")
OLD_COLUMNS = {
    "change", "number", "title", "team", "workloads", "announced", "opened", "closed", "through", "reference",
}  # fmt: skip


def test_what_is_written_is_read_back():
    assert read_closing(closing_row(WHOLE)) == WHOLE
    undone = replace(WHOLE, reopened=LATER + timedelta(days=1))
    assert read_closing(closing_row(undone)) == undone


def test_a_row_of_the_version_before_has_no_moments_and_counts_all_the_same():
    row = closing_row(BARE)
    old = Row(row.partition, row.key, {name: value for name, value in row.values.items() if name in OLD_COLUMNS})

    assert read_closing(old) == BARE
    assert (read_closing(old).moments, read_closing(old).before) == (None, False)


def change(closed=None, **moments):
    edition = Edition(AT, AT, "ab" * 16, "contoso")
    made = Change("MC1200001", {"id": "MC1200001"}, AT, (edition,), closed=closed)
    return replace(made, closings=2, moments=moments)


async def test_the_last_closing_of_an_open_change_says_that_it_was_undone():
    tables = FakeTables()
    await insert_closing(tables, WHOLE)
    opened = change(closed_before=LATER, reopened=LATER + timedelta(days=3))

    await note_reopened(tables, change())  # the version before opened it, and does not say when it was closed
    assert [each.reopened for each in await closings_in(tables, "2026-09")] == [None]
    await note_reopened(tables, opened)
    await note_reopened(tables, replace(opened, moments={**opened.moments, "reopened": LATER + timedelta(days=5)}))

    assert [each.reopened for each in await closings_in(tables, "2026-09")] == [LATER + timedelta(days=3)]


async def test_the_night_finds_every_closing_that_was_undone_and_no_other():
    tables = FakeTables()
    first = replace(WHOLE, number=1, closed=LATER - timedelta(days=3))
    for each in (first, WHOLE, BARE):
        await insert_closing(tables, each)
    index = await ClosingIndex.read(tables)

    closed = change(Closing(LATER, "page", "", 2), reopened=LATER - timedelta(days=1))
    assert await index.mend_reopened(tables, closed) == 1
    assert await (await ClosingIndex.read(tables)).mend_reopened(tables, closed) == 0
    assert await (await ClosingIndex.read(tables)).mend_reopened(tables, change(reopened=LATER)) == 1
    rows = {(each.id, each.number): each.reopened for each in await closings_in(tables, "2026-09")}
    assert rows == {
        ("MC1200001", 1): LATER - timedelta(days=1), ("MC1200001", 2): LATER, ("MC1200002", 1): None,
    }  # fmt: skip
