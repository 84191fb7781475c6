"""Confidence that was held against what is right, and what is unsure by it."""

from datetime import date

import pytest

from shared.core.classify.calibration import Calibration, log_odds, value_of
from shared.core.classify.classifier import classify
from shared.core.classify.weights import shipped_weights
from shared.core.posts.classification import FIELD_NAMES, UNSURE_BELOW, Classification, Interval, Why, Window
from tests.core.classify.posts import a_post, when

DAY = date(2027, 1, 18)
PLAN = Window("retirement", ("worldwide",), Interval(DAY, DAY), None)


@pytest.mark.parametrize(
    ("field", "found", "value"),
    [
        pytest.param("rollouts", Classification("MC1"), "none", id="no windows"),
        pytest.param("rollouts", Classification("MC1", windows=(PLAN,)), "one", id="one window"),
        pytest.param("rollouts", Classification("MC1", windows=(PLAN, PLAN)), "several", id="two windows"),
        pytest.param("act_by", Classification("MC1"), "none", id="no deadline"),
        pytest.param("act_by", Classification("MC1", act_by=DAY), "demanded", id="a day of its own"),
        pytest.param("act_by", Classification("MC1", act_by=DAY, windows=(PLAN,)), "planned", id="a day of the plan"),
        pytest.param("crb", Classification("MC1", crb=True), "True", id="yes"),
        pytest.param("kind", Classification("MC1", kind="security"), "security", id="a kind"),
    ],
)
def test_a_value_is_told_apart_as_far_as_it_makes_a_difference(field: str, found: Classification, value: str) -> None:
    assert value_of(found, field) == value


def test_a_confidence_is_put_right_by_its_field_and_value() -> None:
    calibration = Calibration(0.0, 1.0, {"high": -2.0})

    assert calibration.share_right("low", 0.8) == pytest.approx(0.8)
    assert calibration.share_right("high", 0.8) == pytest.approx(1 / (1 + 2.718281828**2 / 4), abs=0.01)


@pytest.mark.parametrize("confidence", [-1.0, 0.0, 0.5, 1.0, 2.0])
def test_nothing_is_quite_sure_or_quite_wrong(confidence: float) -> None:
    assert -5 < log_odds(confidence) < 5


def test_every_field_is_calibrated_and_surer_weights_are_surer() -> None:
    calibrations = shipped_weights().calibrations

    assert tuple(calibrations) == FIELD_NAMES
    for field, each in calibrations.items():
        for value in each.values:
            assert each.share_right(value, 0.5) <= each.share_right(value, 0.9), field


def test_a_field_below_the_threshold_is_unsure_and_printed_so() -> None:
    found = Classification("MC1", why={"kind": Why("", UNSURE_BELOW - 0.01), "crb": Why("", UNSURE_BELOW)})

    assert found.unsure == ("kind",)
    assert found.to_label()["unsure"] == ["kind"]
    assert Classification.from_json(found.to_json()).unsure == ("kind",)


def test_what_carries_no_reason_is_not_doubted() -> None:
    assert Classification("MC1").unsure == ()


def test_a_day_that_is_demanded_is_surer_than_one_that_only_the_plan_names() -> None:
    asked = "<p>[What you need to do to prepare:]</p><p>You must move your lists{}.</p>"
    end = when("Worldwide: lists will be retired on May 4, 2026.")
    demanded = classify(a_post(end + asked.format(" before April 20, 2026"), title="Action required: lists retire"))
    planned = classify(a_post(end + asked.format(""), title="Action required: lists retire"))

    assert (demanded.act_by, planned.act_by) == (date(2026, 4, 20), date(2026, 5, 4))
    assert planned.is_unsure("act_by")
    assert not demanded.is_unsure("act_by")
