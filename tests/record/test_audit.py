"""The audit keeps a copy of each act, newest first, and its module can do nothing but insert and read."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.record import audit
from shared.record.audit import Entry, audit_row, insert_entries, insert_entry, newest_entries
from tests.fakes import FakeTables

NOW = datetime(2026, 9, 1, 9, 0, 0, 1, tzinfo=UTC)
SETTLED = Entry(NOW, "MC1200001", "settle", "0f8e", "page", "000003", {"fields": [["kind", "info", "security", False]]})


async def test_an_act_comes_back_as_it_was_kept():
    tables = FakeTables()

    assert await insert_entry(tables, SETTLED)

    assert (await newest_entries(tables, NOW)).entries == [SETTLED]


async def test_the_same_act_stands_once_and_another_of_the_same_moment_beside_it():
    tables = FakeTables()
    others = [replace(SETTLED, mark="000004"), replace(SETTLED, subject="MC1200002"), replace(SETTLED, what="own")]

    await insert_entry(tables, SETTLED)
    assert not await insert_entry(tables, replace(SETTLED, who="somebody else"))
    await insert_entries(tables, [SETTLED, *others])

    entries = (await newest_entries(tables, NOW)).entries
    assert len(entries) == 4
    assert {entry.who for entry in entries} == {"0f8e"}


async def test_many_are_kept_in_transactions_of_a_hundred():
    tables = FakeTables()

    await insert_entries(tables, [replace(SETTLED, mark=f"{n:06d}") for n in range(250)])

    assert (tables.calls, len(tables.rows)) == (3, 250)


async def test_acts_are_read_page_by_page_newest_first_over_months():
    tables = FakeTables()
    moments = [NOW - timedelta(days=4 * n) for n in range(30)]
    for moment in reversed(moments):
        await insert_entry(tables, replace(SETTLED, at=moment))

    read, cursor, pages = [], "", 0
    while True:
        page = await newest_entries(tables, NOW, cursor, limit=7)
        read += [entry.at for entry in page.entries]
        pages += 1
        if not (cursor := page.cursor):
            break

    assert read == moments
    assert pages == 5


async def test_a_year_without_acts_ends_the_pages():
    tables = FakeTables()
    await insert_entry(tables, replace(SETTLED, at=NOW - timedelta(days=500)))

    assert (await newest_entries(tables, NOW)).entries == []


@pytest.mark.parametrize("text", ["a/b#c?d\\e", "ünï", "x" * 5000, "|", "'", "\x00\x7f"])
def test_a_subject_of_anybodys_making_is_a_key_that_storage_takes(text):
    row = audit_row(replace(SETTLED, subject=text))

    assert len(row.key) < 512
    assert not set(row.key) & set("/\\#?\x00\x7f")
    assert row.key.count("|") == 2


def test_the_module_writes_by_insert_alone():
    tree = ast.parse(Path(audit.__file__).read_text(encoding="utf-8"))
    writes = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Write"]
    commits = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "commit"]

    assert writes
    assert {node.args[0].value for node in writes} == {"insert"}
    assert commits == []


async def test_acts_are_looked_for_over_a_bounded_number_of_months_and_the_page_leads_on():
    tables = FakeTables()
    for months in (0, 5, 11):
        await insert_entry(tables, replace(SETTLED, at=NOW - timedelta(days=30.5 * months), mark=str(months)))
    await insert_entry(tables, replace(SETTLED, who="somebody else", mark="x"))
    pages, cursor = [], ""
    for _ in range(9):
        before = tables.calls
        page = await newest_entries(tables, NOW, cursor, equal={"who": "0f8e"}, months=4)
        assert tables.calls - before <= 4
        pages.append([entry.mark for entry in page.entries])
        if not (cursor := page.cursor):
            break
        assert audit.is_cursor(cursor)

    assert [mark for page in pages for mark in page] == ["0", "5", "11"]


@pytest.mark.parametrize(
    "text", ["", "x", "2026-09", "2026-13:", "2026-09:a/b", "2026-09:\x00", "2026-09:" + "x" * 700]
)
def test_what_is_no_place_in_the_audit_is_no_cursor(text):
    assert not audit.is_cursor(text)
