"""Posts are read tolerantly: missing or odd fields are empty, never an error."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.errors import PermanentError
from shared.core.posts.post import read_post
from shared.core.times import when
from tests.properties import unhurried
from tests.usecases.world import post

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-01T08:00:00Z", datetime(2026, 9, 1, 8, tzinfo=UTC)),
        ("2026-09-01T08:00:00.1234567Z", datetime(2026, 9, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-09-01T08:00:00+02:00", datetime(2026, 9, 1, 6, tzinfo=UTC)),
        ("2026-09-01T08:00:00", datetime(2026, 9, 1, 8, tzinfo=UTC)),
        ("2026-09-01", datetime(2026, 9, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (20260901, None),
    ],
)
def test_a_time_is_read_as_utc(text, moment):
    assert when(text) == moment


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "2101-01-01", "9999-12-31T23:59:59Z"])
def test_a_time_that_no_post_can_mean_counts_as_not_given(text):
    times = dict.fromkeys(("startDateTime", "endDateTime", "actionRequiredByDateTime", "lastModifiedDateTime"), text)
    read = read_post({"id": "MC1200001", **times})

    assert (read.start, read.end, read.act_by, read.modified) == (None, None, None, EPOCH)


def test_a_post_is_read_field_by_field():
    read = read_post(
        post(details=[{"name": "Summary", "value": "a"}, {"name": "Summary", "value": "b"}, {"value": "c"}, 3])
    )

    assert (read.id, read.title, read.category, read.major) == (
        "MC1200001",
        "Retirement of the old viewer",
        "planForChange",
        True,
    )
    assert (read.detail("Summary"), read.detail("Platforms")) == (("a", "b"), ())
    assert (read.services, read.tags, read.body_type) == (("Exchange Online",), ("Retirement",), "html")
    assert (read.modified, read.act_by) == (datetime(2026, 8, 30, 10, tzinfo=UTC), None)


def test_a_post_without_a_stamp_is_older_than_any_that_has_one():
    assert read_post({"id": "MC1200001"}).modified == EPOCH
    assert read_post({"id": "MC1200001", "startDateTime": "2026-09-01T00:00:00Z"}).modified.year == 2026


@pytest.mark.parametrize("raw", [None, [], "MC1200001", {}, {"id": None}, {"id": 1200001}, {"id": "nothing"}])
def test_something_without_a_usable_id_is_refused(raw):
    with pytest.raises(PermanentError):
        read_post(raw)


@unhurried
@given(st.dictionaries(st.sampled_from([*sorted(post()), "details", "severity", "endDateTime"]), ODD))
def test_odd_fields_never_fail_and_what_is_read_can_be_written_anywhere(fields):
    read = read_post({**fields, "id": "MC1200001"})

    json.dumps(
        [read.title, read.body, read.services, read.tags, read.details, read.category], ensure_ascii=False
    ).encode()
