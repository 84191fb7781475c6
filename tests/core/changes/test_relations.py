"""What posts say about other posts, and what nobody says: re-issues and series."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.core.changes.change import Change, Edition, Facts, Stated
from shared.core.changes.reissues import Sketch, normal_title, sketch, unstated
from shared.core.changes.relations import MOST, Relation, related, stated, successors_and_predecessors
from shared.core.classify.classifier import classify
from shared.core.posts.classification import Classification
from shared.core.posts.post import read_post
from shared.record.relations import read_relation, relation_row

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
HISTORY = Path(__file__).parents[4] / "shared" / "data" / "history.jsonl.gz"
OURS = "MC1200001"


def read(text, title="A viewer", change_id=OURS):
    return read_post(
        {
            "id": change_id,
            "title": title,
            "lastModifiedDateTime": "2026-09-01T09:00:00Z",
            "body": {"contentType": "html", "content": f"<p>{text}</p>"},
        }
    )


def said(text, **how):
    post = read(text, **how)
    return [(one.kind, one.other) for one in stated(post, classify(post))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This message replaces MC1100001.", [("supersedes", "MC1100001")]),
        ("This post supersedes the earlier message MC1100001 (from May).", [("supersedes", "MC1100001")]),
        ("This replaces the previous posts MC1100001 and MC1100002.", [("supersedes", "MC1100001"),
                                                                       ("supersedes", "MC1100002")]),
        ("Updated August 1, 2026: Please refer to MC1300001 regarding this change, moving forward.",
         [("superseded_by", "MC1300001")]),
        ("Updated August 1, 2026: This post has been replaced by MC1300001.", [("superseded_by", "MC1300001")]),
        ("Updated August 1, 2026: This item is a duplicate of MC1300001. Please refer to MC1300001.",
         [("duplicate_of", "MC1300001")]),
        ("As communicated in MC1100001 (June), the viewer is leaving.", [("refers_to", "MC1100001")]),
        ("This message is associated with Roadmap ID 1 and is related to mcmc1100001.", [("refers_to", "MC1100001")]),
        ("See MC 1100001 for background.", [("refers_to", "MC1100001")]),
        ("The viewer replaces the pane that MC1100001 announced.", [("refers_to", "MC1100001")]),
        ("This does not replace MC1100001.", [("refers_to", "MC1100001")]),
        (f"This message replaces {OURS}.", []),
        ("Nothing to see, and MC12 is too short.", []),
    ],
)  # fmt: skip
def test_what_a_post_says_about_others(text, expected):
    assert said(text) == expected


def test_a_replacement_deep_in_the_text_only_relates():
    lines = "</p><p>".join(["A line of text about the viewer."] * 12)

    assert said(f"{lines}</p><p>It replaces MC1100001.") == [("refers_to", "MC1100001")]


def test_one_relation_for_each_other_post_the_strongest_with_its_words():
    (one,) = stated(read("As told in MC1100001. This message replaces MC1100001."), Classification(OURS))

    assert (one.kind, one.words) == ("supersedes", "This message replaces MC1100001.")
    assert one.confidence >= 0.9


def test_a_list_of_links_is_cut():
    text = "See " + ", ".join(f"MC{1100000 + n}" for n in range(50))

    assert len(said(text)) == MOST


def test_a_row_is_read_as_it_was_written_beside_the_other():
    relation = Relation("MC1100001", "supersedes", OURS, "This message replaces MC1100001.", 0.95)
    row = relation_row(relation)

    assert row.key == "r|0001100001|supersedes|0001200001"
    assert read_relation(row) == relation


def change(*relations, change_id=OURS):
    facts = Facts(Classification(change_id), "", False, (), "T", relations=relations)
    edition = Edition(NOW, NOW, "ab" * 16, "contoso", facts=facts)
    return Change(change_id, {"id": change_id, "title": "T"}, NOW, (edition,))


def test_both_directions_are_seen_from_either_side():
    one = change(Stated("superseded_by", "MC1300001", "refer to it", 0.9))
    other = change(change_id="MC1300001")
    row = Relation("MC1300001", "superseded_by", OURS, "refer to it", 0.9)

    assert [(r.kind, r.other, r.said_here) for r in related(one, [])] == [("superseded_by", "MC1300001", True)]
    assert [(r.kind, r.other, r.said_here) for r in related(other, [row])] == [("supersedes", OURS, False)]
    assert successors_and_predecessors(one, []) == ({"MC1300001": "refer to it"}, {})
    assert successors_and_predecessors(other, [row]) == ({}, {OURS: "refer to it"})


def test_of_two_that_point_at_each_other_the_newer_one_goes_on():
    old = change(Stated("duplicate_of", "MC1300001", "w", 0.9))
    new = change(Stated("duplicate_of", OURS, "w", 0.9), change_id="MC1300001")

    assert successors_and_predecessors(old, [Relation(OURS, "duplicate_of", "MC1300001", "w", 0.9)]) == (
        {"MC1300001": "w"},
        {},
    )
    assert successors_and_predecessors(new, [Relation("MC1300001", "duplicate_of", OURS, "w", 0.9)]) == (
        {},
        {OURS: "w"},
    )


def test_what_an_older_edition_said_stands():
    one = change(Stated("superseded_by", "MC1300001", "refer", 0.9))
    later = Edition(NOW + timedelta(days=1), NOW, "cd" * 16, "contoso", facts=change().editions[0].facts)

    assert successors_and_predecessors(replace(one, editions=(*one.editions, later)), [])[0] == {"MC1300001": "refer"}


def notice(number, days, title="teams: a new pane", services=("Microsoft Teams",), roadmap=()):
    at = NOW + timedelta(days=days)
    return Sketch(f"MC{1200000 + number}", title, frozenset(services), frozenset(roadmap), at)


def found(*sketches):
    return {(one.other, one.kind, one.change) for one in unstated(sketches)}


def test_the_same_title_months_later_is_a_re_issue_of_the_last_one():
    assert found(notice(1, 0), notice(2, 120)) == {
        ("MC1200002", "reissue_of", "MC1200001"),
        ("MC1200001", "reissued_as", "MC1200002"),
    }
    assert found(notice(1, 0), notice(2, 20)) == set()
    assert found(notice(1, 0), notice(2, 120, services=("Exchange Online",))) == set()


def test_a_roadmap_id_that_comes_again_links_with_less_confidence():
    (one, _) = unstated([notice(1, 0, "a", roadmap={"123456"}), notice(2, 90, "b", roadmap={"123456", "1"})])

    assert (one.kind, one.confidence) == ("reissue_of", 0.5)
    assert "123456" in one.words


def test_a_monthly_notice_is_a_series_and_no_re_issue():
    months = enumerate(["june", "july", "august"])
    monthly = [notice(n, 30 * n, f"what is new in teams - {month} 2026") for n, month in months]
    kinds = {kind for _, kind, _ in found(*monthly)}

    assert kinds == {"series"}
    assert len(found(*monthly)) == 4


def test_a_notice_that_comes_often_is_a_series_though_irregular():
    days = (0, 3, 50, 54, 130, 200, 201)

    assert {kind for _, kind, _ in found(*(notice(n, day) for n, day in enumerate(days)))} == {"series"}


def test_posts_of_one_day_under_one_title_are_nothing_special():
    assert found(notice(1, 0), notice(2, 0), notice(3, 0)) == set()


def test_titles_are_compared_without_their_marks():
    assert normal_title("(Updated) (Updated)  Teams:  New pane") == "teams: new pane"
    raw = {
        "id": OURS, "title": "(Updated) Pane", "services": ["Microsoft Teams"],
        "details": [{"name": "RoadmapIds", "value": "123456, 234567"}],
    }  # fmt: skip
    made = sketch(replace(change(), post=raw))
    assert (made.title, made.roadmap, made.at) == ("pane", {"123456", "234567"}, NOW)


PUBLIC = {
    "MC1024398": [("superseded_by", "MC1053121")],
    "MC1053121": [("supersedes", "MC1024398")],
    "MC1137596": [("duplicate_of", "MC1136042")],
    "MC1136042": [],
    "MC1143699": [],
}


@pytest.mark.skipif(not HISTORY.is_file(), reason="the public posts are not beside this clone")
def test_the_public_cases_say_what_they_are_known_to_say():
    last = {}
    with gzip.open(HISTORY, "rt") as lines:
        for line in lines:
            if any(f'"{change_id}"' in line for change_id in PUBLIC):
                raw = json.loads(line)["post"]
                if raw["id"] in PUBLIC:
                    last[raw["id"]] = read_post(raw)

    read_out = {change_id: classify(post) for change_id, post in last.items()}
    assert {i: [(r.kind, r.other) for r in stated(post, read_out[i])] for i, post in last.items()} == PUBLIC
    assert read_out["MC1143699"].status == "on_hold"
