"""Whether an answer has its shape, and where it first has not."""

import re

import pytest

from shared.adapters.ticketing.shapes import misfit

ISSUE = {"key": re.compile(r"[A-Z]+-\d+"), "fields": {"status?": {"name?": str}, "labels?": [str]}}
GOOD = [
    ("x", str, ""),
    (10**400, int, ""),
    (True, bool, ""),
    (True, object, ""),
    (None, object, ""),
    ({"key": "CRB-1", "fields": {}}, ISSUE, ""),
    ({"key": "CRB-1", "fields": {"status": None, "labels": [], "more": [1]}}, ISSUE, ""),
    ([None, {"id": 1}], [(type(None), {"id": int})], ""),
    ({"a": {}, "b": {"x": 1}}, {"*": {}}, ""),
    ([], [str], ""),
]
BAD = [
    (True, int, "a value"),
    (1, str, "a value"),
    ([], {}, "an object"),
    ({}, [str], "a list"),
    ({"key": "CRB-1\n", "fields": {}}, ISSUE, "key"),
    ({"key": "CRB-1"}, ISSUE, "fields"),
    ({"key": "CRB-1", "fields": {"status": "New"}}, ISSUE, "fields.status"),
    ({"key": "CRB-1", "fields": {"status": {"name": []}}}, ISSUE, "fields.status.name"),
    ({"key": "CRB-1", "fields": {"labels": ["a", {}]}}, ISSUE, "fields.labels[1]"),
    ([{"id": 1}, {"id": "2"}], [{"id": int}], "[1].id"),
    ({"secret": 1}, {"*": {}}, "*"),
    ([{"id": None}], [(type(None), {"id": int})], "[0].id"),
    ([7], [(type(None), {"id": int})], "[0]"),
]


@pytest.mark.parametrize(("value", "shape", "fault"), [*GOOD, *BAD])
def test_the_first_place_that_does_not_fit_is_named(value, shape, fault):
    assert misfit(value, shape) == fault
