"""What does not fit a settled value, and how a settled field stands to later editions."""

from datetime import UTC, date, datetime

import pytest

from shared.core.changes.settled import Reading, SettledField, is_same, standing
from shared.core.posts.classification import Classification, Interval, Window
from shared.core.review.assessment import unfit

AT = datetime(2026, 5, 3, tzinfo=UTC)
DAY, OTHER, THIRD = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
OPEN = {"status": "scheduled", "kind": "feature_change"}


def unfitting(names, **values):
    return [(each.name, each.fitting) for each in unfit(Classification("MC1", **{**OPEN, **values}), names)]


@pytest.mark.parametrize(
    ("names", "values", "expected"),
    [
        (("action",), {"action": "required"}, [("admin_impact", "high")]),
        (("action",), {"action": "required", "admin_impact": "high"}, []),
        (("user_impact",), {"user_impact": "high"}, [("admin_impact", "medium"), ("training", True)]),
        (("kind",), {"kind": "retirement", "default": "on"}, [("default", "removed")]),
        (("kind",), {"kind": "retirement", "default": "removed"}, []),
        (("training",), {"training": True}, [("training", False)]),
        (("crb",), {"action": "required"}, []),
        (("status",), {"status": "cancelled", "act_by": DAY, "crb": True}, [("act_by", None), ("crb", False)]),
        (("status",), {"status": "on_hold", "default": "n/a"}, []),
        (("crb",), {"status": "no_schedule", "crb": True}, [("crb", False)]),
    ],
)
def test_the_fields_that_do_not_fit_are_named_with_what_would(names, values, expected):
    assert unfitting(names, **{"default": "n/a", **values}) == expected


def act_by(edition, day):
    return Reading(edition, Classification("MC1", act_by=day))


def settled(value=DAY, edition="e1", reader=OTHER):
    return SettledField(value, "ana", AT, edition, reader)


@pytest.mark.parametrize(
    ("readings", "stands"),
    [
        ([act_by("e1", OTHER)], "holds"),
        ([act_by("e1", OTHER), act_by("e2", OTHER)], "holds"),
        ([act_by("e1", OTHER), act_by("e2", THIRD)], "fell"),
        ([act_by("e1", OTHER), act_by("e2", THIRD), act_by("e3", OTHER)], "fell"),
        ([act_by("e0", THIRD), act_by("e1", OTHER), act_by("e2", OTHER)], "holds"),
        ([act_by("e1", THIRD), act_by("e2", THIRD)], "holds"),
        ([act_by("e1", THIRD), act_by("e2", DAY)], "fell"),
        ([act_by("e2", OTHER)], "holds"),
        ([act_by("e2", THIRD)], "fell"),
    ],
    ids=[
        "the same edition", "nothing new", "a newer word", "and back again", "an older edition",
        "a new reader reads other days in both", "a new reader, and a newer word",
        "the edition is not known any more", "nor what it said",
    ],
)  # fmt: skip
def test_a_settled_day_falls_with_the_first_newer_edition_that_says_otherwise(readings, stands):
    assert standing("act_by", settled(), readings) == stands


def test_a_judgement_goes_on_marked():
    readings = [Reading("e1", Classification("MC1")), Reading("e2", Classification("MC1", kind="security"))]

    assert standing("kind", settled("retirement", reader="info"), readings) == "earlier"
    assert standing("kind", settled("retirement", edition="e2", reader="info"), readings) == "holds"


def test_rollouts_are_the_same_in_any_order_and_whatever_words_said_them():
    day = Interval(DAY, DAY)
    one, two = Window("ga", ("gcc", "worldwide"), day, None, "said so"), Window("preview", ("dod",), None, day)

    assert is_same((one, two), (two, Window("ga", ("worldwide", "gcc"), day, None)))
    assert not is_same((one,), (two,))
