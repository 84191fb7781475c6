"""Changes as JSON and back (what rows hold of them: test_rows)."""

import json
from dataclasses import replace
from datetime import date

import pytest

from shared.core.changes.change import Event
from shared.core.changes.reasons import MetCondition, NewsReason, RouteReason, SentenceReason, TakeoverReason
from shared.core.changes.slips import Slip
from shared.core.policy.away import Away
from shared.core.posts.classification import Halt, Interval, Why
from shared.core.posts.particulars import (
    NOTHING_SAID,
    Audience,
    Compliance,
    Control,
    ControlDefault,
    Link,
    Particulars,
    Step,
    WayOut,
)
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


REASONS = (
    RouteReason(
        "routes.routes[0]",
        "Retirements",
        (MetCondition("crb", "true", "stops working"), MetCondition("kind", "new_feature")),
        "security",
        workload="exchange",
        owner="messaging",
        away=Away("ana@example.com", date(2026, 12, 24), "ben@example.com", "devices", "cyd@example.com"),
    ),
    RouteReason("routes", "", (), "workplace", services=("Microsoft Loom", "Microsoft Lens")),
    RouteReason("routes", "", (), "workplace"),
    NewsReason(("dates_moved", "scope_changed")),
    TakeoverReason("MC1200001"),
    SentenceReason("for the Change Review Board; messaging owns exchange (policy: routes.routes[0])"),
)


def test_every_kind_of_reason_survives_its_json():
    effect = replace(EFFECT, why=REASONS)

    assert effect_from_json(json.loads(json.dumps(effect_to_json(effect)))) == effect


def test_the_version_before_reads_the_sentences_that_are_written_beside_the_reasons():
    assert effect_to_json(replace(EFFECT, why=REASONS))["why"] == [
        (
            "for the Change Review Board, kind: new feature; messaging owns exchange, this route "
            "hands it to security; ana@example.com is away until 24 December 2026, ben@example.com too: devices "
            "covers, and cyd@example.com answers (route “Retirements”)"
        ),
        "every change; nobody owns Microsoft Loom, Microsoft Lens, so it goes to workplace (policy: routes)",
        "every change; the post names no service, so it goes to workplace (policy: routes)",
        "dates moved, scope changed; you were told of this change before",
        "takes over the ticket of MC1200001",
        "for the Change Review Board; messaging owns exchange (policy: routes.routes[0])",
    ]


OLD_EFFECT = """
{"kind": "ticket", "target": "crb", "team": "messaging", "edition": "20260901000000-abcdefabcdef",
 "why": ["for the Change Review Board (“we will retire”); messaging owns exchange (policy: routes.routes[0])",
         "dates moved; you were told of this change before"],
 "events": ["20260901000000-abcdefabcdef:announced"], "answers": "ana@example.com"}
"""


def test_an_effect_of_the_version_before_keeps_its_sentences():
    effect = effect_from_json(json.loads(OLD_EFFECT))

    assert effect.why == tuple(map(SentenceReason, json.loads(OLD_EFFECT)["why"]))
    assert [reason.words for reason in effect.why] == json.loads(OLD_EFFECT)["why"]
    assert effect_to_json(effect)["why"] == json.loads(OLD_EFFECT)["why"]


def test_a_reason_of_a_kind_that_only_a_later_version_knows_is_its_sentence():
    data = effect_to_json(replace(EFFECT, why=REASONS[3:5])) | {"why": ["new words", "takes over it"]}
    data["reasons"][0] = {"kind": "digest", "at": "08:00"}

    assert effect_from_json(data).why == (SentenceReason("new words"), TakeoverReason("MC1200001"))


OLD_EVENTS = """
[["announced", "e1", "2026-09-01T09:00:00+00:00", "", "only GCC gets it", false],
 ["cancelled", "e2", "2026-09-02T09:00:00+00:00", "", "only GCC High and DoD", false],
 ["paused", "e3", "2026-09-03T09:00:00+00:00", "", "postponed to other dates", false],
 ["paused", "e4", "2026-09-04T09:00:00+00:00", "scheduled", "on_hold", true],
 ["gone", "e4", "2026-09-05T09:00:00+00:00", "", "", false, [], "contoso"]]
"""
PARTS = [("", False), ("only GCC High and DoD", False), ("", True), ("", False), ("", False)]


def test_events_of_the_version_before_say_in_words_what_was_only_a_part():
    data = json.loads(json.dumps(change_to_json(CHANGE))) | {"events": json.loads(OLD_EVENTS)}
    del data["partial"]

    events = change_from_json(data, RAW).events

    assert [(event.part, event.postponed) for event in events] == PARTS
    assert change_to_json(replace(CHANGE, events=events))["events"] == json.loads(OLD_EVENTS), "as that version wrote"


def test_a_part_is_kept_beside_its_event_and_is_not_read_from_words():
    event = Event("paused", "e", CHANGE.first_seen, "", "only words", part="only GCC", postponed=True)
    whole = Event("cancelled", "e", CHANGE.first_seen, "", "only words")
    change = replace(CHANGE, events=(event, whole))

    assert change_from_json(json.loads(json.dumps(change_to_json(change))), RAW).events == (event, whole)


def test_a_damaged_time_is_an_error_that_names_it():
    data = change_to_json(CHANGE)

    with pytest.raises(ValueError, match="'yesterday'"):
        change_from_json({**data, "first_seen": "yesterday"}, RAW)


def test_no_doubt_is_told_of_what_an_earlier_reader_read():
    why = {"kind": Why("Lists go.", 0.5)}
    read = replace(FACTS, classification=replace(FACTS.classification, why=why))
    unsure = replace(CHANGE, editions=tuple(replace(each, facts=read) for each in CHANGE.editions))
    data = json.loads(json.dumps(change_to_json(unsure)))

    assert change_from_json(data, RAW).classification.unsure == ("kind",)
    for edition in data["editions"]:
        edition["facts"]["reader"] = 3
    assert change_from_json(data, RAW).classification.unsure == ()


def test_particulars_survive_and_a_row_from_before_them_has_none():
    said = Particulars(
        audience=(Audience("role", "Owners", "Owners see it."),),
        controls=(Control("setting", "Lists", "Set Lists.", (ControlDefault("off", "GCC"),)),),
        steps=(Step("Save lists", "Save lists before May.", date(2026, 5, 1)), Step("Tell owners", "Tell owners.")),
        way_out=(WayOut("keep_old", "Keep it until June.", date(2026, 6, 30)), WayOut("none", "No way.")),
        compliance=(Compliance("ai", "Does it use AI?", "Yes."),),
        links=(Link("Lists", "https://learn.example/lists"),),
    )
    read = replace(FACTS, particulars=said)
    change = replace(CHANGE, editions=tuple(replace(each, facts=read) for each in CHANGE.editions))
    data = json.loads(json.dumps(change_to_json(change)))

    assert change_from_json(data, RAW).particulars == said
    assert data["sentences"].count("Save lists before May.") == 1
    for edition in data["editions"]:
        del edition["facts"]["particulars"]
    assert change_from_json(data, RAW).particulars == NOTHING_SAID
