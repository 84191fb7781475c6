"""Changes as JSON and back (what rows hold of them: test_rows)."""

import json
from dataclasses import replace
from datetime import date

import pytest

from shared.core.changes.change import Event
from shared.core.changes.slips import Slip
from shared.core.posts.classification import Halt, Interval
from shared.record.codec import change_from_json, change_to_json, effect_from_json, effect_to_json
from tests.record.test_changes import CHANGE, EFFECT, FACTS, RAW


def test_a_change_survives_its_json_but_for_what_its_row_says():
    back = change_from_json(json.loads(json.dumps(change_to_json(CHANGE))), RAW)

    assert (back.stage, back.parked) == ("classify", "")
    for name in ("id", "post", "first_seen", "editions", "events", "decision", "closed", "closings", "moments"):
        assert getattr(back, name) == getattr(CHANGE, name)


def test_slips_halts_and_sentences_survive_and_a_sentence_is_kept_once():
    day = Interval(date(2026, 5, 1), date(2026, 5, 10))
    moved = Event("dates_moved", "e", CHANGE.first_seen, slips=(Slip("ga", ("gcc",), "start", day, day, 3),))
    facts = replace(FACTS, halts=(Halt("paused", "only GCC", ("gcc",), "w"),), sentences=("A.",))
    editions = tuple(replace(edition, facts=facts) for edition in CHANGE.editions * 2)
    change = replace(CHANGE, editions=editions, events=(moved,))
    data = json.loads(json.dumps(change_to_json(change)))

    assert data["sentences"] == ["A."]
    assert change_from_json(data, RAW).events == change.events
    assert change_from_json(data, RAW).editions == change.editions


def test_a_row_from_before_slips_and_sentences_is_still_read():
    data = json.loads(json.dumps(change_to_json(CHANGE)))
    del data["sentences"]
    for edition in data["editions"]:
        for name in ("halts", "sentences"):
            (edition["facts"] or {}).pop(name, None)

    back = change_from_json(data, RAW)

    assert back.events == CHANGE.events
    assert all(edition.facts.sentences == () for edition in back.editions if edition.facts)


def test_an_effect_survives_its_json():
    assert effect_from_json(json.loads(json.dumps(effect_to_json(EFFECT)))) == EFFECT


def test_a_damaged_time_is_an_error_that_names_it():
    data = change_to_json(CHANGE)

    with pytest.raises(ValueError, match="'yesterday'"):
        change_from_json({**data, "first_seen": "yesterday"}, RAW)
