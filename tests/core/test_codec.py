"""Changes as JSON and back (what rows hold of them: test_rows)."""

import json

import pytest

from shared.core.codec import change_from_json, change_to_json, effect_from_json, effect_to_json
from tests.core.test_rows import CHANGE, EFFECT, RAW


def test_a_change_survives_its_json_but_for_what_its_row_says():
    back = change_from_json(json.loads(json.dumps(change_to_json(CHANGE))), RAW)

    assert (back.stage, back.parked) == ("classify", "")
    for name in ("id", "post", "first_seen", "editions", "events", "decision", "closed", "closings", "moments"):
        assert getattr(back, name) == getattr(CHANGE, name)


def test_an_effect_survives_its_json():
    assert effect_from_json(json.loads(json.dumps(effect_to_json(EFFECT)))) == EFFECT


def test_a_damaged_time_is_an_error_that_names_it():
    data = change_to_json(CHANGE)

    with pytest.raises(ValueError, match="'yesterday'"):
        change_from_json({**data, "first_seen": "yesterday"}, RAW)
