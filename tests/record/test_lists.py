"""Lines as they are kept: packed in columns, with what only a later version knows; what was touched, by day."""

import json
import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.life.line import Line, part_of
from shared.core.ports.storage import Row, Write
from shared.record import lists
from shared.record.line_columns import from_columns, to_columns
from shared.record.lists import (
    CONTAINER,
    LIVE,
    REST,
    days,
    delete_touched,
    insert_touched,
    put_listings,
    read_listing,
    replace_live,
    touched_on,
)
from tests.fakes import NOW, FakeBlobs, FakeTables


def line(change_id, *parts):
    made = [part_of(name, version, values) for name, version, values in parts]
    return Line(change_id, tuple(sorted(made, key=lambda part: part.name)))


ONE = line(
    "MC1000001",
    ("change", "000001|a|0", {"title": "Ünï\ud800 “code”", "teams": ("a", "b"), "crb": True, "revision": 3}),
)
TWO = line(
    "MC1000002",
    ("change", "000002|b|0", {"title": "Two", "act_by": "2026-10-01"}),
    ("ticket|crb", "00000001", {"number": "CHG2"}),
    ("ticket|jira", "00000003", {"number": "J-2", "state": "closed"}),
    ("task|contoso|t|1", "W/1", {"opened": "2026-09-01T00:00:00+00:00"}),
)
BARE = line("MC1000003", ("ticket|crb", "00000002", {}))
EMPTY = Line("MC1000004", ())
LATER = line("MC1000005", ("board|x", "z", {"columns": (("a", 1), ("b", None)), "weight": 0.5}))


@pytest.mark.parametrize(
    "lines",
    [[], [ONE], [EMPTY], [TWO, ONE], [ONE, TWO, BARE, EMPTY, LATER]],
    ids=["none", "one", "empty", "two", "all"],
)
def test_lines_come_back_from_columns_as_they_were(lines):
    again = from_columns(json.loads(json.dumps(to_columns(lines))))

    assert again == {each.id: each for each in lines}
    assert list(again) == sorted(again)


_text = st.text(max_size=5)
_values = st.dictionaries(
    st.sampled_from(["title", "teams", "revision", "crb", "later"]),
    st.one_of(_text, st.integers(0, 9), st.booleans(), st.none(), st.lists(_text, max_size=2).map(tuple)),
)
_parts = st.dictionaries(
    st.sampled_from(["change", "ticket|crb", "ticket|jira", "task|a|b", "new"]), st.tuples(_text, _values), max_size=4
)


@given(st.dictionaries(st.integers(1000, 1020), _parts, max_size=6))
def test_whatever_lines_hold_comes_back(data):
    lines = [line(f"MC{n}", *((name, *rest) for name, rest in parts.items())) for n, parts in data.items()]

    assert from_columns(json.loads(json.dumps(to_columns(lines)))) == {each.id: each for each in lines}


def test_true_and_one_stay_apart_though_equal_values_are_shared():
    lines = [
        line("MC1000001", ("change", "1", {"a": True, "b": 1})),
        line("MC1000002", ("change", "1", {"a": 1, "b": True})),
    ]

    one, two = from_columns(to_columns(lines)).values()

    assert [one.part("change").get(name) for name in "ab"] == [True, 1]
    assert one.part("change").flag("a")
    assert not one.part("change").flag("b")
    assert two.part("change").flag("b")


# Blobs.


async def test_both_blobs_are_read_as_they_were_written_and_a_known_one_is_the_same_object():
    blobs = FakeBlobs()
    await put_listings(blobs, [TWO], [ONE, TWO], NOW, "night1")

    live, rest = await read_listing(blobs, LIVE), await read_listing(blobs, REST)

    assert (live.mark, live.rest, dict(live.lines)) == (NOW, "night1", {TWO.id: TWO})
    assert (rest.rest, len(rest.lines)) == ("night1", 2)
    assert await read_listing(blobs, LIVE, live) is live
    await put_listings(blobs, [ONE], [ONE], NOW, "night2")
    assert list((await read_listing(blobs, LIVE, live)).lines) == [ONE.id]


async def test_the_mark_goes_on_and_what_a_later_version_says_in_the_head_of_a_blob_stays():
    blobs = FakeBlobs()
    data = {"mark": NOW.isoformat(), "rest": "night1", "totals": [1, 2], **to_columns([ONE, LATER])}
    await blobs.put(CONTAINER, LIVE, zlib.compress(json.dumps(data).encode(errors="surrogatepass")))
    live = await read_listing(blobs, LIVE)

    await replace_live(blobs, live, live.lines, NOW + timedelta(minutes=5))

    after = await read_listing(blobs, LIVE)
    assert (after.mark, after.rest, after.header["totals"]) == (NOW + timedelta(minutes=5), "night1", [1, 2])
    assert after.lines == live.lines


HEAD = '{"mark": "2026-09-01T00:00:00Z", "rest": "", "ids": [], "kinds": '
PAST_THE_END = HEAD + '{"a": {"of": [7], "versions": ["1"], "values": {"b": [1]}}}}'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zlib",
        *(zlib.compress(text.encode()) for text in ("no json", "{}", '{"mark": "x", "rest": ""}', PAST_THE_END)),
    ],
)
async def test_a_damaged_blob_is_none_and_is_told(data, caplog):
    blobs = FakeBlobs()
    await blobs.put(CONTAINER, LIVE, data)

    assert await read_listing(blobs, LIVE) is None
    assert "lists/live.z is damaged" in caplog.text


# What was touched.


async def test_what_was_touched_is_read_from_a_moment_on_oldest_first():
    tables = FakeTables()
    for minutes, each in ((10, TWO), (5, ONE), (0, BARE)):
        await insert_touched(tables, [each], NOW + timedelta(minutes=minutes), f"token{minutes}")
    await insert_touched(tables, [LATER], NOW + timedelta(days=1), "tomorrow")

    assert await touched_on(tables, NOW.date(), NOW + timedelta(minutes=5)) == [ONE, TWO]
    assert await touched_on(tables, NOW.date(), NOW - timedelta(days=2)) == [BARE, ONE, TWO]
    assert await touched_on(tables, NOW.date() + timedelta(days=1), NOW) == [LATER]


async def test_two_batches_of_one_moment_are_two_rows():
    tables = FakeTables()
    await insert_touched(tables, [ONE], NOW, "a")
    await insert_touched(tables, [TWO], NOW, "b")

    assert await touched_on(tables, NOW.date(), NOW) == [ONE, TWO]


async def test_a_damaged_row_is_told_and_leaves_the_others_alone(caplog):
    tables = FakeTables()
    await insert_touched(tables, [ONE], NOW, "a")
    for key, values in (("20260901T100000.000000|b", {}), ("20260901T100000.000000|c", {"lines0": b"x"})):
        await tables.commit(lists.TABLE, [Write("insert", Row("2026-09-01", key, values))])

    assert await touched_on(tables, NOW.date(), NOW) == [ONE]
    assert caplog.text.count("is damaged") == 2


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        ((1, 9, 0), (1, 9, 5), [1]),
        ((1, 23, 50), (2, 0, 4), [1, 2]),
        ((1, 23, 50), (1, 23, 59), [1, 2]),
        ((1, 9, 0), (4, 9, 0), [1, 2, 3, 4]),
    ],
    ids=["a day", "after midnight", "a clock that is ahead", "a timer that stood still"],
)
def test_the_days_on_which_something_may_have_been_touched(since, now, expected):
    first, last = (datetime(2026, 9, day, hour, minute, tzinfo=UTC) for day, hour, minute in (since, now))

    assert days(first, last) == [date(2026, 9, day) for day in expected]


async def test_what_was_touched_long_ago_is_forgotten_in_transactions():
    tables = FakeTables()
    for number in range(150):
        await insert_touched(tables, [ONE], NOW - timedelta(days=4, seconds=number), str(number))
    await insert_touched(tables, [TWO], NOW - timedelta(days=3), "kept")
    before = tables.calls

    assert await delete_touched(tables, NOW - timedelta(days=3)) == 150

    assert tables.calls - before == 3, "one scan, two transactions"
    assert len(tables.keys(lists.TABLE)) == 1
    assert await delete_touched(tables, NOW - timedelta(days=3)) == 0
