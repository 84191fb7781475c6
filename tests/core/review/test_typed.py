"""Values of fields as a person types them."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.core.changes.settled import as_label, from_label, is_same
from shared.core.errors import PermanentError
from shared.core.posts.classification import FIELD_NAMES, Interval, Window
from shared.core.review.typed import ROLLOUTS_EXAMPLE, as_typed, field_named, typed_value
from tests.properties import unhurried

EARLY = Interval(date(2026, 5, 1), date(2026, 5, 10))
JUNE = Interval(date(2026, 6, 30), date(2026, 6, 30))
VALUES = [
    ("kind", " Retirement ", "retirement"),
    ("default", "n/a", "n/a"),
    ("crb", "yes", True),
    ("training", "False", False),
    ("act_by", "2026-09-30", date(2026, 9, 30)),
    ("act_by", "none", None),
    ("rollouts", "none", ()),
    ("rollouts", "ga worldwide 2026-05-01..2026-05-10 to 2026-06-30", (Window("ga", ("worldwide",), EARLY, JUNE),)),
    ("rollouts", "GA worldwide, GCC to 2026-06-30;", (Window("ga", ("worldwide", "gcc"), None, JUNE),)),
    ("rollouts", "retirement dod 2026-05-01 .. 2026-05-10", (Window("retirement", ("dod",), EARLY, None),)),
]


@pytest.mark.parametrize(("name", "text", "value"), VALUES)
def test_a_value_is_what_was_typed(name, text, value):
    assert typed_value(name, text) == value
    assert typed_value(name, as_typed(value)) == value


def test_the_example_of_the_help_is_two_rollouts():
    assert [window.phase for window in typed_value("rollouts", ROLLOUTS_EXAMPLE)] == ["ga", "preview"]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("kind", "recall", "kind cannot be 'recall'; it is one of new_feature"),
        ("crb", "maybe", "crb is yes or no"),
        ("act_by", "soon", "is no day such as 2026-05-31, or none"),
        ("act_by", "0001-01-01", "is no day"),
        ("rollouts", "", "rollouts are PHASE CLOUDS"),
        ("rollouts", "ga worldwide", "is not complete"),
        ("rollouts", "beta worldwide 2026-05-01", "'beta' is no phase"),
        ("rollouts", "ga worldwide,mars 2026-05-01", "are not known; they are worldwide"),
        ("rollouts", "ga worldwide 2026-05-10..2026-05-01", "ends before it begins"),
        ("rollouts", "ga worldwide 2026-06-01 to 2026-05-01", "cannot be complete by"),
        ("rollouts", "ga worldwide 2026-06-01 2026-07-01", "are not clear"),
        ("rollouts", "[{]", "are not the JSON list"),
        ("rollouts", '["ga"]', "are not the JSON list"),
        ("rollouts", '[{"phase": "ga", "clouds": ["worldwide"]}]', "without any day"),
        ("rollouts", ";".join(["ga worldwide 2026-05-01"] * 41), "too many"),
    ],
)
def test_what_is_wrong_is_said_and_what_is_right(name, text, fault):
    with pytest.raises(PermanentError, match=fault.replace("[", r"\[")):
        typed_value(name, text)


def test_a_field_that_cannot_be_settled_is_refused_with_those_that_can():
    assert field_named("User-Impact") == "user_impact"
    with pytest.raises(PermanentError, match="known are rollouts, status"):
        field_named("superseded_by")


def test_rollouts_are_also_taken_as_classify_prints_them():
    windows = (Window("ga", ("worldwide", "gcc"), EARLY, None), Window("preview", ("dod",), None, JUNE))

    assert typed_value("rollouts", json.dumps(as_label("rollouts", windows))) == windows


@unhurried
@given(st.sampled_from(FIELD_NAMES), st.text())
def test_any_text_is_a_value_or_an_error_of_ours_and_a_value_survives_storage(name, text):
    try:
        value = typed_value(name, text)
    except PermanentError:
        return
    assert is_same(from_label(name, json.loads(json.dumps(as_label(name, value)))), value)
