import gzip
import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.core.posts.fingerprints import content_hash, digest, watch_hash
from tests.effort import ratio

HISTORY = Path(__file__).parents[4] / "shared/data/history.jsonl.gz"

POST = {
    "id": "MC1000001",
    "title": "Contoso Mail: Rules get a new look",
    "startDateTime": "2026-01-10T08:00:00Z",
    "endDateTime": "2026-06-10T08:00:00Z",
    "lastModifiedDateTime": "2026-01-10T08:00:00Z",
    "category": "stayInformed",
    "isMajorChange": False,
    "actionRequiredByDateTime": "2026-05-01T07:00:00Z",
    "services": ["Exchange Online", "Microsoft 365 suite"],
    "tags": ["New feature", "User impact"],
    "details": [
        {"name": "Summary", "value": "Rules look new."},
        {
            "name": "FeatureStatusJson",
            "value": json.dumps(
                {"1": [{"Platform": "Web", "LastUpdateTime": "2026-01-01T00:00:01Z"}, {"Platform": "All", "S": "Done"}]}
            ),
        },
    ],
    "body": {
        "contentType": "html",
        "content": '<p>[When this will happen:]</p><p>We begin in early May 2026.</p><p><img src="https://a/1.png" '
        'alt="rules"></p><p>More: <a href="https://learn.example/rules?view=new&amp;ocid=mc" rel="x">rules</a></p>',
    },
}


def post(**over):
    return {**POST, **over}


def body(old, new):
    return post(body={"contentType": "html", "content": POST["body"]["content"].replace(old, new)})


def banner(text):
    return body("<p>[When", f"<p>{text}</p><p>[When")


ROLLOUT_SHUFFLED = post(
    details=[
        {
            "name": "FeatureStatusJson",
            "value": json.dumps(
                {"1": [{"S": "Done", "Platform": "All"}, {"LastUpdateTime": "2026-02-02T00:00:00Z", "Platform": "Web"}]}
            ),
        },
        POST["details"][0],
    ]
)

SILENT = {
    "lastModified": post(lastModifiedDateTime="2026-02-01T00:00:00Z"),
    "endDateTime": post(endDateTime="2027-01-01T00:00:00Z"),
    "an image's address": body("https://a/1.png", "https://cdn.example/other.png?ver=2"),
    "an image's unquoted address": body('src="https://a/1.png"', "src=https://b/2.png"),
    "the order and times in FeatureStatusJson": ROLLOUT_SHUFFLED,
    "the order of services": post(services=POST["services"][::-1]),
}

COSMETIC = SILENT | {
    "services": post(services=["Outlook"]),
    "the title's prefix": post(title="(Updated) Contoso Mail: Rules get a new look"),
    "the other title's prefix": post(title="Updated: Contoso Mail: Rules get a new look"),
    "the tag Updated message": post(tags=["Updated message", "User impact", "New feature"]),
    "a machine's summary": post(details=[{"name": "Summary", "value": "Another one."}]),
    "a stamp": banner("Updated February 3, 2026:"),
    "a stamp and stock": banner(
        "Updated February 3, 2026: We have updated the rollout timeline below. Thank you for your patience."
    ),
    "another stock": banner("Updated Feb 3, 2026: We have updated the content to show as intended."),
    "white space": body("early May", "early&nbsp;\n  May"),
    "a heading in bold": body("[When this will happen:]", "<b>When this will happen:</b>"),
    "an image that goes": body('<p><img src="https://a/1.png" alt="rules"></p>', ""),
    "link tracking": body("&amp;ocid=mc", "&amp;WT.mc_id=x&amp;utm_source=y"),
    "a wrapped link": body(
        "https://learn.example/rules?view=new&amp;ocid=mc",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Flearn.example%2Frules%3Fview%3Dnew&amp;data=5",
    ),
    "another writing of one moment": post(actionRequiredByDateTime="2026-05-01T09:00:00.000+02:00"),
}

REAL = {
    "title": post(title="Contoso Mail: Rules get another look"),
    "text": body("early May", "late May"),
    "where a link leads": body("learn.example/rules", "learn.example/other"),
    "what a link asks for": body("view=new", "view=old"),
    "act-by": post(actionRequiredByDateTime="2026-05-02T07:00:00Z"),
    "no act-by": post(actionRequiredByDateTime=None),
    "category": post(category="planForChange"),
    "major": post(isMajorChange=True),
    "tags": post(tags=["New feature", "User impact", "Retirement"]),
    "cancelled in the banner alone": banner("Updated February 3, 2026: Nobody liked it, so we drop this change."),
    "postponed in the banner alone": banner(
        "Updated February 3, 2026: The rollout is postponed. Thank you for your patience."
    ),
    "a clause behind the stock": banner("We have updated the rollout timeline below for government clouds."),
}


@pytest.mark.parametrize("edit", SILENT.values(), ids=SILENT)
def test_what_moves_without_saying_anything_is_not_sent_on(edit):
    assert watch_hash(edit) == watch_hash(POST)


@pytest.mark.parametrize("edit", (REAL | {k: v for k, v in COSMETIC.items() if k not in SILENT}).values())
def test_everything_else_is_sent_on(edit):
    assert watch_hash(edit) != watch_hash(POST)


@pytest.mark.parametrize("edit", COSMETIC.values(), ids=COSMETIC)
def test_a_cosmetic_edit_is_no_other_content(edit):
    assert content_hash(edit) == content_hash(POST)


@pytest.mark.parametrize("edit", REAL.values(), ids=REAL)
def test_a_real_edit_is_another_content(edit):
    assert content_hash(edit) != content_hash(POST)


def test_a_tag_inside_a_tag_hides_no_text():
    one = body('alt="rules">', 'alt="rules" <="" p="">')
    other = body('src="https://a/1.png" alt="rules">', 'src="https://b/2.png" alt="rules" <="" p="">')

    assert content_hash(one) == content_hash(other) == content_hash(POST)


def test_in_plain_text_a_bracket_is_text():
    assert content_hash({"body": {"contentType": "text", "content": "a <b> c"}}) != content_hash(
        {"body": {"contentType": "text", "content": "a c"}}
    )


def test_the_watch_hash_has_the_size_that_a_snapshot_keeps():
    assert len(watch_hash(POST)) == 15
    assert len(content_hash(POST)) == 32


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from([*POST, "value", "@odata.etag"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(FIELDS, JSON, max_size=8))
def test_any_json_has_both_hashes(raw):
    assert watch_hash(raw) == watch_hash(json.loads(json.dumps(raw)))
    assert content_hash(raw) == content_hash(json.loads(json.dumps(raw)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(), JSON, max_size=8))
def test_the_order_of_keys_says_nothing(raw):
    assert digest(raw) == digest(dict(reversed(raw.items())))


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "raw",
    [
        {"title": nested(5000), "body": {"content": nested(5000)}, "details": nested(5000), "tags": nested(5000)},
        {"details": [{"name": "FeatureStatusJson", "value": "[" * 100_000}]},
        {"details": [{"name": "FeatureStatusJson", "value": {"a": 1}}, None, 7]},
        {"title": "\ud800", "body": {"content": "\udfff<p>&#xD800;&#99999999999999999999;</p>"}},
        {"body": {"content": "&#" + "9" * 5000}},
        {"actionRequiredByDateTime": "0001-01-01T00:00:00+14:00"},
        {"body": {"content": '<a href="http://[">x</a>'}},
        {"services": [None, {"a": []}, 1], "tags": {"a": 1}},
    ],
)
def test_no_post_is_so_broken_that_it_has_no_hash(raw):
    assert len(watch_hash(raw)) == 15
    assert content_hash(raw)


@pytest.mark.parametrize(
    "unit", ["<", "<a ", "<img src=", "&#", "Updated on March 1", "<a href=x", "word ", "src src "]
)
def test_ten_megabytes_take_no_longer_than_ten_megabytes_must(unit):
    def hashed(megabytes):
        raw = post(body={"contentType": "html", "content": "<img " + unit * (int(megabytes * 1e6) // len(unit))})
        return lambda: (watch_hash(raw), content_hash(raw))

    assert ratio(hashed(10), hashed(1.25), rounds=1) < 24, "linear is 8, quadratic 64"


@pytest.fixture(scope="module")
def pairs():
    if not HISTORY.exists():
        pytest.skip("the history of real posts (../shared/data) is not beside this checkout")
    versions = defaultdict(list)
    with gzip.open(HISTORY, "rt") as lines:
        for line in lines:
            row = json.loads(line)
            versions[row["post"]["id"]].append(row["post"])
    return [pair for held in versions.values() for pair in pairwise(held)]


def changed(one, other):
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_among_real_posts_a_touch_is_never_an_edition(pairs):
    touches = [(a, b) for a, b in pairs if changed(a, b) <= {"lastModifiedDateTime", "endDateTime"}]

    assert len(touches) > 70
    assert all(content_hash(a) == content_hash(b) and watch_hash(a) == watch_hash(b) for a, b in touches)


def test_among_real_posts_renamed_services_are_sent_on_and_are_no_edition(pairs):
    renamed = [(a, b) for a, b in pairs if changed(a, b) == {"services"}]

    assert len(renamed) > 190
    assert all(content_hash(a) == content_hash(b) and watch_hash(a) != watch_hash(b) for a, b in renamed)


def test_among_real_posts_bodies_rewritten_without_a_stamp_are_no_edition(pairs):
    rewritten = [(a, b) for a, b in pairs if changed(a, b) == {"body"}]

    assert len(rewritten) > 160
    assert all(content_hash(a) == content_hash(b) for a, b in rewritten)


def test_among_real_posts_every_moved_act_by_date_is_an_edition(pairs):
    moved = [(a, b) for a, b in pairs if "actionRequiredByDateTime" in changed(a, b)]

    assert len(moved) > 5
    assert all(content_hash(a) != content_hash(b) for a, b in moved)
