"""Nothing that a deployment keeps is forgotten by an export, and every value comes out as it went in."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core import ids, names
from shared.core.changes.change import Claim, Effect, EffectState, TicketState
from shared.core.ports.storage import Row, Write
from shared.core.sources.snapshot import Pull, Snapshot, broken_number, compare, known_post
from shared.record.effects import effect_row, read_effect
from shared.record.every import (
    CONTAINERS,
    TABLES,
    blob_of,
    clear,
    exported_blobs,
    exported_rows,
    in_the_way,
    insert_rows,
    row_fault,
    value_from_json,
    value_to_json,
)
from shared.record.imports import begin_import, end_import, import_here
from shared.record.runs import claim_turn, finish_turn, read_turn
from shared.usecases.effects import took_over
from tests.fakes import NOW, FakeBlobs, FakeTables

VALUES = [
    "", "text", "a\nb\x00 \u2028 é 变更 🚀", '{"bytes": "AA=="}', True, False, 0, -1, 2**31 - 1, 2**31, -(2**63),
    2**63 - 1, 0.0, -1.5, 1e300, math.inf, -math.inf, b"", b"\x00\xff", NOW,
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]  # fmt: skip
ID = "MC1200001"


async def rows(tables, table, at=NOW):
    return [line async for line in exported_rows(tables, table, at)]


async def again(tables, table, at=NOW):
    """The rows of a table as they stand after an export and an import."""
    there = FakeTables()
    for line in await rows(tables, table, at):
        await insert_rows(there, table, [json.loads(json.dumps(line))])
    return {row.key: row async for row in there.scan(table)}


def test_every_table_and_container_says_what_an_export_does_with_it():
    assert sorted(TABLES) == sorted(names.TABLES), "shared/record/every.py has what becomes of each table"
    assert sorted(CONTAINERS) == sorted(names.CONTAINERS), "and of each container"
    assert all(rule.why for rule in (*TABLES.values(), *CONTAINERS.values()))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_every_typed_value_survives(value):
    read = value_from_json(json.loads(json.dumps(value_to_json(value))))

    assert (type(read), read) == (type(value), value)


@given(
    st.one_of(
        st.text(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.binary(),
        st.datetimes(timezones=st.just(UTC)),
    )
)
def test_any_value_of_any_type_survives(value):
    read = value_from_json(json.loads(json.dumps(value_to_json(value))))

    assert type(read) is type(value)
    assert repr(read) == repr(value) if isinstance(value, float) else read == value


@pytest.mark.parametrize("data", [None, [], {}, {"float": 1}, {"bytes": "?"}, {"time": "soon"}, {"uuid": "1"}])
def test_a_value_of_no_type_of_ours_is_refused(data):
    with pytest.raises(ValueError, match=r".+"):
        value_from_json(data)
    assert row_fault({"table": "changes", "p": "1", "k": "c|1", "v": {"x": data}})


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ({"table": "wishes", "p": "1", "k": "1", "v": {}}, "'wishes', which this version does not know"),
        ({"table": "changes", "p": 1, "k": "1", "v": {}}, "no text"),
        ({"table": "changes", "p": "1", "v": {}}, "'k'"),
        ({"table": "changes", "p": "1", "k": "1", "v": []}, "items"),
        ({"p": "1", "k": "1", "v": {}}, "'table'"),
    ],
)
def test_what_is_no_row_of_ours_says_why(line, because):
    assert because in row_fault(line)


async def test_rows_of_every_kept_table_come_back_as_they_were():
    tables = FakeTables()
    for table in names.TABLES:
        tables.put(table, Row("a partition", "!s|a key", {f"v{index}": value for index, value in enumerate(VALUES)}))
    for table, rule in TABLES.items():
        read = await again(tables, table)
        assert (len(read) == 1) == rule.kept
        assert all(row.values == {f"v{index}": value for index, value in enumerate(VALUES)} for row in read.values())


async def test_a_claim_is_over_so_that_the_next_one_looks_our_key_up_first():
    tables, until = FakeTables(), NOW + timedelta(seconds=90)
    states = {
        "claimed": EffectState(Effect("ticket", "claimed", "t", "1", ()), due="1", claim=Claim("worker", until)),
        "due": EffectState(Effect("ticket", "due", "t", "1", ()), due="1"),
        "filed": EffectState(Effect("ticket", "filed", "t", "1", ()), due="2", done="1", ticket=TicketState("CHG1")),
        "card": EffectState(Effect("card", "messaging", "t", "1", ()), due="1"),
    }
    for state in states.values():
        await tables.commit("changes", [Write("insert", effect_row(ID, state))])
    await tables.commit(
        "changes", [Write("insert", Row(ids.partition(ID), f"c|{ids.key(ID)}|x|later|1", {"due": "1"}))]
    )

    read = await again(tables, "changes")
    later = read.pop(f"c|{ids.key(ID)}|x|later|1")
    after = {row.key.split("|")[4]: read_effect(row) for row in read.values()}

    assert later.values == {"due": "1"}
    assert {name: took_over(state) for name, state in after.items()} == {
        "claimed": True, "due": True, "filed": False, "messaging": False,
    }  # fmt: skip
    assert all(state.claim.until <= NOW for state in after.values() if state.claim)


async def test_a_report_that_was_being_sent_is_free_and_one_that_was_sent_is_not_sent_again():
    tables = FakeTables()
    await claim_turn(tables, "r|weekly|2026-W36|workplace", "worker", NOW, 120)
    sent = await claim_turn(tables, "r|weekly|2026-W35|workplace", "worker", NOW, 120)
    await finish_turn(tables, sent, NOW)
    await begin_import(tables, "a file of long ago")

    turns = {key: read_turn(row) for key, row in (await again(tables, "runs")).items()}

    assert turns["r|weekly|2026-W36|workplace"].claimed_until is None
    assert turns["r|weekly|2026-W35|workplace"].done == NOW
    assert len(turns) == 2


def posts(*numbers):
    """Posts MC1200000 and so many."""
    return [
        {"id": f"MC{1_200_000 + number}", "title": f"post {number}", "lastModifiedDateTime": "2026-08-01T00:00:00Z"}
        for number in numbers
    ]


def pulled(snapshot, *raws):
    pull = Pull(snapshot, known_post)
    for raw in raws:
        pull.take(raw)
    return compare(snapshot, pull.watches.items())


async def test_the_next_fetch_reads_everything_anew_and_sees_what_is_gone():
    odd = {"title": "no id at all"}
    before = pulled(Snapshot(), *posts(1, 2, 3), odd)
    absent = pulled(before.next_snapshot, *posts(1, 2), odd).next_snapshot
    values = {
        **absent.to_properties(),
        "feed": "contoso",
        "posts": 3,
        "failure": "it failed",
        "failures": 3,
        "not_before": NOW,
    }
    tables = FakeTables()
    tables.put("tenants", Row("contoso", "snapshot|messages", values))
    tables.put("tenants", Row("contoso", "snapshot|damaged", {"c00": b"x"}))
    tables.put("tenants", Row("-", "roadmap|", {"fetched": NOW}))

    read = await again(tables, "tenants")

    assert sorted(read) == ["roadmap|", "snapshot|messages"]
    row = read["snapshot|messages"]
    assert {name: value for name, value in row.values.items() if name != "c00"} == {
        "feed": "contoso", "posts": 3, "failure": "", "failures": 0,
    }  # fmt: skip
    after = pulled(Snapshot.from_properties(row.values), *posts(1, 2, 4), odd)
    first, second, third, fourth = (ids.number(f"MC120000{number}") for number in (1, 2, 3, 4))
    assert (after.new, after.edited, after.gone) == ({fourth}, {first, second}, {third})
    assert broken_number(odd) in after.next_snapshot.posts


async def test_sums_of_opened_cards_are_kept_and_who_opened_them_is_not():
    tables = FakeTables()
    tables.put("opens", Row("2026-09", "messaging|0001200001|1|somebody", {"at": NOW}))
    tables.put("opens", Row("2026-09", "!s|messaging|new|exchange", {"sent": 3, "opened": 2}))

    assert [line["k"] for line in await rows(tables, "opens")] == ["!s|messaging|new|exchange"]


async def test_a_row_that_stands_already_is_left_and_the_others_are_inserted():
    tables, there = FakeTables(), FakeTables()
    for number in range(250):
        tables.put("tasks", Row("contoso|plan", f"{number:03}", {"n": number}))
    lines = await rows(tables, "tasks")
    there.put("tasks", Row("contoso|plan", "120", {"n": -1}))

    inserted = [await insert_rows(there, "tasks", lines), await insert_rows(there, "tasks", lines)]

    assert inserted == [249, 0]
    assert [row.values["n"] async for row in there.scan("tasks")] == [*range(120), -1, *range(121, 250)]


async def test_what_timers_wrote_goes_and_what_people_and_posts_made_is_in_the_way():
    tables = FakeTables()
    for table in ("tenants", "deliveries", "runs"):
        for number in range(120):
            tables.put(table, Row("-", f"{number}", {"n": number}))
    await begin_import(tables, "file")
    tables.put("audit", Row("2026-09", "1", {}))
    tables.put("people", Row("-", "1", {}))
    tables.put("touched", Row("2026-09-01", "1", {}))
    assert await in_the_way(tables) == []

    assert await clear(tables) == 360

    assert {table for table, _, _ in tables.rows} == {"runs", "audit", "people", "touched"}
    tables.put("register", Row("1", "1", {}))
    assert await in_the_way(tables) == ["register"]


async def test_an_import_is_begun_once_and_ended_once():
    tables = FakeTables()
    assert await import_here(tables) is None

    assert await begin_import(tables, "one")
    assert not await begin_import(tables, "another")
    begun = await import_here(tables)
    assert (begun.file, begun.done) == ("one", None)
    assert await end_import(tables, begun, NOW)
    assert not await end_import(tables, begun, NOW)
    assert (await import_here(tables)).done == NOW


async def test_blobs_are_kept_but_lists():
    blobs = FakeBlobs()
    for container in names.CONTAINERS:
        await blobs.put(container, "a/name", b"\x00content")
    lines = [line for container in CONTAINERS async for line in exported_blobs(blobs, container)]

    assert [blob_of(json.loads(json.dumps(line))) for line in lines] == [
        (container, "a/name", b"\x00content") for container in ("config", "reports", "oversize")
    ]
